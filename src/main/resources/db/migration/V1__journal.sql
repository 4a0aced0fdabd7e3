-- The journal, what is committed together with it, and the one statement that commits a batch.
--
-- Needs Postgres 15. Names are compared by bytes (collate "C"): faster, and no upgrade of an operating system's
-- collations can damage an index. Wide fixed columns stand first, so that rows need no padding.

-- Ownership ------------------------------------------------------------------------------------------------------

-- One row a partition, updated by every batch: nearly empty pages, so that its versions never leave their page.
create table partition_claim (
    epoch     bigint  not null,
    position  bigint  not null default 0,
    published bigint  not null default 0,
    partition integer not null primary key,
    released  boolean not null default false,
    owner     text    not null,
    publisher text    not null,
    publishers text[] not null
) with (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

comment on table partition_claim is 'Who may write a partition, and how far it is: the fence of every commit';
comment on column partition_claim.epoch is 'Raised by every claim; a commit at another epoch fails';
comment on column partition_claim.position is 'The last position in use';
comment on column partition_claim.published is 'The last position that an owner said to be published, at its release';
comment on column partition_claim.released is 'Whether the owner gave it back in order; it can commit no more then';
comment on column partition_claim.publisher is 'The transactional id that the owner publishes with';
comment on column partition_claim.publishers is 'Transactional ids that may still publish it, until an owner has fenced them';

create table consumed_offset (
    next_offset bigint  not null,
    partition   integer not null,
    topic       text    collate "C" not null,
    primary key (partition, topic)
) with (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- The journal ----------------------------------------------------------------------------------------------------

-- Insert-only. json and not jsonb: the text is kept as it was written, \u0000 included, and costs less.
create table decision (
    first_seq        bigint  not null,
    position         bigint  not null,
    time_ms          bigint  not null,
    partition        integer not null,
    count            integer not null,
    checksum         integer not null,
    tenant           text    collate "C" not null,
    thread           text    collate "C" not null,
    causation_source text,
    causation_id     text,
    actor            text    not null,
    events           json    not null,
    primary key (tenant, thread, first_seq),
    unique (partition, position)
) with (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

comment on table decision is 'One row per decision: its events in order, numbered first_seq to first_seq + count - 1';
comment on column decision.checksum is 'CRC-32C of the row''s thread, number, time, cause, actor and events: tells damage';
comment on column decision.events is 'Array of events; "type" is the first key of each, "v" is absent for version 1';

-- What is published without having touched a thread. Shares the numbering of positions with decision.
create table outbox (
    position         bigint  not null,
    source_offset    bigint  not null,
    time_ms          bigint  not null,
    partition        integer not null,
    source_partition integer not null,
    tenant           text    collate "C" not null,
    kind             text    not null,
    source_topic     text    not null,
    reason           text    not null,
    headers          json    not null,
    key              bytea,
    value            bytea,
    primary key (partition, position)
);

comment on column outbox.kind is 'dead_letter or forward';
comment on column outbox.headers is 'Object of base64 values';

-- A cached fold; may be deleted at any time.
create table snapshot (
    seq    bigint not null,
    tenant text   collate "C" not null,
    thread text   collate "C" not null,
    state  json   not null,
    primary key (tenant, thread)
);

-- What every command with an identity came to ---------------------------------------------------------------------

create table outcome (
    seq          bigint not null,
    tenant       text   collate "C" not null,
    thread       text   collate "C" not null,
    hash         bytea  not null,
    content_hash bytea  not null,
    result       json   not null,
    primary key (tenant, thread, hash)
) with (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

comment on column outcome.hash is 'Of (source, id); of (source, id, content) for the refusal of a conflict';
comment on column outcome.seq is 'The thread''s last sequence number when it was decided';

-- Work that threads owe to the outside ----------------------------------------------------------------------------

create table owed (
    due_at_ms bigint  not null,
    partition integer not null,
    kind      text    collate "C" not null,
    tenant    text    collate "C" not null,
    thread    text    collate "C" not null,
    ref       text    collate "C" not null,
    primary key (tenant, thread, kind, ref)
) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);

create index owed_due on owed (partition, due_at_ms);
create index owed_kind on owed (partition, kind);

comment on column owed.kind is 'call or timer';
comment on column owed.due_at_ms is 'When the thread is to be told of it: a timer, or the deadline of a call; milliseconds since 1970';

-- What readers see ------------------------------------------------------------------------------------------------

create table thread (
    seq           bigint  not null,
    created_at_ms bigint  not null,
    updated_at_ms bigint  not null,
    state_updated_at_ms bigint not null,
    partition     integer not null,
    active_runs   integer not null,
    queued_runs   integer not null,
    status        text    collate "C" not null,
    tenant        text    collate "C" not null,
    thread        text    collate "C" not null,
    latest_run    text    collate "C",
    settings      json    not null,
    primary key (tenant, thread)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);

comment on column thread.status is 'idle, busy, interrupted, error, or deleted, which readers do not see';
comment on column thread.state_updated_at_ms is 'When its newest checkpoint was made, or itself before the first';

create table run (
    admitted_at_ms bigint not null,
    started_at_ms  bigint,
    ended_at_ms    bigint,
    tenant         text   collate "C" not null,
    thread         text   collate "C" not null,
    run            text   collate "C" not null,
    status         text   collate "C" not null,
    workflow       text   collate "C" not null,
    decision       text   collate "C" not null,
    output         json,
    error          text,
    cause          text   collate "C",
    request        json,
    ending         text,
    primary key (tenant, thread, run)
) with (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);

comment on column run.cause is 'Why it was cancelled';
comment on column run.request is 'What it was asked for with, if it was asked for as a run and not by an input';
comment on column run.ending is 'What is to be done when its first leg ends: JSON';

-- Legs that are no whole run: first ones that ended before their run did, those after them, and requests for which
-- nothing ran. A run that stops for nobody has none.
create table leg (
    created_at_ms bigint not null,
    ended_at_ms   bigint,
    tenant        text   collate "C" not null,
    thread        text   collate "C" not null,
    leg           text   collate "C" not null,
    run           text   collate "C",
    status        text   collate "C" not null,
    error_type    text,
    error         text,
    request       json,
    ending        text,
    primary key (tenant, thread, leg)
) with (fillfactor = 85);

comment on column leg.run is 'Null for a request for which nothing ran';
comment on column leg.status is 'running, success, error, timeout, interrupted or rolled_back';

-- Legs that somebody took off the lists; the journal has them.
create table hidden_run (
    tenant text collate "C" not null,
    thread text collate "C" not null,
    leg    text collate "C" not null,
    primary key (tenant, thread, leg)
);

-- What is to be done now that a leg has ended.
create table leg_ending (
    ended_at_ms bigint  not null,
    due_at_ms   bigint  not null,
    attempts    integer not null default 0,
    tenant      text    collate "C" not null,
    thread      text    collate "C" not null,
    leg         text    collate "C" not null,
    ending      text    not null,
    primary key (tenant, thread, leg)
) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);

create index leg_ending_due on leg_ending (due_at_ms);

comment on column leg_ending.ending is 'JSON: webhook (an address), delete (whether the thread goes with it)';

-- What runs ask people and systems.
create table interrupt (
    created_at_ms bigint not null,
    expires_at_ms bigint,
    settled_at_ms bigint,
    tenant        text   collate "C" not null,
    thread        text   collate "C" not null,
    interrupt     text   collate "C" not null,
    run           text   collate "C" not null,
    step          text   collate "C" not null,
    kind          text   collate "C" not null,
    status        text   collate "C" not null,
    prompt        json   not null,
    settlement    json,
    primary key (tenant, thread, interrupt)
) with (fillfactor = 85);

create index interrupt_id on interrupt (tenant, interrupt);
create index interrupt_run on interrupt (tenant, run);
create index interrupt_pending on interrupt (tenant, created_at_ms, interrupt) where status = 'pending';
create index interrupt_pending_thread on interrupt (tenant, thread) where status = 'pending';
create index interrupt_created on interrupt (tenant, created_at_ms, interrupt);

comment on column interrupt.status is 'pending, resolved, rejected or expired';
comment on column interrupt.prompt is 'What was asked: payload, and schema of the answer';
comment on column interrupt.settlement is 'What became of it: answer, by, via, reason, expiry';

-- Every event in its place. The type is cut out of the text, because json operators refuse text that holds \u0000.
-- With the rights and the row-level security of whoever asks.
create view event with (security_invoker = true) as
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
         cross join lateral json_array_elements(d.events) with ordinality as e (event, ordinality);

-- Runs as those see them who ask for runs: one from each start or resume to its end or its next stop for somebody.
-- What was rolled back is not among them; the journal has it.
create view requested_run with (security_invoker = true) as
    select r.tenant,
           r.thread,
           r.run                                                   as leg,
           r.run                                                   as run,
           case r.status
               when 'queued' then 'pending'
               when 'completed' then 'success'
               when 'failed' then 'error'
               when 'timed_out' then 'timeout'
               when 'cancelled' then 'interrupted'
               else 'running' end                                  as status,
           r.status                                                as state,
           r.workflow,
           r.decision,
           r.cause,
           r.admitted_at_ms                                        as created_at_ms,
           r.started_at_ms,
           r.ended_at_ms,
           coalesce(r.ended_at_ms, r.started_at_ms, r.admitted_at_ms) as updated_at_ms,
           null::text                                              as error_type,
           r.error,
           r.output,
           r.request
    from run r
    where (r.cause is null or r.cause <> 'rolled_back')
      and not exists (select from leg l where l.tenant = r.tenant and l.thread = r.thread and l.leg = r.run)
      and not exists (select from hidden_run h where h.tenant = r.tenant and h.thread = r.thread and h.leg = r.run)
    union all
    select l.tenant,
           l.thread,
           l.leg,
           l.run,
           l.status,
           case when l.ended_at_ms is null or l.ended_at_ms = r.ended_at_ms then r.status end,
           r.workflow,
           r.decision,
           r.cause,
           l.created_at_ms,
           l.created_at_ms,
           l.ended_at_ms,
           coalesce(l.ended_at_ms, l.created_at_ms),
           l.error_type,
           l.error,
           case when l.ended_at_ms = r.ended_at_ms then r.output end,
           l.request
    from leg l
         left join run r on r.tenant = l.tenant and r.thread = l.thread and r.run = l.run
    where l.status <> 'rolled_back'
      and not exists (select from hidden_run h where h.tenant = l.tenant and h.thread = l.thread and h.leg = l.leg);

-- Workflows -------------------------------------------------------------------------------------------------------

-- Insert-only: a version never changes, and what runs on it needs it for ever.
create table workflow (
    created_at_ms bigint  not null,
    version       integer not null,
    tenant        text    collate "C" not null,
    name          text    collate "C" not null,
    hash          bytea   not null,
    document      text    not null,
    primary key (tenant, name, version)
);

comment on column workflow.tenant is '* for what every tenant has';
comment on column workflow.hash is 'Of the content without its version, so that the same sent again is no new version';
comment on column workflow.document is 'As it was sent: JSON or YAML';

-- Facts about the whole server that must not change under its data.
create table server_setting (
    name  text not null primary key,
    value text not null
);

-- Readers ---------------------------------------------------------------------------------------------------------

-- Roles belong to the cluster: another database's migration may create it at the same moment.
do $$
begin
    if not exists (select from pg_roles where rolname = 'threadwright_reader') then
        begin
            create role threadwright_reader nologin;
        exception
            when duplicate_object or unique_violation then
                null;
            when insufficient_privilege then
                raise exception 'The role threadwright_reader is missing and % may not create it', current_user
                    using hint = format('As an administrator: create role threadwright_reader nologin; '
                                        'grant threadwright_reader to %I;', current_user);
        end;
    end if;
    if not pg_has_role(current_user, 'threadwright_reader', 'member') then
        execute format('grant threadwright_reader to %I', current_user);
    end if;
end
$$;

grant select on thread, run, leg, hidden_run, requested_run, interrupt, decision, outcome, workflow, event to threadwright_reader;

alter table thread enable row level security;
alter table run enable row level security;
alter table leg enable row level security;
alter table hidden_run enable row level security;
alter table interrupt enable row level security;
alter table decision enable row level security;
alter table outcome enable row level security;
alter table workflow enable row level security;

-- The engine owns the tables and passes by these. A reader who forgot to say the tenant sees nothing.
create policy of_tenant on thread for select to threadwright_reader
    using (tenant = current_setting('threadwright.tenant', true));
create policy of_tenant on run for select to threadwright_reader
    using (tenant = current_setting('threadwright.tenant', true));
create policy of_tenant on leg for select to threadwright_reader
    using (tenant = current_setting('threadwright.tenant', true));
create policy of_tenant on hidden_run for select to threadwright_reader
    using (tenant = current_setting('threadwright.tenant', true));
create policy of_tenant on interrupt for select to threadwright_reader
    using (tenant = current_setting('threadwright.tenant', true));
create policy of_tenant on decision for select to threadwright_reader
    using (tenant = current_setting('threadwright.tenant', true));
create policy of_tenant on workflow for select to threadwright_reader
    using (tenant in (current_setting('threadwright.tenant', true), '*'));
create policy of_tenant on outcome for select to threadwright_reader
    using (tenant = current_setting('threadwright.tenant', true));

-- Claiming --------------------------------------------------------------------------------------------------------

-- Takes a partition over, after waiting for a commit of its owner that is under way. One statement, so that a
-- claimant that freezes holds no lock. With only_from_epoch, only if nobody else has claimed it since that epoch; else
-- there is no row. (The same owner may have: its claim may have succeeded and the answer been lost.)
create function claim_partition_v1(
    claimed integer, new_owner text, new_publisher text, only_from_epoch bigint,
    out epoch bigint, out "position" bigint, out published bigint, out publishers text[])
    returns setof record
    language plpgsql
as $$
declare
    before partition_claim;
begin
    select * into before from partition_claim c where c.partition = claimed for no key update;
    if not found then
        if only_from_epoch is not null then
            return;
        end if;
        insert into partition_claim as c (epoch, partition, owner, publisher, publishers)
        values (1, claimed, new_owner, new_publisher, array[new_publisher])
        on conflict (partition) do nothing;
        if found then
            return query select 1::bigint, 0::bigint, 0::bigint, '{}'::text[];
            return;
        end if;
        -- Somebody else inserted it while we waited.
        select * into before from partition_claim c where c.partition = claimed for no key update;
    end if;
    if before.epoch <> only_from_epoch
        and (before.epoch < only_from_epoch or before.owner <> new_owner or before.publisher <> new_publisher) then
        return;
    end if;
    update partition_claim c
    set epoch = before.epoch + 1, owner = new_owner, publisher = new_publisher, released = false,
        publishers = array_append(array_remove(before.publishers, new_publisher), new_publisher)
    where c.partition = claimed;
    return query
        select before.epoch + 1, before.position, before.published, before.publishers;
end
$$;

-- Committing ------------------------------------------------------------------------------------------------------

-- The part of commit_batch_v1 that few batches need. A first leg takes what began it from its run.
create function commit_legs_v1(leg_tenant text[], leg_thread text[], leg_leg text[], leg_row text[])
    returns void
    language plpgsql
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off
    set jit = off
as $$
declare
    changed  bigint;
    patched  bigint;
begin
    insert into leg (tenant, thread, leg, run, status, created_at_ms, ended_at_ms, error_type, error, request, ending)
    select k.tenant, k.thread, k.leg, j.run, j.status, coalesce(j.created, r.admitted_at_ms), j.ended, j."errorType",
           j.error, coalesce(j.request::json, r.request), coalesce(j.ending, r.ending)
    from unnest(leg_tenant, leg_thread, leg_leg, leg_row) as k (tenant, thread, leg, row)
         cross join lateral json_to_record(k.row::json)
             as j (run text, status text, created bigint, ended bigint, "errorType" text, error text, request text,
                   ending text)
         left join run r on r.tenant = k.tenant and r.thread = k.thread and r.run = k.leg
    where j.created is not null or j.run = k.leg;
    get diagnostics changed = row_count;

    update leg l
    set status = j.status, ended_at_ms = j.ended, error = coalesce(j.error, l.error)
    from unnest(leg_tenant, leg_thread, leg_leg, leg_row) as k (tenant, thread, leg, row)
         cross join lateral json_to_record(k.row::json)
             as j (run text, status text, created bigint, ended bigint, error text)
    where j.created is null and j.run is distinct from k.leg
      and l.tenant = k.tenant and l.thread = k.thread and l.leg = k.leg and l.ended_at_ms is null;
    get diagnostics patched = row_count;
    if changed + patched <> cardinality(leg_tenant) then
        raise exception 'A change to a leg that is not there, or has ended' using errcode = 'TW003';
    end if;

    insert into leg_ending (tenant, thread, leg, ended_at_ms, due_at_ms, ending)
    select l.tenant, l.thread, l.leg, l.ended_at_ms, l.ended_at_ms, l.ending
    from unnest(leg_tenant, leg_thread, leg_leg) as k (tenant, thread, leg)
         join leg l on l.tenant = k.tenant and l.thread = k.thread and l.leg = k.leg
    where l.ended_at_ms is not null and l.ending is not null;
end
$$;

-- Makes a batch durable. One statement in a transaction of its own: a client that freezes never holds a lock.
--
-- Every argument is a column of one of the batch's tables; columns of one table have the same length. What is empty
-- costs nothing. Errors, beside those of the data itself:
--   TW001  another owner or position; DETAIL has the partitions
--   TW002  a thread is not at the sequence number that its owner read from the journal: damage, since nobody else may
--          write here at this epoch and position
--   TW003  a change to a run that is not there
create function commit_batch_v1(
    advance_partition integer[], advance_epoch bigint[], advance_from bigint[], advance_to bigint[],
    thread_partition integer[], thread_tenant text[], thread_thread text[], thread_expected bigint[],
    thread_seq bigint[], thread_status text[], thread_active integer[], thread_queued integer[],
    thread_latest_run text[], thread_settings text[], thread_created bigint[], thread_updated bigint[],
    thread_state_updated bigint[], thread_metadata text[], thread_ttl bigint[],
    decision_tenant text[], decision_thread text[], decision_first_seq bigint[], decision_count integer[],
    decision_partition integer[], decision_position bigint[], decision_time bigint[], decision_source text[],
    decision_id text[], decision_actor text[], decision_events text[], decision_checksum integer[],
    outbox_tenant text[], outbox_partition integer[], outbox_position bigint[], outbox_kind text[], outbox_topic text[],
    outbox_source_partition integer[], outbox_offset bigint[], outbox_key bytea[], outbox_value bytea[],
    outbox_headers text[], outbox_reason text[], outbox_time bigint[],
    outcome_tenant text[], outcome_thread text[], outcome_hash bytea[], outcome_content_hash bytea[],
    outcome_result text[], outcome_seq bigint[],
    run_tenant text[], run_thread text[], run_run text[], run_status text[], run_workflow text[],
    run_decision text[], run_admitted bigint[], run_started bigint[], run_ended bigint[], run_output text[],
    run_error text[], run_cause text[], run_request text[], run_ending text[],
    leg_tenant text[], leg_thread text[], leg_leg text[], leg_row text[],
    interrupt_tenant text[], interrupt_thread text[], interrupt_interrupt text[], interrupt_run text[],
    interrupt_step text[], interrupt_kind text[], interrupt_status text[], interrupt_prompt text[],
    interrupt_created bigint[], interrupt_expires bigint[], interrupt_settled bigint[], interrupt_settlement text[],
    paid_tenant text[], paid_thread text[], paid_kind text[], paid_ref text[],
    owed_partition integer[], owed_tenant text[], owed_thread text[], owed_kind text[], owed_ref text[],
    owed_due bigint[],
    offset_topic text[], offset_partition integer[], offset_next bigint[],
    snapshot_tenant text[], snapshot_thread text[], snapshot_seq bigint[], snapshot_state text[],
    action_tenant text[], action_thread text[], action_row text[])
    returns void
    language plpgsql
    -- Plans are made once, before the tables have statistics, and for arrays of any length: what is looked up is
    -- always looked up by its key.
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
    set jit = off
as $$
declare
    changed   bigint;
    expected  bigint;
    stale     text;
begin
    -- In the order of the partitions, so that two batches cannot wait for each other.
    perform from partition_claim c where c.partition = any (advance_partition) order by c.partition for no key update;

    update partition_claim c
    set position = a.to_position
    from unnest(advance_partition, advance_epoch, advance_from, advance_to)
             as a (partition, epoch, from_position, to_position)
    where c.partition = a.partition and c.epoch = a.epoch and c.position = a.from_position and not c.released;
    get diagnostics changed = row_count;
    if changed <> cardinality(advance_partition) then
        -- The fresh ones are updated by now: left over are those that are not at their new position. A stale one may
        -- be there by chance (it was committed before), so the place that it came from counts, too.
        select string_agg(a.partition::text, ',' order by a.partition) into stale
        from unnest(advance_partition, advance_epoch, advance_from, advance_to)
                 as a (partition, epoch, from_position, to_position)
        where not exists (select from partition_claim c
                          where c.partition = a.partition and c.epoch = a.epoch and not c.released
                            and c.position = a.to_position and c.xmin = pg_current_xact_id()::xid);
        raise exception 'Another owner or position' using errcode = 'TW001', detail = stale;
    end if;

    if cardinality(thread_tenant) > 0 then
        insert into thread as t (tenant, thread, partition, seq, status, active_runs, queued_runs, latest_run,
                                 settings, created_at_ms, updated_at_ms, state_updated_at_ms)
        select k.tenant, k.thread, k.partition, k.seq, k.status, k.active, k.queued, k.latest_run,
               k.settings::json, k.created, k.updated, k.state_updated
        from unnest(thread_tenant, thread_thread, thread_partition, thread_expected, thread_seq, thread_status,
                    thread_active, thread_queued, thread_latest_run, thread_settings, thread_created, thread_updated,
                    thread_state_updated)
                 as k (tenant, thread, partition, expected, seq, status, active, queued, latest_run, settings,
                       created, updated, state_updated)
        where k.expected = 0
        on conflict (tenant, thread) do nothing;
        get diagnostics changed = row_count;

        update thread t
        set seq = k.seq, status = k.status, active_runs = k.active, queued_runs = k.queued,
            latest_run = k.latest_run, settings = k.settings::json, updated_at_ms = k.updated,
            state_updated_at_ms = k.state_updated
        from unnest(thread_tenant, thread_thread, thread_expected, thread_seq, thread_status, thread_active,
                    thread_queued, thread_latest_run, thread_settings, thread_updated, thread_state_updated)
                 as k (tenant, thread, expected, seq, status, active, queued, latest_run, settings, updated,
                       state_updated)
        where k.expected > 0 and t.tenant = k.tenant and t.thread = k.thread and t.seq = k.expected;
        get diagnostics expected = row_count;

        if changed + expected <> cardinality(thread_tenant) then
            select string_agg(format('thread %s/%s is at %s and not at %s', k.tenant, k.thread, coalesce(t.seq, 0),
                                     k.expected), ', ')
            into stale
            from unnest(thread_tenant, thread_thread, thread_expected) as k (tenant, thread, expected)
                 left join thread t on t.tenant = k.tenant and t.thread = k.thread
            where t.xmin is distinct from pg_current_xact_id()::xid;
            raise exception 'The journal is damaged: %', stale using errcode = 'TW002';
        end if;

        -- What is set on a thread changes seldom: nearly always they are all null.
        if exists (select from unnest(thread_metadata) as m (metadata) where m.metadata is not null) then
            perform set_thread_metadata_v1(thread_tenant, thread_thread, thread_updated, thread_metadata, thread_ttl);
        end if;
    end if;

    if cardinality(decision_tenant) > 0 then
        insert into decision (tenant, thread, first_seq, count, partition, position, time_ms, causation_source,
                              causation_id, actor, events, checksum)
        select k.tenant, k.thread, k.first_seq, k.count, k.partition, k.position, k.time, k.source, k.id, k.actor,
               k.events::json, k.checksum
        from unnest(decision_tenant, decision_thread, decision_first_seq, decision_count, decision_partition,
                    decision_position, decision_time, decision_source, decision_id, decision_actor, decision_events,
                    decision_checksum)
                 as k (tenant, thread, first_seq, count, partition, position, time, source, id, actor, events, checksum);
    end if;

    if cardinality(outbox_partition) > 0 then
        insert into outbox (tenant, partition, position, kind, source_topic, source_partition, source_offset, key, value,
                            headers, reason, time_ms)
        select k.tenant, k.partition, k.position, k.kind, k.topic, k.source_partition, k.source_offset, k.key, k.value,
               k.headers::json, k.reason, k.time
        from unnest(outbox_tenant, outbox_partition, outbox_position, outbox_kind, outbox_topic, outbox_source_partition,
                    outbox_offset, outbox_key, outbox_value, outbox_headers, outbox_reason, outbox_time)
                 as k (tenant, partition, position, kind, topic, source_partition, source_offset, key, value, headers, reason,
                       time);
    end if;

    if cardinality(outcome_tenant) > 0 then
        insert into outcome (tenant, thread, hash, content_hash, result, seq)
        select k.tenant, k.thread, k.hash, k.content_hash, k.result::json, k.seq
        from unnest(outcome_tenant, outcome_thread, outcome_hash, outcome_content_hash, outcome_result, outcome_seq)
                 as k (tenant, thread, hash, content_hash, result, seq);
    end if;

    if cardinality(run_tenant) > 0 then
        -- What says when it was admitted is new; the rest patches what is there.
        insert into run (tenant, thread, run, status, workflow, decision, admitted_at_ms, started_at_ms, ended_at_ms,
                         output, error, cause, request, ending)
        select k.tenant, k.thread, k.run, k.status, k.workflow, k.decision, k.admitted, k.started, k.ended,
               k.output::json, k.error, k.cause, k.request::json, k.ending
        from unnest(run_tenant, run_thread, run_run, run_status, run_workflow, run_decision, run_admitted,
                    run_started, run_ended, run_output, run_error, run_cause, run_request, run_ending)
                 as k (tenant, thread, run, status, workflow, decision, admitted, started, ended, output, error, cause,
                       request, ending)
        where k.admitted is not null;
        get diagnostics changed = row_count;

        if changed < cardinality(run_tenant) then
            with patched as (
                update run r
                set status = k.status, started_at_ms = coalesce(k.started, r.started_at_ms),
                    ended_at_ms = coalesce(k.ended, r.ended_at_ms), output = coalesce(k.output::json, r.output),
                    error = coalesce(k.error, r.error), cause = coalesce(k.cause, r.cause)
                from unnest(run_tenant, run_thread, run_run, run_status, run_admitted, run_started, run_ended,
                            run_output, run_error, run_cause)
                         as k (tenant, thread, run, status, admitted, started, ended, output, error, cause)
                where k.admitted is null and r.tenant = k.tenant and r.thread = k.thread and r.run = k.run
                returning k.tenant, k.thread, k.run, k.ended, r.ending
            ), endings as (
                insert into leg_ending (tenant, thread, leg, ended_at_ms, due_at_ms, ending)
                select p.tenant, p.thread, p.run, p.ended, p.ended, p.ending
                from patched p
                where p.ending is not null and p.ended is not null
                  and not exists (select from leg l where l.tenant = p.tenant and l.thread = p.thread and l.leg = p.run)
                  -- Its first leg may have ended in this very batch; commit_legs_v1 sees to that.
                  and not exists (select from unnest(leg_tenant, leg_thread, leg_leg) as k (tenant, thread, leg)
                                  where k.tenant = p.tenant and k.thread = p.thread and k.leg = p.run)
                returning 1
            )
            select count(*) into expected from patched;
            if changed + expected <> cardinality(run_tenant) then
                raise exception 'A change to a run that is not there' using errcode = 'TW003';
            end if;
        end if;
    end if;

    if cardinality(leg_tenant) > 0 then
        perform commit_legs_v1(leg_tenant, leg_thread, leg_leg, leg_row);
    end if;

    if exists (select from unnest(run_ending) as e where e is not null) then
        -- Runs that were asked for and ended in one batch.
        insert into leg_ending (tenant, thread, leg, ended_at_ms, due_at_ms, ending)
        select k.tenant, k.thread, k.run, k.ended, k.ended, k.ending
        from unnest(run_tenant, run_thread, run_run, run_ended, run_ending) as k (tenant, thread, run, ended, ending)
        where k.ending is not null and k.ended is not null
        on conflict (tenant, thread, leg) do nothing;
    end if;

    if cardinality(interrupt_tenant) > 0 then
        -- As with runs: what says when it was created is new.
        insert into interrupt (tenant, thread, interrupt, run, step, kind, status, prompt, created_at_ms, expires_at_ms,
                               settled_at_ms, settlement)
        select k.tenant, k.thread, k.interrupt, k.run, k.step, k.kind, k.status, k.prompt::json, k.created, k.expires,
               k.settled, k.settlement::json
        from unnest(interrupt_tenant, interrupt_thread, interrupt_interrupt, interrupt_run, interrupt_step,
                    interrupt_kind, interrupt_status, interrupt_prompt, interrupt_created, interrupt_expires,
                    interrupt_settled, interrupt_settlement)
                 as k (tenant, thread, interrupt, run, step, kind, status, prompt, created, expires, settled,
                       settlement)
        where k.created is not null;
        get diagnostics changed = row_count;

        update interrupt i
        set status = k.status, settled_at_ms = k.settled, settlement = k.settlement::json
        from unnest(interrupt_tenant, interrupt_thread, interrupt_interrupt, interrupt_status, interrupt_created,
                    interrupt_settled, interrupt_settlement)
                 as k (tenant, thread, interrupt, status, created, settled, settlement)
        where k.created is null and i.tenant = k.tenant and i.thread = k.thread and i.interrupt = k.interrupt
          and i.status = 'pending';
        get diagnostics expected = row_count;
        if changed + expected <> cardinality(interrupt_tenant) then
            raise exception 'A second outcome of an interrupt, or one that is not there' using errcode = 'TW003';
        end if;
    end if;

    if cardinality(paid_tenant) > 0 then
        delete from owed o
        using unnest(paid_tenant, paid_thread, paid_kind, paid_ref) as k (tenant, thread, kind, ref)
        where o.tenant = k.tenant and o.thread = k.thread and o.kind = k.kind and o.ref = k.ref;
    end if;

    if cardinality(owed_tenant) > 0 then
        insert into owed (partition, tenant, thread, kind, ref, due_at_ms)
        select k.partition, k.tenant, k.thread, k.kind, k.ref, k.due
        from unnest(owed_partition, owed_tenant, owed_thread, owed_kind, owed_ref, owed_due)
                 as k (partition, tenant, thread, kind, ref, due);
    end if;

    if cardinality(offset_topic) > 0 then
        insert into consumed_offset as o (topic, partition, next_offset)
        select k.topic, k.partition, k.next
        from unnest(offset_topic, offset_partition, offset_next) as k (topic, partition, next)
        on conflict (partition, topic) do update set next_offset = excluded.next_offset;
    end if;

    if cardinality(snapshot_tenant) > 0 then
        insert into snapshot as s (tenant, thread, seq, state)
        select k.tenant, k.thread, k.seq, k.state::json
        from unnest(snapshot_tenant, snapshot_thread, snapshot_seq, snapshot_state) as k (tenant, thread, seq, state)
        on conflict (tenant, thread) do update set seq = excluded.seq, state = excluded.state;
    end if;

    if cardinality(action_tenant) > 0 then
        perform set_actions_v1(action_tenant, action_thread, action_row);
    end if;
end
$$;
