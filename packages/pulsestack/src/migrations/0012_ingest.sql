-- Topics of the bus whose messages become events.
create table event_sources (
  workspace_id text not null,
  id           text not null,
  name         text not null,
  topic        text not null,
  start_at     text not null check (start_at in ('latest', 'earliest')),
  mapping      jsonb,
  active       boolean not null,
  received     bigint not null default 0,
  refused      bigint not null default 0,
  lag          bigint,
  last_at      timestamptz,
  last_error   text,
  created_at   timestamptz not null,
  updated_at   timestamptz not null,
  primary key (workspace_id, id)
);
call protect_tenant('event_sources');

-- Messages that made no event; one that is delivered again is refused once.
create table event_refusals (
  workspace_id text not null,
  source_id    text not null,
  position     text not null,
  reason       text not null,
  key          text,
  excerpt      text not null,
  refused_at   timestamptz not null,
  primary key (workspace_id, source_id, position),
  foreign key (workspace_id, source_id) references event_sources (workspace_id, id) on delete cascade
);
create index event_refusals_newest on event_refusals (workspace_id, source_id, refused_at desc, position desc);
create index event_refusals_age on event_refusals (refused_at);
call protect_tenant('event_refusals');

-- Topics of the bus that get events of a workspace.
create table event_sinks (
  workspace_id text not null,
  id           text not null,
  name         text not null,
  topic        text not null,
  events       text[] not null,
  active       boolean not null,
  created_at   timestamptz not null,
  updated_at   timestamptz not null,
  primary key (workspace_id, id)
);
call protect_tenant('event_sinks');

-- How far the log of a workspace is on the bus: for each of its sinks, and under 'all' for the topic of the installation.
create table bus_positions (
  workspace_id  text not null,
  sink          text not null,
  epoch         text not null,
  seq           bigint not null,
  sent          bigint not null default 0,
  -- Grows with each claim: whoever moves the position names the claim it holds, so that a late one fails.
  claim         bigint not null default 0,
  claimed_until timestamptz,
  retry_at      timestamptz,
  failures      int not null default 0,
  last_error    text,
  last_at       timestamptz,
  primary key (workspace_id, sink)
);
call protect_tenant('bus_positions');
