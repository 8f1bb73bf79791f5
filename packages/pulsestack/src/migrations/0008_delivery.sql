-- A provider that is connected. Credentials are sealed; of them only the last characters can be shown.
create table integrations (
  workspace_id text not null,
  id           text not null,
  channel      text not null,
  provider     text not null,
  name         text not null,
  credentials  bytea not null,
  hints        jsonb not null,
  settings     jsonb not null,
  position     int not null,
  enabled      boolean not null,
  -- Failures in a row, and until when others are used instead.
  failures     int not null default 0,
  out_until    timestamptz,
  last_error   text,
  created_at   timestamptz not null,
  updated_at   timestamptz not null,
  primary key (workspace_id, id)
);
create index integrations_order on integrations (workspace_id, channel, position);
call protect_tenant('integrations');

-- One notification for one user on one channel, sent or not. The instant is the one inside the id, so that an id alone
-- names one row in one partition, and a repeated insert meets the first.
create table messages (
  workspace_id   text not null,
  id             text not null,
  created_at     timestamptz not null,
  user_id        text not null,
  channel        text not null,
  category       text not null,
  priority       smallint not null,
  critical       boolean not null,
  workflow       text,
  run_id         text,
  step_id        text,
  correlation_id text not null,
  state          text not null check (state in ('queued', 'held', 'digested', 'sent', 'delivered', 'skipped', 'failed', 'expired', 'cancelled')),
  reason         text,
  sentence       text,
  decision       jsonb not null,
  address        text,
  subject        text,
  content        jsonb,
  -- How it looks as a line of a digest.
  item           jsonb,
  -- The digest it became a line of, and whether it is one itself.
  digest_id      text,
  is_digest      boolean not null default false,
  -- A member sent it to herself, to see how it looks.
  is_test        boolean not null default false,
  provider       text,
  provider_ref   text,
  attempts       int not null default 0,
  due_at         timestamptz,
  expires_at     timestamptz,
  sent_at        timestamptz,
  delivered_at   timestamptz,
  clicked_at     timestamptz,
  primary key (workspace_id, id, created_at)
) partition by range (created_at);
create index messages_of_user on messages (workspace_id, user_id, id);
create index messages_of_run on messages (workspace_id, run_id) where run_id is not null;
create index messages_of_workflow on messages (workspace_id, workflow, id) where workflow is not null;
create index messages_of_digest on messages (workspace_id, digest_id) where digest_id is not null;
create index messages_in_state on messages (workspace_id, state, id);
call protect_tenant('messages');

-- One try to hand a message over, in the partition of its message.
create table attempts (
  workspace_id text not null,
  message_id   text not null,
  created_at   timestamptz not null,
  id           text not null,
  number       int not null,
  provider     text not null,
  at           timestamptz not null,
  duration_ms  int not null,
  outcome      text not null check (outcome in ('accepted', 'refused', 'retry', 'unknown')),
  status       int,
  detail       text,
  provider_ref text,
  primary key (workspace_id, message_id, created_at, id)
) partition by range (created_at);
call protect_tenant('attempts');

-- What waits for its turn: the small, hot half of messages. `due_at` of a row that is being sent is the end of its lease,
-- so what a dead process held becomes due again by itself. A row goes when its message has reached an end.
create table deliveries (
  workspace_id text not null,
  message_id   text not null,
  created_at   timestamptz not null,
  kind         text not null check (kind in ('send', 'hold')),
  -- The most important first.
  rank         smallint not null,
  due_at       timestamptz not null,
  lease        text,
  tries        int not null default 0,
  primary key (workspace_id, message_id)
) with (fillfactor = 70);
create index deliveries_to_send on deliveries (workspace_id, rank, due_at) where kind = 'send';
create index deliveries_on_hold on deliveries (due_at) where kind = 'hold';
create index deliveries_on_hold_of on deliveries (workspace_id, due_at) where kind = 'hold';
call protect_tenant('deliveries');

-- A digest that is filling up. Whoever adds an item holds the row until the commit, and so does whoever closes it.
create table digests (
  workspace_id text not null,
  user_id      text not null,
  channel      text not null,
  category     text not null,
  due_at       timestamptz not null,
  -- When the rhythm of its reader asks for it; null while only messages without room before are in it.
  cadence_at   timestamptz,
  -- When it is closed: when it is due, or later when that has failed.
  try_at       timestamptz not null,
  tries        int not null default 0,
  created_at   timestamptz not null,
  primary key (workspace_id, user_id, channel, category)
);
create index digests_due on digests (try_at);
create index digests_due_of on digests (workspace_id, try_at);
call protect_tenant('digests');

-- When a reader last had a digest because it was time for it: who changes zones does not get two in a day.
create table digest_marks (
  workspace_id text not null,
  user_id      text not null,
  channel      text not null,
  category     text not null,
  at           timestamptz not null,
  primary key (workspace_id, user_id, channel, category)
);
call protect_tenant('digest_marks');

create table digest_items (
  workspace_id       text not null,
  message_id         text not null,
  message_created_at timestamptz not null,
  user_id            text not null,
  channel            text not null,
  category           text not null,
  priority           smallint not null,
  item               jsonb not null,
  -- In the order of arrival.
  position           bigint generated always as identity,
  primary key (workspace_id, message_id)
);
create index digest_items_of on digest_items (workspace_id, user_id, channel, category);
call protect_tenant('digest_items');

create function forget_messages() returns trigger language plpgsql as $$
begin
  delete from deliveries d using gone g, messages m
  where m.workspace_id = g.workspace_id and m.user_id = g.id and d.workspace_id = m.workspace_id and d.message_id = m.id;
  delete from digests d using gone g where d.workspace_id = g.workspace_id and d.user_id = g.id;
  delete from digest_items d using gone g where d.workspace_id = g.workspace_id and d.user_id = g.id;
  delete from digest_marks d using gone g where d.workspace_id = g.workspace_id and d.user_id = g.id;
  delete from attempts a using gone g, messages m
  where m.workspace_id = g.workspace_id and m.user_id = g.id
    and a.workspace_id = m.workspace_id and a.message_id = m.id and a.created_at = m.created_at;
  delete from messages m using gone g where m.workspace_id = g.workspace_id and m.user_id = g.id;
  return null;
end $$;
create trigger users_messages_forgotten after delete on users referencing old table as gone for each statement execute function forget_messages();
