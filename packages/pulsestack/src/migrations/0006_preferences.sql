-- What holds for everyone in a workspace: defaults, forced values, quiet hours, caps. No row means the product's own.
create table preference_defaults (
  workspace_id text primary key,
  defaults     jsonb not null default '{}',
  caps         jsonb,
  updated_at   timestamptz not null
);
call protect_tenant('preference_defaults');

create table preference_categories (
  workspace_id text not null,
  key          text not null,
  name         text not null,
  description  text not null default '',
  defaults     jsonb not null default '{}',
  forced       jsonb not null default '{}',
  critical     boolean not null default false,
  digestible   boolean not null default true,
  cadence      jsonb,
  consent      text,
  created_at   timestamptz not null,
  primary key (workspace_id, key)
);
call protect_tenant('preference_categories');

-- The workflows users can choose about. They are put here when they are published.
create table preference_workflows (
  workspace_id text not null,
  workflow     text not null,
  name         text not null,
  category     text not null,
  critical     boolean not null default false,
  defaults     jsonb not null default '{}',
  forced       jsonb not null default '{}',
  primary key (workspace_id, workflow)
);
call protect_tenant('preference_workflows');

create table user_preferences (
  workspace_id text not null,
  user_id      text not null,
  choices      jsonb not null,
  updated_at   timestamptz not null,
  primary key (workspace_id, user_id),
  foreign key (workspace_id, user_id) references users (workspace_id, id) on delete cascade
);
call protect_tenant('user_preferences');

create table preference_changes (
  workspace_id text not null,
  user_id      text not null,
  id           text not null,
  at           timestamptz not null,
  actor_kind   text not null,
  actor_id     text not null,
  source       text not null,
  changes      jsonb not null,
  primary key (workspace_id, user_id, id),
  foreign key (workspace_id, user_id) references users (workspace_id, id) on delete cascade
);
call protect_tenant('preference_changes');

-- How many messages a cap has let through, in slices of its window: one row per cap and whom it counts, never longer than
-- the number of slices.
create table cap_usage (
  workspace_id text not null,
  cap          text not null,
  subject      text not null,
  slices       jsonb not null default '[]',
  -- When nothing in it counts any more.
  stale_at     timestamptz not null,
  primary key (workspace_id, cap, subject)
);
create index cap_usage_stale on cap_usage (stale_at);
call protect_tenant('cap_usage');

create table suppressions (
  workspace_id text not null,
  channel      text not null,
  address      text not null,
  reason       text not null check (reason in ('bounced', 'complained', 'manual')),
  source       text not null,
  evidence     jsonb not null default '{}',
  created_at   timestamptz not null,
  primary key (workspace_id, channel, address)
);
call protect_tenant('suppressions');
