-- Readers fold a thread's state from its snapshot on, and not from its first event.
grant select on snapshot to threadwright_reader;

alter table snapshot enable row level security;

create policy of_tenant on snapshot for select to threadwright_reader
    using (tenant = current_setting('threadwright.tenant', true));
