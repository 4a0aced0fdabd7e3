-- Who did what, for as long as the database is kept: chains of entries, each with the hash of the one before. docs/audit.md
-- says what an entry's hash is made of.

create table audit_entry (
    number   bigint not null,
    time_ms  bigint not null,
    tenant   text   collate "C" not null,
    chain    text   collate "C" not null,
    caller   text   collate "C" not null,
    known    text   collate "C" not null,
    act      text   collate "C" not null,
    outcome  text   collate "C" not null,
    thread   text   collate "C" not null,
    target   text   collate "C" not null,
    detail   text   not null,
    previous bytea  not null,
    hash     bytea  not null
);

create index audit_entry_time on audit_entry (tenant, time_ms, chain, number);
create index audit_entry_thread on audit_entry (tenant, thread, time_ms, chain, number) where thread <> '';
create index audit_entry_caller on audit_entry (tenant, caller, time_ms, chain, number);

-- As with threads: of indexes that look alike while the table is new, the newest is taken.
alter table audit_entry add primary key (tenant, chain, number);

comment on table audit_entry is 'Insert-only, and never deleted by a server';
comment on column audit_entry.tenant is '* for what was done to the whole server';
comment on column audit_entry.chain is 'partition-N: what the partition''s owner committed; requests: what was asked over HTTP; server: the command line';
comment on column audit_entry.number is 'Contiguous in its chain, from 1';
comment on column audit_entry.time_ms is 'When it was recorded, by Postgres'' clock; milliseconds since 1970';
comment on column audit_entry.thread is 'Empty if it was done to no thread';
comment on column audit_entry.detail is 'JSON, without anybody''s data: ids, numbers, hashes';

-- Where each chain ends: what its next entry goes behind. Whoever appends holds the row, so that numbers have no gaps.
create table audit_head (
    number bigint not null,
    tenant text   collate "C" not null,
    chain  text   collate "C" not null,
    hash   bytea  not null,
    primary key (tenant, chain)
) with (fillfactor = 50);

-- Append-only for the owner of the tables, too, who has all rights: only by changing the schema could it do otherwise.
create function refuse_audit_change_v1()
    returns trigger
    language plpgsql
as $$
begin
    raise exception 'The audit log is append-only: % of % is refused', tg_op, tg_table_name
        using errcode = 'insufficient_privilege';
end
$$;

create trigger audit_entry_is_append_only before update or delete or truncate on audit_entry
    for each statement execute function refuse_audit_change_v1();
create trigger audit_head_stays before delete or truncate on audit_head
    for each statement execute function refuse_audit_change_v1();

-- A head moves on, over entries that are there.
create function check_audit_head_v1()
    returns trigger
    language plpgsql
as $$
begin
    if new.tenant <> old.tenant or new.chain <> old.chain or new.number <= old.number
        or not exists (select from audit_entry e where e.tenant = new.tenant and e.chain = new.chain
                       and e.number = new.number and e.hash = new.hash)
        or not exists (select from audit_entry e where e.tenant = old.tenant and e.chain = old.chain
                       and e.number = old.number + 1 and e.previous = old.hash) then
        raise exception 'The audit log is append-only: chain %/% does not go on at %', old.tenant, old.chain, new.number
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;

create trigger audit_head_moves_on before update on audit_head
    for each row execute function check_audit_head_v1();

-- A part of what is hashed: its length in bytes, a colon, itself, a comma. No two lists of parts give the same text.
create function audit_part_v1(part text)
    returns text
    language sql
    immutable
as $$
    select octet_length(convert_to(part, 'UTF8')) || ':' || part || ','
$$;

-- Appends entries, each behind the last of its chain, and says the number of the last one. Those of one chain stand
-- together: its head is written once. Called by whoever records something in a transaction of their own; and with
-- commit_batch_v1 as its first argument, which is why there is one: the batch is in place, and its partitions' rows are
-- locked, before anything is appended.
create function append_audit_v1(
    done text, of_tenant text[], of_chain text[], of_caller text[], of_known text[], of_act text[], of_outcome text[],
    of_thread text[], of_target text[], of_detail text[])
    returns bigint
    language plpgsql
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off
    set jit = off
as $$
declare
    head   audit_head;
    now_ms bigint;
    made   bytea;
begin
    for i in 1 .. cardinality(of_tenant) loop
        if i = 1 or of_tenant[i] <> of_tenant[i - 1] or of_chain[i] <> of_chain[i - 1] then
            select * into head from audit_head h where h.tenant = of_tenant[i] and h.chain = of_chain[i]
            for no key update;
            if not found then
                insert into audit_head (number, tenant, chain, hash)
                values (0, of_tenant[i], of_chain[i], decode(repeat('00', 32), 'hex'))
                on conflict do nothing;
                select * into strict head from audit_head h where h.tenant = of_tenant[i] and h.chain = of_chain[i]
                for no key update;
            end if;
            -- After the wait, so that times of a chain do not go back.
            now_ms := (extract(epoch from clock_timestamp()) * 1000)::bigint;
        end if;
        made := sha256(convert_to(
            audit_part_v1('threadwright-audit-1') || audit_part_v1(of_tenant[i]) || audit_part_v1(of_chain[i])
            || audit_part_v1((head.number + 1)::text) || audit_part_v1(now_ms::text) || audit_part_v1(of_caller[i])
            || audit_part_v1(of_known[i]) || audit_part_v1(of_act[i]) || audit_part_v1(of_outcome[i])
            || audit_part_v1(of_thread[i]) || audit_part_v1(of_target[i]) || audit_part_v1(of_detail[i])
            || audit_part_v1(encode(head.hash, 'hex')), 'UTF8'));
        insert into audit_entry (number, time_ms, tenant, chain, caller, known, act, outcome, thread, target, detail,
                                 previous, hash)
        values (head.number + 1, now_ms, of_tenant[i], of_chain[i], of_caller[i], of_known[i], of_act[i], of_outcome[i],
                of_thread[i], of_target[i], of_detail[i], head.hash, made);
        head.number := head.number + 1;
        head.hash := made;
        if i = cardinality(of_tenant) or of_tenant[i] <> of_tenant[i + 1] or of_chain[i] <> of_chain[i + 1] then
            update audit_head h set number = head.number, hash = head.hash
            where h.tenant = head.tenant and h.chain = head.chain;
        end if;
    end loop;
    return head.number;
end
$$;

-- Readers -----------------------------------------------------------------------------------------------------------

grant select on audit_entry, audit_head to threadwright_reader;
alter table audit_entry enable row level security;
alter table audit_head enable row level security;
create policy of_tenant on audit_entry for select to threadwright_reader
    using (tenant in (current_setting('threadwright.tenant', true), '*'));
create policy of_tenant on audit_head for select to threadwright_reader
    using (tenant in (current_setting('threadwright.tenant', true), '*'));
