-- One ordered log per workspace. The row lock of the head makes the order of numbers the order of commits, without gaps.
create table log_heads (
  workspace_id text primary key,
  epoch        text not null,
  head         bigint not null default 0,
  oldest       bigint not null default 1
);
call protect_tenant('log_heads');

create table log_events (
  workspace_id   text not null,
  seq            bigint not null,
  stream         text,
  name           text not null,
  data           text not null,
  correlation_id text not null,
  created_at     timestamptz not null,
  -- For filters of readers.
  tags           jsonb,
  -- The persons it tells something about, beside the one whose stream it is on.
  about          text[],
  primary key (workspace_id, seq, created_at)
) partition by range (created_at);
call protect_tenant('log_events');

-- How far each reading client has acknowledged. What is forgotten here is only delivered again.
create table stream_acks (
  workspace_id text not null,
  user_id      text not null,
  client       text not null,
  cursor       text not null,
  updated_at   timestamptz not null,
  primary key (workspace_id, user_id, client)
);
create index stream_acks_age on stream_acks (updated_at);
call protect_tenant('stream_acks');

-- Which part of the log was handed to whom: of the events in it, those of these streams that pass the filter.
create table stream_deliveries (
  workspace_id text not null,
  at           timestamptz not null,
  id           bigint generated always as identity,
  kind         text not null check (kind in ('handed', 'acknowledged')),
  user_id      text,
  client       text,
  connection   text,
  streams      text[],
  filter       jsonb,
  epoch        text not null,
  after_seq    bigint not null,
  upto_seq     bigint not null,
  -- The stretch has at most 4 to this power positions. Of one reach, only those that end at most as far behind a position can hold it.
  reach        smallint not null,
  primary key (workspace_id, at, id)
) partition by range (at);
create index stream_deliveries_range on stream_deliveries (workspace_id, reach, upto_seq);
create index stream_deliveries_user on stream_deliveries (workspace_id, user_id, id);
call protect_tenant('stream_deliveries');

-- Who holds a connection, by process; a process that ends without a word is forgotten when its rows expire.
create table stream_presence (
  workspace_id text not null,
  user_id      text not null,
  node         text not null,
  connections  int not null,
  since        timestamptz not null,
  expires_at   timestamptz not null,
  primary key (workspace_id, user_id, node)
);
create index stream_presence_node on stream_presence (node);
create index stream_presence_expiry on stream_presence (expires_at);
call protect_tenant('stream_presence');

-- Tickets that were used. Kept as long as they could be used for the first time, so that one opens one connection.
create table stream_tickets (
  workspace_id text not null,
  id           text not null,
  -- The first connection broke before its end could know of it: until then it may be used once more.
  free_until   timestamptz,
  usable_until timestamptz not null,
  primary key (workspace_id, id)
);
create index stream_tickets_age on stream_tickets (usable_until);
call protect_tenant('stream_tickets');

-- Persons whose events are being emptied; the log is worked through in pages.
create table stream_erasures (
  workspace_id text not null,
  user_id      text not null,
  position     bigint not null default 0,
  upto_seq     bigint not null,
  primary key (workspace_id, user_id)
);
call protect_tenant('stream_erasures');

-- What was kept of a person's reading goes with the person. Their events are emptied by a job, for the log may be long.
create function forget_readers() returns trigger language plpgsql as $$
begin
  delete from stream_acks a using gone g where a.workspace_id = g.workspace_id and a.user_id = g.id;
  delete from stream_presence p using gone g where p.workspace_id = g.workspace_id and p.user_id = g.id;
  delete from stream_deliveries d using gone g where d.workspace_id = g.workspace_id and d.user_id = g.id;
  delete from outbox o using gone g where o.workspace_id = g.workspace_id and not o.transient
    and (o.stream = 'u.' || g.id or o.about @> array[g.id]);
  insert into stream_erasures (workspace_id, user_id, upto_seq)
  select g.workspace_id, g.id, h.head from gone g join log_heads h on h.workspace_id = g.workspace_id
  on conflict (workspace_id, user_id) do update set upto_seq = excluded.upto_seq, position = 0;
  return null;
end $$;
create trigger users_readers_forgotten after delete on users referencing old table as gone for each statement execute function forget_readers();
