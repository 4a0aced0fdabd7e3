-- Dead letters to be listed, looked at and sent again: rows of their own beside the outbox, which go when they are old.

comment on column outbox.kind is 'forward, action, or why it is a dead letter: invalid, refused, failed, not_stored, thread_unreadable, thread_set_aside';
comment on column outbox.headers is 'Array of pairs of a name and base64 or null; an object of base64 values from older releases';

create table dead_letter (
    dead_at_ms       bigint  not null,
    position         bigint  not null,
    source_offset    bigint  not null,
    source_time_ms   bigint  not null,
    replayed_at_ms   bigint,
    partition        integer not null,
    source_partition integer not null,
    bytes            integer not null,
    replays          integer not null default 0,
    whole            boolean not null,
    tenant           text    collate "C" not null,
    thread           text    collate "C",
    kind             text    collate "C" not null,
    source_topic     text    collate "C" not null,
    replay_status    text    collate "C",
    replayed_by      text,
    replay_key       text    collate "C",
    replay_content   text    collate "C",
    reason           text    not null,
    headers          json    not null,
    key              bytea,
    value            bytea,
    primary key (partition, position)
) with (fillfactor = 90);

create index dead_letter_in_order on dead_letter (tenant, dead_at_ms, partition, position);
create index dead_letter_thread on dead_letter (tenant, thread, dead_at_ms, partition, position) where thread is not null;
create index dead_letter_age on dead_letter (dead_at_ms, partition, position);

comment on column dead_letter.position is 'With the partition, its place in the outbox; "partition-position" is its id';
comment on column dead_letter.dead_at_ms is 'When it was set aside; milliseconds since 1970';
comment on column dead_letter.bytes is 'Of its value, as it came';
comment on column dead_letter.whole is 'Whether all of it is kept here; else key, headers and value may be cut or missing';
comment on column dead_letter.thread is 'Its key, if that is a text: the id of the thread that it was for';
comment on column dead_letter.replay_status is 'Of the last replay: sending, sent, failed or unsure; null if there was none';
comment on column dead_letter.replay_key is 'The idempotency key of the last replay, if it had one; replay_content is a hash of what it sent';

create function utf8_v1(bytes bytea)
    returns text
    language plpgsql
    immutable
    strict
as $$
begin
    return convert_from(bytes, 'UTF8');
exception
    when character_not_in_repertoire or untranslatable_character then
        return null;
end
$$;

-- Dead letters become rows in the commit that sets them aside. By a trigger, so that the statement that commits needs no
-- parameters for what follows from those that it has. How much of each is kept is a setting of the engine's sessions.
create function keep_dead_letters_v1()
    returns trigger
    language plpgsql
as $$
declare
    most integer := coalesce(nullif(current_setting('threadwright.dead_letter_bytes', true), '')::integer, 1048576);
begin
    insert into dead_letter (dead_at_ms, position, source_offset, source_time_ms, partition, source_partition, bytes,
                             whole, tenant, thread, kind, source_topic, reason, headers, key, value)
    select (extract(epoch from clock_timestamp()) * 1000)::bigint, f.position, f.source_offset, f.time_ms, f.partition,
           f.source_partition, coalesce(octet_length(f.value), 0), s.bytes <= most, f.tenant,
           case when octet_length(f.key) <= 1024 and length(utf8_v1(f.key)) <= 255 then utf8_v1(f.key) end,
           case f.kind when 'dead_letter' then 'invalid' else f.kind end,
           f.source_topic, f.reason,
           case when s.bytes <= most then f.headers else '[]' end,
           case when s.bytes <= most then f.key else substring(f.key for 1024) end,
           case when s.bytes <= most then f.value else substring(f.value for most) end
    from fresh f
         cross join lateral (select coalesce(octet_length(f.key), 0) + coalesce(octet_length(f.value), 0)
                                    + octet_length(f.headers::text)) as s (bytes)
    where f.kind not in ('forward', 'action');
    return null;
end
$$;

create trigger keep_dead_letters
    after insert on outbox
    referencing new table as fresh
    for each statement
execute function keep_dead_letters_v1();

grant select on dead_letter to threadwright_reader;
alter table dead_letter enable row level security;
create policy of_tenant on dead_letter for select to threadwright_reader
    using (tenant = current_setting('threadwright.tenant', true));

-- Threads that cannot be decided on: the server failed on one of their commands, or what is stored of them cannot be
-- read. Their records are dead letters and their timers rest until somebody releases them, so that neither costs the
-- others of their partition anything.
create table thread_set_aside (
    since_ms  bigint  not null,
    partition integer not null,
    tenant    text    collate "C" not null,
    thread    text    collate "C" not null,
    id        text    collate "C" not null,
    cause     text    collate "C" not null,
    error     text    not null,
    primary key (tenant, thread)
);

create index thread_set_aside_partition on thread_set_aside (partition);
create index thread_set_aside_since on thread_set_aside (tenant, since_ms, thread);

comment on table thread_set_aside is 'No row of thread has to be there: it may have been its first command';
comment on column thread_set_aside.id is 'Tells this time from the next one';
comment on column thread_set_aside.cause is 'failed, not_stored or thread_unreadable';

grant select on thread_set_aside to threadwright_reader;
alter table thread_set_aside enable row level security;
create policy of_tenant on thread_set_aside for select to threadwright_reader
    using (tenant = current_setting('threadwright.tenant', true));
