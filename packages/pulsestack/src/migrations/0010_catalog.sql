-- What events a workspace has declared. Only declared events are checked; others pass as they are.
create table event_types (
  workspace_id text not null,
  name         text not null,
  version      int not null,
  summary      text not null,
  tags         text[] not null,
  deprecated   text,
  schema       jsonb not null,
  created_at   timestamptz not null,
  updated_at   timestamptz not null,
  primary key (workspace_id, name)
);
call protect_tenant('event_types');

create table event_type_versions (
  workspace_id text not null,
  name         text not null,
  version      int not null,
  schema       jsonb not null,
  changes      jsonb not null,
  created_at   timestamptz not null,
  created_by   text not null,
  primary key (workspace_id, name, version),
  foreign key (workspace_id, name) references event_types (workspace_id, name) on delete cascade
);
call protect_tenant('event_type_versions');
