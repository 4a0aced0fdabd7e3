-- What was done to bring this journal and the log together again, after one of them was restored or lost.
create table recovery (
    at_ms         bigint  not null,
    from_position bigint  not null,
    to_position   bigint  not null,
    partition     integer not null,
    detail        json    not null,
    primary key (partition, at_ms)
);

comment on table recovery is 'Positions that were passed over: what stands on Kafka under them is not in this journal';
comment on column recovery.from_position is 'The last position that the journal had';
comment on column recovery.to_position is 'The last position that was published; the next one in use is behind it';
comment on column recovery.detail is 'Object of threads: the numbers of their last events, here and on Kafka';
