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
create index thread_created on thread (tenant, created_at_ms, thread);

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

-- In plpgsql, so that it stays a look-up by key: in a query of its own, the planner may read all threads instead.
create function is_there_v1(of_tenant text, of_thread text)
    returns boolean
    language plpgsql
    stable
as $$
begin
    return exists (select from thread t where t.tenant = of_tenant and t.thread = of_thread and t.status <> 'deleted');
end
$$;

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

-- What became of commands stays readable: who deletes a thread waits for that, too.
alter policy of_tenant on thread
    using (tenant = current_setting('threadwright.tenant', true) and status <> 'deleted');
alter policy of_tenant on run
    using (tenant = current_setting('threadwright.tenant', true) and is_there_v1(tenant, thread));
alter policy of_tenant on leg
    using (tenant = current_setting('threadwright.tenant', true) and is_there_v1(tenant, thread));
alter policy of_tenant on interrupt
    using (tenant = current_setting('threadwright.tenant', true) and is_there_v1(tenant, thread));
alter policy of_tenant on decision
    using (tenant = current_setting('threadwright.tenant', true) and is_there_v1(tenant, thread));
alter policy of_tenant on snapshot
    using (tenant = current_setting('threadwright.tenant', true) and is_there_v1(tenant, thread));
