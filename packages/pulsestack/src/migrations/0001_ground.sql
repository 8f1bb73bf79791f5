-- Two roles without bypass: requests run as pulsestack_app and see one workspace, the system's own work runs as
-- pulsestack_system and sees the installation. Roles belong to the whole server, so another database may have made them.
-- From PostgreSQL 16 on, whoever creates a role is its member without the right to become it, so that is granted each time.
do $$
begin
  if not exists (select from pg_roles where rolname = 'pulsestack_app') then
    create role pulsestack_app nologin;
    execute format('grant pulsestack_app to %I', current_user);
  end if;
  if not exists (select from pg_roles where rolname = 'pulsestack_system') then
    create role pulsestack_system nologin;
    execute format('grant pulsestack_system to %I', current_user);
  end if;
  if not pg_has_role(current_user, 'pulsestack_app', 'member') then execute format('grant pulsestack_app to %I', current_user); end if;
  if not pg_has_role(current_user, 'pulsestack_system', 'member') then execute format('grant pulsestack_system to %I', current_user); end if;
end $$;

-- The workspace of this transaction; null outside of one, which no row equals.
create function current_workspace() returns text language sql stable parallel safe as
  $$ select nullif(current_setting('pulsestack.workspace_id', true), '') $$;

-- A tenant table: the app role sees the rows of its workspace and nothing else, the owner included.
create procedure protect_tenant(target regclass) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('create policy tenant on %s to pulsestack_app using (workspace_id = current_workspace()) with check (workspace_id = current_workspace())', target);
  execute format('create policy system on %s to pulsestack_system using (true) with check (true)', target);
  execute format('grant select, insert, update, delete on %s to pulsestack_app, pulsestack_system', target);
end $$;

-- A table of the installation: the app role has no business there.
create procedure protect_system(target regclass) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('create policy system on %s to pulsestack_system using (true) with check (true)', target);
  execute format('grant select, insert, update, delete on %s to pulsestack_system', target);
end $$;

grant usage on schema public to pulsestack_app, pulsestack_system;

-- What a transaction announces. The sequencer moves committed rows into the log, in the order of their numbers.
create table outbox (
  workspace_id   text not null,
  id             bigint generated always as identity,
  name           text not null,
  stream         text,
  data           text not null,
  correlation_id text not null,
  -- Handed to the sequencer and not kept on the log.
  transient      boolean not null default false,
  tags           jsonb,
  about          text[],
  created_at     timestamptz not null default clock_timestamp(),
  primary key (workspace_id, id)
);
create index outbox_order on outbox (id);
call protect_tenant('outbox');

-- Work for later. Two waiting states, because a claim must never look through what is due next week: a job sleeps as
-- `scheduled`, and a cheap query moves it to `ready`. What is done is deleted; what failed too often stays as `dead`.
create table jobs (
  workspace_id   text not null,
  id             text not null,
  name           text not null,
  -- Jobs with a lane of their own (those with a rate, those that call out) do not wait behind others, nor others behind them.
  lane           text not null default '',
  key            text,
  data           jsonb not null,
  state          text not null default 'ready' check (state in ('scheduled', 'ready', 'running', 'dead')),
  -- The lower, the sooner.
  priority       smallint not null default 0,
  seq            bigint generated always as identity,
  run_at         timestamptz not null,
  attempts       int not null default 0,
  max_attempts   int not null,
  -- Grows with each claim and never goes back: whoever completes a job names the claim it holds, so that a late one fails.
  claims         int not null default 0,
  leased_until   timestamptz,
  error          text,
  failures       jsonb not null default '[]',
  progress       jsonb,
  correlation_id text not null,
  created_at     timestamptz not null default clock_timestamp(),
  primary key (workspace_id, id)
) with (autovacuum_vacuum_scale_factor = 0.05);
create index jobs_ready on jobs (lane, workspace_id, priority, seq) where state = 'ready';
create index jobs_scheduled on jobs (run_at) where state = 'scheduled';
create index jobs_leased on jobs (leased_until) where state = 'running';
create index jobs_dead on jobs (workspace_id, id) where state = 'dead';
-- One key waits once. A job that has failed keeps its key and no longer takes the place of a new one.
create unique index jobs_key on jobs (workspace_id, name, key)
  where key is not null and attempts = 0 and state in ('scheduled', 'ready');
call protect_tenant('jobs');

-- What jobs with a rate may still do, per workspace. `per_second` and `burst` override what the job's declaration says.
create table job_buckets (
  workspace_id text not null,
  name         text not null,
  tokens       double precision not null,
  filled_at    timestamptz not null,
  per_second   double precision check (per_second > 0),
  burst        double precision check (burst >= 1),
  primary key (workspace_id, name)
);
call protect_tenant('job_buckets');

create table idempotency_keys (
  workspace_id text not null,
  key          text not null,
  fingerprint  text not null,
  status       int not null default 0,
  body         jsonb,
  created_at   timestamptz not null default clock_timestamp(),
  primary key (workspace_id, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);
call protect_tenant('idempotency_keys');

create table audit_log (
  workspace_id text not null,
  id           text not null,
  at           timestamptz not null,
  action       text not null,
  actor_kind   text not null,
  actor_id     text not null,
  actor_name   text,
  target       text,
  detail       jsonb not null,
  ip           text,
  request_id   text not null,
  primary key (workspace_id, id, at)
) partition by range (at);
create index audit_log_order on audit_log (workspace_id, at, id);
call protect_tenant('audit_log');

-- Which partitions exist is kept by code; a partition has the policies of its parent and no grants of its own.
create function ensure_partition(parent text, day date, days int) returns void language plpgsql as $$
declare
  child text := format('%s_%s', parent, to_char(day, 'YYYYMMDD'));
begin
  if to_regclass(child) is not null then return; end if;
  -- Two processes that start at once take turns, and the second looks again.
  execute format('lock table only %I in share update exclusive mode', parent);
  if to_regclass(child) is not null then return; end if;
  execute format('create table %I partition of %I for values from (%L) to (%L)', child, parent, day, day + days);
  execute format('alter table %I enable row level security', child);
  execute format('alter table %I force row level security', child);
  execute format('create policy system on %I to pulsestack_system using (true) with check (true)', child);
end $$;
