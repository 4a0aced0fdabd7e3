-- What threads are searched by, when they are given up, and that nobody reads what was deleted.

create table thread_metadata (
    tenant   text  collate "C" not null,
    thread   text  collate "C" not null,
    metadata jsonb not null,
    primary key (tenant, thread)
);

create index thread_metadata_contains on thread_metadata using gin (metadata jsonb_path_ops);

comment on table thread_metadata is 'The metadata of threads that have some, a second time, to be searched';

create table thread_ttl (
    due_at_ms bigint not null,
    ttl_ms    bigint not null,
    tenant    text   collate "C" not null,
    thread    text   collate "C" not null,
    primary key (tenant, thread)
);

create index thread_ttl_due on thread_ttl (due_at_ms);

comment on column thread_ttl.due_at_ms is 'When to look whether the thread has been idle for its time to live; milliseconds since 1970';

-- The usual order of pages. There is none for what every commit changes: it would cost each of them an index entry.
create index thread_created on thread (tenant, created_at_ms);

-- What quotas count, without the rows of what was deleted, which stay. Of a column that changes once: an index that said
-- status would get an entry from each commit that changes that.
alter table thread add column is_deleted boolean not null generated always as (status = 'deleted') stored;
create index thread_living on thread (tenant) where not is_deleted;

-- Of two indexes that look equally good, as all do while the table is new, the planner takes the newest. Threads are looked
-- up by their key far more often than paged through, and plans are kept.
alter table thread drop constraint thread_pkey, add primary key (tenant, thread);

-- Called by commit_batch_v1 with its arguments; where the metadata are null, nothing has changed.
create function set_thread_metadata_v1(
    of_tenant text[], of_thread text[], updated bigint[], new_metadata text[], new_ttl bigint[])
    returns void
    language plpgsql
as $$
begin
    delete from thread_metadata m
    using unnest(of_tenant, of_thread, new_metadata) as k (tenant, thread, metadata)
    where k.metadata = '{}' and m.tenant = k.tenant and m.thread = k.thread;

    insert into thread_metadata (tenant, thread, metadata)
    select k.tenant, k.thread, k.metadata::jsonb
    from unnest(of_tenant, of_thread, new_metadata) as k (tenant, thread, metadata)
    where k.metadata is not null and k.metadata <> '{}'
    on conflict (tenant, thread) do update set metadata = excluded.metadata;

    delete from thread_ttl t
    using unnest(of_tenant, of_thread, new_metadata, new_ttl) as k (tenant, thread, metadata, ttl)
    where k.metadata is not null and k.ttl is null and t.tenant = k.tenant and t.thread = k.thread;

    insert into thread_ttl (tenant, thread, ttl_ms, due_at_ms)
    select k.tenant, k.thread, k.ttl, k.updated + k.ttl
    from unnest(of_tenant, of_thread, updated, new_metadata, new_ttl) as k (tenant, thread, updated, metadata, ttl)
    where k.metadata is not null and k.ttl is not null
    on conflict (tenant, thread) do update set ttl_ms = excluded.ttl_ms, due_at_ms = excluded.due_at_ms;
end
$$;

-- Readers -----------------------------------------------------------------------------------------------------------

-- Beside the tombstones themselves, because it is looked into for each row that is read, and is nearly always empty.
create table deleted_thread (
    tenant text collate "C" not null,
    thread text collate "C" not null,
    primary key (tenant, thread)
);

create function keep_deleted_thread_v1()
    returns trigger
    language plpgsql
as $$
begin
    insert into deleted_thread (tenant, thread) values (new.tenant, new.thread) on conflict do nothing;
    return null;
end
$$;

create trigger thread_is_deleted after insert or update of status on thread
    for each row when (new.status = 'deleted') execute function keep_deleted_thread_v1();

alter table deleted_thread enable row level security;
create policy of_tenant on deleted_thread for select to threadwright_reader
    using (tenant = current_setting('threadwright.tenant', true));
grant select on deleted_thread to threadwright_reader;

-- The tenant's threads whose metadata contain this JSON. As the owner of the table, because row-level security would keep
-- the index from being used: containment might leak what other tenants have.
create function threads_with_metadata_v1(part text)
    returns setof text
    language sql
    stable
    security definer
    set search_path from current
as $$
    select m.thread
    from thread_metadata m
    where m.metadata @> part::jsonb and m.tenant = current_setting('threadwright.tenant', true)
$$;

revoke all on function threads_with_metadata_v1(text) from public;
grant execute on function threads_with_metadata_v1(text) to threadwright_reader;

-- Without the offset, all of the tenant's deleted threads would be read to look for one: it keeps a look-up a look-up.
-- What became of commands stays readable: who deletes a thread waits for that, too.
alter policy of_tenant on thread
    using (tenant = current_setting('threadwright.tenant', true) and status <> 'deleted');
alter policy of_tenant on run
    using (tenant = current_setting('threadwright.tenant', true) and not exists (
        select from deleted_thread d where d.tenant = run.tenant and d.thread = run.thread offset 0));
alter policy of_tenant on leg
    using (tenant = current_setting('threadwright.tenant', true) and not exists (
        select from deleted_thread d where d.tenant = leg.tenant and d.thread = leg.thread offset 0));
alter policy of_tenant on interrupt
    using (tenant = current_setting('threadwright.tenant', true) and not exists (
        select from deleted_thread d where d.tenant = interrupt.tenant and d.thread = interrupt.thread offset 0));
alter policy of_tenant on decision
    using (tenant = current_setting('threadwright.tenant', true) and not exists (
        select from deleted_thread d where d.tenant = decision.tenant and d.thread = decision.thread offset 0));
alter policy of_tenant on snapshot
    using (tenant = current_setting('threadwright.tenant', true) and not exists (
        select from deleted_thread d where d.tenant = snapshot.tenant and d.thread = snapshot.thread offset 0));
