-- Keys that what threads hold is sealed with, and their destruction.

-- The one place where a data key is, wrapped by a master key that is not here.
create table thread_key (
    created_at_ms bigint  not null,
    erased_at_ms  bigint,
    number        integer not null,
    tenant        text    collate "C" not null,
    thread        text    collate "C" not null,
    master_key    text    collate "C" not null,
    wrapped       bytea,
    primary key (tenant, thread, number)
);

create index thread_key_erased on thread_key (erased_at_ms) where erased_at_ms is not null;
create index thread_key_master on thread_key (master_key) where wrapped is not null;

comment on column thread_key.number is 'What is sealed says it; 2 and more if records came for a thread that was erased';
comment on column thread_key.thread is 'Empty for the records of no thread';
comment on column thread_key.master_key is 'The name of the key that it is wrapped by';
comment on column thread_key.wrapped is 'Null once it is destroyed: then nothing that it sealed can be read by anybody';

grant select on thread_key to threadwright_reader;
alter table thread_key enable row level security;
create policy of_tenant on thread_key for select to threadwright_reader
    using (tenant = current_setting('threadwright.tenant', true));

-- Of a thread whose rows are all gone, the key is good for nothing but copies of them.
create function destroy_key_v1()
    returns trigger
    language plpgsql
as $$
begin
    update thread_key k
    set wrapped = null, erased_at_ms = (extract(epoch from clock_timestamp()) * 1000)::bigint
    where k.tenant = new.tenant and k.thread = new.thread and k.wrapped is not null;
    return null;
end
$$;

create trigger rows_are_gone after update of emptied on deleted_thread
    for each row when (new.emptied and not old.emptied) execute function destroy_key_v1();

-- What is sealed ----------------------------------------------------------------------------------------------------

-- Sealed events are a row each, in their places, and the word "sealed" is all that is seen of them.
create or replace view event with (security_invoker = true) as
    select d.tenant,
           d.thread,
           d.first_seq + e.ordinality - 1                    as seq,
           d.partition,
           d.position,
           d.time_ms,
           d.causation_source,
           d.causation_id,
           d.actor,
           substring(e.event::text from '^{"type":"([^"]+)"') as type,
           e.event
    from decision d
         cross join lateral json_array_elements(
             case when left(d.events::text, 1) = '[' then d.events
                  else (select json_agg('sealed'::text) from generate_series(1, d.count)) end)
             with ordinality as e (event, ordinality);

-- As in V5. What is sealed is longer by so much, cannot be cut, and has its headers as one JSON string.
create or replace function keep_dead_letters_v1()
    returns trigger
    language plpgsql
as $$
declare
    most     integer := coalesce(nullif(current_setting('threadwright.dead_letter_bytes', true), '')::integer, 1048576);
    overhead constant integer := 33;
begin
    insert into dead_letter (dead_at_ms, position, source_offset, source_time_ms, partition, source_partition, bytes,
                             whole, tenant, thread, kind, source_topic, reason, headers, key, value)
    select (extract(epoch from clock_timestamp()) * 1000)::bigint, f.position, f.source_offset, f.time_ms, f.partition,
           f.source_partition, v.bytes, s.bytes <= most, f.tenant,
           case when octet_length(f.key) <= 1024 and length(utf8_v1(f.key)) <= 255 then utf8_v1(f.key) end,
           case f.kind when 'dead_letter' then 'invalid' else f.kind end,
           f.source_topic, f.reason,
           case when s.bytes <= most then f.headers else '[]' end,
           case when s.bytes <= most then f.key else substring(f.key for 1024) end,
           case when s.bytes <= most then f.value when not v.sealed then substring(f.value for most) end
    from fresh f
         cross join lateral (select left(f.headers::text, 1) = '"' as sealed) as h
         cross join lateral (select h.sealed, coalesce(octet_length(f.value) - case when h.sealed then overhead else 0 end, 0)
                                        as bytes) as v
         cross join lateral (select coalesce(octet_length(f.key), 0) + v.bytes
                                    + case when h.sealed then octet_length(f.headers::text) * 3 / 4
                                           else octet_length(f.headers::text) end) as s (bytes)
    where f.kind not in ('forward', 'action');
    return null;
end
$$;

comment on column dead_letter.position is
    'With the partition, its place in the outbox; what it is called outside is that, encrypted with a key of server_key';
comment on table server_key is 'What the servers sign and name with and nobody else may read, as base64';

-- Erasure ---------------------------------------------------------------------------------------------------------

