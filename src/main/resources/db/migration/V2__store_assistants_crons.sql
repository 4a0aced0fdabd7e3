-- What is no thread: the store, assistants and crons. As in V1: names are compared by bytes, the owner of the tables writes
-- and names the tenant in every statement, and readers see the rows of their tenant.
--
-- jsonb where something is searched for inside, json where it is only kept.

-- The store -------------------------------------------------------------------------------------------------------

-- Times of one millisecond have no order; changes have.
create sequence store_change;

create table store_item (
    change        bigint not null default nextval('store_change'),
    created_at_ms bigint not null,
    updated_at_ms bigint not null,
    expires_at_ms bigint,
    ttl_ms        bigint,
    tenant        text   collate "C" not null,
    namespace     text   collate "C" not null,
    key           text   collate "C" not null,
    value         jsonb  not null,
    primary key (tenant, namespace, key)
);

comment on column store_item.namespace is 'Its labels, joined by dots, which none of them has';
comment on column store_item.ttl_ms is 'From each write, and from each read that refreshes, to expires_at_ms; null for ever';

create index store_item_expires on store_item (expires_at_ms) where expires_at_ms is not null;

-- Assistants ------------------------------------------------------------------------------------------------------

-- Those that somebody made; that each workflow is one follows from the workflows.
create table assistant (
    created_at_ms bigint  not null,
    updated_at_ms bigint  not null,
    version       integer not null,
    newest        integer not null,
    tenant        text    collate "C" not null,
    assistant     text    collate "C" not null,
    primary key (tenant, assistant)
);

comment on column assistant.version is 'The one in use';
comment on column assistant.newest is 'The last that was made';

create table assistant_version (
    created_at_ms bigint  not null,
    version       integer not null,
    tenant        text    collate "C" not null,
    assistant     text    collate "C" not null,
    graph         text    collate "C" not null,
    name          text    not null,
    description   text,
    config        json    not null,
    context       json    not null,
    metadata      jsonb   not null,
    primary key (tenant, assistant, version),
    foreign key (tenant, assistant) references assistant on delete cascade
);

comment on column assistant_version.graph is 'The name of a workflow; its newest version runs';

-- Crons -----------------------------------------------------------------------------------------------------------

create table cron (
    created_at_ms    bigint  not null,
    updated_at_ms    bigint  not null,
    next_at_ms       bigint,
    end_at_ms        bigint,
    firing_at_ms     bigint,
    retry_at_ms      bigint,
    attempts         integer not null default 0,
    enabled          boolean not null,
    tenant           text    collate "C" not null,
    cron             text    collate "C" not null,
    assistant        text    collate "C" not null,
    thread           text    collate "C",
    schedule         text    not null,
    timezone         text,
    on_run_completed text,
    payload          json    not null,
    metadata         jsonb   not null,
    primary key (tenant, cron)
) with (fillfactor = 85);

comment on column cron.next_at_ms is 'When it is due; null if it is off or has ended';
comment on column cron.firing_at_ms is 'A time that was due and whose run has not been handed over yet; null for none';
comment on column cron.retry_at_ms is 'When that may be tried, by whoever comes first';

create index cron_due on cron (next_at_ms) where next_at_ms is not null and firing_at_ms is null;
create index cron_owing on cron (retry_at_ms) where firing_at_ms is not null;
create index cron_thread on cron (tenant, thread) where thread is not null;
create index cron_assistant on cron (tenant, assistant);

-- Since when the assistants are there that come with the server and have no document.
insert into server_setting (name, value)
values ('assistants_since_ms', floor(extract(epoch from clock_timestamp()) * 1000)::bigint::text);

-- Readers ---------------------------------------------------------------------------------------------------------

grant select on store_item, assistant, assistant_version, cron, server_setting to threadwright_reader;

alter table store_item enable row level security;
alter table assistant enable row level security;
alter table assistant_version enable row level security;
alter table cron enable row level security;

create policy of_tenant on store_item for select to threadwright_reader
    using (tenant = current_setting('threadwright.tenant', true));
create policy of_tenant on assistant for select to threadwright_reader
    using (tenant = current_setting('threadwright.tenant', true));
create policy of_tenant on assistant_version for select to threadwright_reader
    using (tenant = current_setting('threadwright.tenant', true));
create policy of_tenant on cron for select to threadwright_reader
    using (tenant = current_setting('threadwright.tenant', true));
