create table schedules (
  workspace_id text not null,
  id           text not null,
  name         text not null,
  -- When, to whom, what: the description as it was given.
  input        jsonb not null,
  time_zone    text not null,
  state        text not null default 'active' check (state in ('active', 'paused', 'done', 'cancelled')),
  -- Up to here every fire has been dealt with; it only goes forward.
  swept_until  timestamptz not null,
  -- When it is worth looking again: the next fire, in whichever zone it comes first.
  next_fire_at timestamptz,
  last_fire_at timestamptz,
  -- Where intervals are counted from.
  anchor       timestamptz not null,
  created_at   timestamptz not null,
  updated_at   timestamptz not null,
  primary key (workspace_id, id)
);
create index schedules_due on schedules (next_fire_at) where state = 'active';
call protect_tenant('schedules');

-- A fire is claimed by its row: whoever inserts it does the work in the same transaction, and nobody else ever does.
create table schedule_fires (
  workspace_id text not null,
  schedule_id  text not null,
  fire_at      timestamptz not null,
  time_zone    text not null,
  state        text not null check (state in ('claimed', 'fired', 'skipped', 'failed')),
  covers       int not null,
  recipients   int,
  error        text,
  fired_at     timestamptz not null,
  primary key (workspace_id, schedule_id, fire_at, time_zone),
  foreign key (workspace_id, schedule_id) references schedules (workspace_id, id) on delete cascade
);
create index schedule_fires_age on schedule_fires (fired_at);
call protect_tenant('schedule_fires');

-- When a user was last reached by a schedule that goes by the clock of each user, who may change zones meanwhile.
create table schedule_receipts (
  workspace_id text not null,
  schedule_id  text not null,
  user_id      text not null,
  fire_at      timestamptz not null,
  primary key (workspace_id, schedule_id, user_id),
  foreign key (workspace_id, schedule_id) references schedules (workspace_id, id) on delete cascade,
  foreign key (workspace_id, user_id) references users (workspace_id, id) on delete cascade
);
create index schedule_receipts_user on schedule_receipts (workspace_id, user_id);
call protect_tenant('schedule_receipts');

create index users_zone on users (workspace_id, time_zone, id);