-- That somebody wanted threads erased. Kept for ever: it is the proof.
create table erasure (
    requested_at_ms bigint not null,
    tenant          text   collate "C" not null,
    erasure         text   collate "C" not null,
    requested_by    text   not null,
    reason          text   not null,
    request_hash    bytea  not null,
    primary key (tenant, erasure)
);

comment on column erasure.request_hash is 'SHA-256 of what was asked for: the same name with another request is refused';

create index erasure_requested on erasure (tenant, requested_at_ms, erasure);

create table erased_thread (
    due_at_ms     bigint  not null,
    erased_at_ms  bigint,
    seq           bigint,
    decisions     bigint,
    rows          bigint,
    attempts      integer not null default 0,
    tenant        text    collate "C" not null,
    erasure       text    collate "C" not null,
    thread        text    collate "C" not null,
    status        text    collate "C" not null,
    keys          text[]  not null default '{}',
    waiting_for   text,
    in_clear      boolean not null default false,
    in_outbox     integer[] not null default '{}',
    outbox_to     bigint[]  not null default '{}',
    primary key (tenant, erasure, thread),
    foreign key (tenant, erasure) references erasure
);

create index erased_thread_due on erased_thread (due_at_ms) where status <> 'erased';
create index erased_thread_thread on erased_thread (tenant, thread);

comment on column erased_thread.status is 'requested; purging: its key is destroyed, and rows that were in the clear are going; erased';
comment on column erased_thread.due_at_ms is 'When to go on with it, by whoever comes first; milliseconds since 1970';
comment on column erased_thread.seq is 'The thread''s last event';
comment on column erased_thread.rows is 'Of all tables with content, when its key was destroyed';
comment on column erased_thread.keys is 'SHA-256 of each wrapped key that was destroyed, as hex';
comment on column erased_thread.in_clear is 'Whether rows of the thread were never sealed, and have to be purged';
comment on column erased_thread.in_outbox is 'Partitions whose outbox has rows for it that were never sealed';
comment on column erased_thread.outbox_to is 'The last of those in each of in_outbox';
comment on column erased_thread.waiting_for is 'Why it is not further, for people';

grant select on erasure, erased_thread to threadwright_reader;
alter table erasure enable row level security;
alter table erased_thread enable row level security;
create policy of_tenant on erasure for select to threadwright_reader
    using (tenant = current_setting('threadwright.tenant', true));
create policy of_tenant on erased_thread for select to threadwright_reader
    using (tenant = current_setting('threadwright.tenant', true));

-- Whether nothing that was never sealed stands in the outbox any more, up to where it did. The last of it mostly goes last, so
-- that only when it is gone is there something to look through.
create function outbox_is_rid_of_v1(of_thread text, partitions integer[], positions bigint[])
    returns boolean
    language plpgsql
    stable
    set enable_seqscan = off
as $$
begin
    return not exists (select from unnest(partitions, positions) as k (partition, position)
                            join outbox o on o.partition = k.partition and o.position = k.position)
        and not exists (select from unnest(partitions, positions) as k (partition, position)
                             join outbox o on o.partition = k.partition and o.position <= k.position
                        where o.key = convert_to(of_thread, 'UTF8') and left(o.headers::text, 1) <> '"');
end
$$;

-- Destroys the keys of a thread that is deleted, or set aside, or never was, and says what is in the way if it cannot be
-- done yet; null when it is done. All of it is one transaction. Called by who owns the thread's partition, since that one
-- knows how far it is published: whoever publishes has to be able to read.
create function erase_thread_v1(
    of_tenant text, of_erasure text, of_thread text, of_partition integer, published bigint, now_ms bigint,
    no_settings text)
    returns text
    language plpgsql
    set enable_seqscan = off
as $$
declare
    one        thread;
    is_aside   boolean;
    place      text;
    counted    bigint;
    of_journal bigint;
    total      bigint := 0;
    destroyed  text[];
    is_clear   boolean;
    part_clear boolean;
    content    text[];
    of_outbox  integer[];
    up_to      bigint[];
