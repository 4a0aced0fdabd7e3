-- What goes in time: the rows of deleted threads, and what the outbox has published.

-- A tombstone says when its thread's rows may go, and whether they are gone.
alter table deleted_thread
    add column partition     integer,
    add column deleted_at_ms bigint,
    add column purged_at_ms  bigint,
    add column emptied       boolean not null default false;

update deleted_thread d
set partition = t.partition, deleted_at_ms = t.updated_at_ms
from thread t
where t.tenant = d.tenant and t.thread = d.thread;

create index deleted_thread_due on deleted_thread (partition, deleted_at_ms) where not emptied;

comment on column deleted_thread.purged_at_ms is 'From when on the thread is its tombstone alone: its rows are going, or gone; null before that';
comment on column deleted_thread.emptied is 'Whether all of its rows are gone';

create or replace function keep_deleted_thread_v1()
    returns trigger
    language plpgsql
as $$
begin
    insert into deleted_thread (tenant, thread, partition, deleted_at_ms)
    values (new.tenant, new.thread, new.partition, new.updated_at_ms)
    on conflict do nothing;
    return null;
end
$$;

-- Positions that no row has any more, so that verifying can tell them from lost ones.
create table purged_rows (
    rows      bigint  not null,
    partition integer not null primary key
);

comment on table purged_rows is 'How many rows of the journal and of the outbox were taken away on purpose';

create function count_purged_v1(of_partition integer, gone bigint)
    returns void
    language sql
as $$
    insert into purged_rows as p (partition, rows) select of_partition, gone where gone > 0
    on conflict (partition) do update set rows = p.rows + excluded.rows
$$;

-- Takes away rows of threads that were deleted before a time, about so many at once, and says how many those were; fewer: there is
-- nothing more to do now. A thread whose last decision is not published yet stays, since whoever owns its partition next may have to
-- publish it.
create function purge_deleted_v1(of_partition integer, published bigint, before_ms bigint, now_ms bigint, most integer)
    returns bigint
    language plpgsql
    set enable_seqscan = off
as $$
declare
    one   record;
    place text;
    gone  bigint;
    total bigint := 0;
    of_journal bigint := 0;
begin
    for one in
        select d.tenant, d.thread
        from deleted_thread d
        where d.partition = of_partition and not d.emptied and d.deleted_at_ms <= before_ms
        order by d.deleted_at_ms
        limit most
        for update skip locked
    loop
        continue when (select j.position from decision j
                       where j.tenant = one.tenant and j.thread = one.thread
                       order by j.first_seq desc limit 1) > published;
        -- First of all, and for ever: a thread is read from its journal or from its tombstone, and never from half of one.
        update deleted_thread d set purged_at_ms = now_ms
        where d.tenant = one.tenant and d.thread = one.thread and d.purged_at_ms is null;
        foreach place in array array['decision', 'outcome', 'run', 'leg', 'interrupt', 'dead_letter', 'hidden_run', 'snapshot',
                                     'action', 'owed', 'leg_ending', 'thread_metadata', 'thread_ttl'] loop
            execute format('delete from %I where ctid = any (array('
                           'select ctid from %I where tenant = $1 and thread = $2 limit $3))', place, place)
                using one.tenant, one.thread, most - total;
            get diagnostics gone = row_count;
            total := total + gone;
            if place = 'decision' then
                of_journal := of_journal + gone;
            end if;
            exit when total >= most;
        end loop;
        exit when total >= most;
        update deleted_thread d set emptied = true where d.tenant = one.tenant and d.thread = one.thread;
        total := total + 1;
        exit when total >= most;
    end loop;
    perform count_purged_v1(of_partition, of_journal);
    return total;
end
$$;

-- The same for what the outbox has published.
create function purge_outbox_v1(of_partition integer, published bigint, before_ms bigint, most integer)
    returns bigint
    language plpgsql
    set enable_seqscan = off
as $$
declare
    gone bigint;
begin
    delete from outbox o
    where o.partition = of_partition and o.time_ms <= before_ms and o.position = any (array(
        select f.position from outbox f
        where f.partition = of_partition and f.position <= published
        order by f.position limit most));
    get diagnostics gone = row_count;
    perform count_purged_v1(of_partition, gone);
    return gone;
end
$$;

-- Where one server at a time looks for threads that nothing has happened on for long, and the next goes on.
create table sweep_place (
    name   text not null primary key,
    tenant text collate "C" not null,
    thread text collate "C" not null
);

insert into sweep_place (name, tenant, thread) values ('idle', '', '');
