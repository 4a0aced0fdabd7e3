-- Actions that have left the decision and are not done, for those who look after them.

create table action (
    since_ms bigint  not null,
    due_at_ms bigint,
    attempt  integer not null,
    remote   boolean not null,
    tenant   text    collate "C" not null,
    thread   text    collate "C" not null,
    action   text    collate "C" not null,
    run      text    collate "C" not null,
    task     text    collate "C" not null,
    name     text    collate "C" not null,
    status   text    collate "C" not null,
    step     text    not null,
    primary key (tenant, thread, action)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);

create index action_by_id on action (tenant, action);
create index action_by_age on action (tenant, since_ms, action);
create index action_by_name on action (tenant, name, since_ms, action);

-- As with threads: of indexes that look alike while the table is new, the newest is taken.
alter table action drop constraint action_pkey, add primary key (tenant, thread, action);

comment on column action.since_ms is 'When its first attempt was asked for; milliseconds since 1970';
comment on column action.due_at_ms is 'When its attempt is given up, or the next one begins; null if it waits for somebody';
comment on column action.status is 'outstanding, held: its attempt waits for its turn, retrying, or uncertain: nobody knows what became of it';
comment on column action.remote is 'Whether a worker elsewhere does it';

-- Called by commit_batch_v1 with its arguments. A row without a run is of an action that is done.
create function set_actions_v1(of_tenant text[], of_thread text[], of_row text[])
    returns void
    language plpgsql
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
    set jit = off
as $$
begin
    delete from action a
    using unnest(of_tenant, of_thread, of_row) as k (tenant, thread, row)
          cross join lateral json_to_record(k.row::json) as j (action text, run text)
    where j.run is null and a.tenant = k.tenant and a.thread = k.thread and a.action = j.action;

    insert into action as a (tenant, thread, action, run, task, step, name, remote, attempt, status, due_at_ms, since_ms)
    select k.tenant, k.thread, j.action, j.run, j.task, j.step, j.name, j.remote, j.attempt, j.status, j.due, t.updated_at_ms
    from unnest(of_tenant, of_thread, of_row) as k (tenant, thread, row)
         cross join lateral json_to_record(k.row::json)
             as j (action text, run text, task text, step text, name text, remote boolean, attempt integer, status text,
                   due bigint)
         join thread t on t.tenant = k.tenant and t.thread = k.thread
    where j.run is not null
    on conflict (tenant, thread, action) do update
    set attempt = excluded.attempt, status = excluded.status, due_at_ms = excluded.due_at_ms;
end
$$;

grant select on action to threadwright_reader;
alter table action enable row level security;
create policy of_tenant on action for select to threadwright_reader
    using (tenant = current_setting('threadwright.tenant', true) and not exists (
        select from deleted_thread d where d.tenant = action.tenant and d.thread = action.thread offset 0));

--- Callbacks -------------------------------------------------------------------------------------------------------

-- Beside server_setting, which readers see.
create table server_key (
    name  text not null primary key,
    value text not null
);

comment on table server_key is 'What the servers sign with and nobody else may read, as base64';