begin
    perform from erased_thread e
    where e.tenant = of_tenant and e.erasure = of_erasure and e.thread = of_thread and e.status = 'requested'
    for update;
    if not found then
        return null;
    end if;
    -- Whoever would release it waits, and finds it gone.
    perform from thread_set_aside s where s.tenant = of_tenant and s.thread = of_thread for update;
    is_aside := found;
    select * into one from thread t where t.tenant = of_tenant and t.thread = of_thread for update;
    if found and one.status <> 'deleted' and not is_aside then
        return 'it is not deleted yet';
    end if;
    if (select j.position from decision j where j.tenant = of_tenant and j.thread = of_thread
        order by j.first_seq desc limit 1) > published
        or exists (select from outbox o where o.partition = of_partition and o.position > published
                   and o.key = convert_to(of_thread, 'UTF8')) then
        return 'its last decisions are not published yet';
    end if;

    -- Nobody can decide on it, so nobody can delete it by a decision: it ends here, one event later than it was.
    if one.status <> 'deleted' then
        update thread t
        set status = 'deleted', seq = t.seq + 1, active_runs = 0, queued_runs = 0, latest_run = null,
            settings = no_settings::json, updated_at_ms = greatest(t.updated_at_ms, now_ms)
        where t.tenant = of_tenant and t.thread = of_thread;
    end if;

    select count(*), coalesce(bool_or(left(d.events::text, 1) <> '"'), false) into of_journal, is_clear
    from decision d where d.tenant = of_tenant and d.thread = of_thread;
    total := of_journal;
    -- A number of keys may have been used, or none, while it was written: each table is looked at.
    foreach content slice 1 in array array[
        ['snapshot', 'state::text'], ['outcome', 'result::text'], ['run', 'coalesce(request::text, output::text)'],
        ['leg', 'request::text'], ['interrupt', 'coalesce(prompt::text, settlement::text)'], ['dead_letter', 'null::text']]
    loop
        execute format('select count(*), coalesce(bool_or(left(%s, 1) <> ''"''), false) from %I where tenant = $1 and thread = $2',
                       content[2], content[1])
            into counted, part_clear using of_tenant, of_thread;
        total := total + counted;
        is_clear := is_clear or (part_clear and one.tenant is not null);
    end loop;
    -- The outbox keeps what was published for a while; those for whom there is no thread tell where they are.
    select coalesce(array_agg(k.partition), '{}'), coalesce(array_agg(k.position), '{}') into of_outbox, up_to
    from (select u.partition, max(u.position) as position
          from (select o.partition, o.position from outbox o
                where o.partition = of_partition and o.key = convert_to(of_thread, 'UTF8')
                  and left(o.headers::text, 1) <> '"'
                union all
                select o.partition, o.position
                from dead_letter l join outbox o on o.partition = l.partition and o.position = l.position
                where l.tenant = of_tenant and l.thread = of_thread and left(o.headers::text, 1) <> '"') as u
          group by u.partition) as k;
    -- What was never sealed, and no purge finds soon.
    delete from dead_letter l
    where l.tenant = of_tenant and l.thread = of_thread and left(l.headers::text, 1) <> '"';
    -- A hash of what it was corrected to, for those who can guess that.
    update dead_letter l set replay_key = null, replay_content = null
    where l.tenant = of_tenant and l.thread = of_thread;
    if one.tenant is null then
        delete from outcome o where o.tenant = of_tenant and o.thread = of_thread;
    end if;

    select coalesce(array_agg(encode(sha256(k.wrapped), 'hex') order by k.number), '{}') into destroyed
    from thread_key k where k.tenant = of_tenant and k.thread = of_thread and k.wrapped is not null;
    update thread_key k set wrapped = null, erased_at_ms = now_ms
    where k.tenant = of_tenant and k.thread = of_thread and k.wrapped is not null;

    -- What is in the clear, because it is searched or seen to by others.
    foreach place in array array['thread_metadata', 'thread_ttl', 'thread_set_aside', 'owed', 'leg_ending', 'action', 'cron'] loop
        execute format('delete from %I where tenant = $1 and thread = $2', place) using of_tenant, of_thread;
    end loop;

    -- From now on it is read from its tombstone alone. Rows that were never sealed go at the next purge.
    update deleted_thread d
    set purged_at_ms = coalesce(d.purged_at_ms, now_ms),
        deleted_at_ms = case when is_clear then 0 else d.deleted_at_ms end
    where d.tenant = of_tenant and d.thread = of_thread;

    update erased_thread e
    set status = case when is_clear or of_outbox <> '{}' then 'purging' else 'erased' end,
        erased_at_ms = case when is_clear or of_outbox <> '{}' then null else now_ms end,
        in_clear = is_clear, in_outbox = of_outbox, outbox_to = up_to,
        seq = coalesce((select t.seq from thread t where t.tenant = of_tenant and t.thread = of_thread), 0),
        decisions = of_journal, rows = total, keys = destroyed, due_at_ms = now_ms,
        waiting_for = case when is_clear or of_outbox <> '{}' then 'rows that were never encrypted are still to be purged' end
    where e.tenant = of_tenant and e.erasure = of_erasure and e.thread = of_thread;
    return null;
end
$$;
