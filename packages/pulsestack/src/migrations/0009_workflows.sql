-- A recipe: the draft that is worked on, and which version runs.
create table workflows (
  workspace_id text not null,
  key          text not null,
  name         text not null,
  draft        jsonb not null,
  draft_hash   text not null,
  published    int,
  active       boolean not null default true,
  archived_at  timestamptz,
  created_at   timestamptz not null,
  updated_at   timestamptz not null,
  updated_by   jsonb not null,
  primary key (workspace_id, key)
);
call protect_tenant('workflows');

-- What was published, never changed: runs stay on the version they began with.
create table workflow_versions (
  workspace_id text not null,
  key          text not null,
  version      int not null,
  hash         text not null,
  definition   jsonb not null,
  note         text,
  published_at timestamptz not null,
  published_by jsonb not null,
  primary key (workspace_id, key, version)
);
call protect_tenant('workflow_versions');

-- Grows with every change of what is published. Whoever accepts events reads it, so that no process starts an old version.
create table workflow_heads (
  workspace_id text primary key,
  revision     bigint not null
);
call protect_tenant('workflow_heads');

-- The names of events that some published version waits for; only these are kept by user.
create table awaited_events (
  workspace_id text not null,
  name         text not null,
  primary key (workspace_id, name)
);
call protect_tenant('awaited_events');

-- What was accepted: the payload once, however many runs it starts.
create table triggers (
  workspace_id   text not null,
  id             text not null,
  name           text,
  workflow       text,
  payload        jsonb not null,
  audience       jsonb not null,
  actor          text,
  source         text not null,
  transaction_id text,
  cancel_key     text,
  status         text not null,
  workflows      text[] not null,
  -- Users reached so far, and whether more follow.
  state          text not null check (state in ('done', 'fanning')),
  users          int not null,
  correlation_id text not null,
  created_at     timestamptz not null,
  -- The order of arrival.
  number         bigint generated always as identity,
  primary key (workspace_id, id)
);
create unique index triggers_transaction on triggers (workspace_id, transaction_id) where transaction_id is not null;
create index triggers_age on triggers (created_at);
call protect_tenant('triggers');

-- One execution for one user. Ready and waiting rows are few beside those that are done, so every claim has a small index of its own.
create table runs (
  workspace_id   text not null,
  id             text not null,
  workflow       text not null,
  version        int not null,
  user_id        text not null,
  event_id       text not null,
  state          text not null check (state in ('ready', 'running', 'waiting', 'done', 'failed', 'cancelled')),
  -- Where it stands: step, list, step, list, step…
  position       jsonb not null,
  -- What the step it stands at remembers: its digest, or since when it waits.
  phase          jsonb,
  -- Outputs of steps, messages, digests.
  vars           jsonb not null,
  step           text,
  -- Since when it is ready, or when it wakes by itself.
  due_at         timestamptz,
  -- It was told while somebody worked on it, so it looks again before it waits.
  poked          boolean not null default false,
  lease          text,
  leased_until   timestamptz,
  attempts       smallint not null default 0,
  cancel_key     text,
  code           text,
  sentence       text,
  depth          smallint not null default 0,
  lines          int not null default 0,
  correlation_id text not null,
  created_at     timestamptz not null,
  finished_at    timestamptz,
  primary key (workspace_id, id)
) with (fillfactor = 80);
create index runs_ready on runs (workspace_id, due_at) where state = 'ready';
create index runs_waiting on runs (due_at) where state = 'waiting' and due_at is not null;
create index runs_leased on runs (leased_until) where state = 'running';
create index runs_ended on runs (finished_at) where finished_at is not null;
create index runs_of_user on runs (workspace_id, user_id, id);
create index runs_of_workflow on runs (workspace_id, workflow, id);
-- A user who is addressed in several ways has one run of each workflow.
create unique index runs_of_event on runs (workspace_id, event_id, workflow, user_id);
create index runs_of_key on runs (workspace_id, cancel_key) where cancel_key is not null;
call protect_tenant('runs');

-- The trace: what each commit of a run decided, one line each.
create table run_steps (
  workspace_id text not null,
  run_id       text not null,
  number       int not null,
  lines        jsonb not null,
  primary key (workspace_id, run_id, number)
);
call protect_tenant('run_steps');

-- A digest that fills up. One is open for each user, step and key; whoever adds to it holds the row until the commit, and
-- so does whoever closes it. Once closed it never changes, so its events can be read at any time.
create table run_digests (
  workspace_id text not null,
  id           text not null,
  workflow     text not null,
  step         text not null,
  user_id      text not null,
  key          text not null,
  leader       text not null,
  open         boolean not null default true,
  events       int not null,
  opened_at    timestamptz not null,
  closes_at    timestamptz not null,
  latest_at    timestamptz,
  primary key (workspace_id, id)
) with (fillfactor = 70);
create unique index run_digests_open on run_digests (workspace_id, workflow, step, user_id, key) where open;
create index run_digests_due on run_digests (closes_at) where open;
create index run_digests_of_user on run_digests (workspace_id, user_id);
create index run_digests_last on run_digests (workspace_id, workflow, step, user_id, key, closes_at) where not open;
call protect_tenant('run_digests');

create table run_digest_events (
  workspace_id text not null,
  digest_id    text not null,
  run_id       text not null,
  event_id     text not null,
  user_id      text not null,
  at           timestamptz not null,
  -- The order of joining.
  number       bigint generated always as identity,
  primary key (workspace_id, digest_id, run_id)
);
create index run_digest_events_of_user on run_digest_events (workspace_id, user_id);
call protect_tenant('run_digest_events');

-- When a first event last passed a digest with look-back without waiting.
create table run_passes (
  workspace_id text not null,
  workflow     text not null,
  step         text not null,
  user_id      text not null,
  key          text not null,
  passed_at    timestamptz not null,
  primary key (workspace_id, workflow, step, user_id, key)
) with (fillfactor = 70);
create index run_passes_of_user on run_passes (workspace_id, user_id);
call protect_tenant('run_passes');

create table run_throttles (
  workspace_id text not null,
  workflow     text not null,
  step         text not null,
  user_id      text not null,
  key          text not null,
  -- All that asked since the last reset, those who were refused included.
  asked        int not null,
  resets_at    timestamptz not null,
  primary key (workspace_id, workflow, step, user_id, key)
) with (fillfactor = 70);
create index run_throttles_old on run_throttles (resets_at);
create index run_throttles_of_user on run_throttles (workspace_id, user_id);
call protect_tenant('run_throttles');

-- Who waits for which event.
create table run_waits (
  workspace_id text not null,
  user_id      text not null,
  name         text not null,
  run_id       text not null,
  primary key (workspace_id, user_id, name, run_id)
);
create index run_waits_of_run on run_waits (workspace_id, run_id);
call protect_tenant('run_waits');

-- Awaited events by user. `told` turns true in a transaction after the one that accepted: then every wait that was there
-- before is visible, and every later one finds the event here.
create table heard_events (
  workspace_id text not null,
  user_id      text not null,
  name         text not null,
  at           timestamptz not null,
  event_id     text not null,
  number       bigint generated always as identity,
  told         boolean not null default false,
  primary key (workspace_id, user_id, name, event_id)
);
create index heard_events_untold on heard_events (number) where not told;
create index heard_events_age on heard_events (at);
call protect_tenant('heard_events');

-- Addresses that others post to, with the way their bodies become events.
create table inbound_hooks (
  workspace_id text not null,
  id           text not null,
  name         text not null,
  token_hash   text not null,
  token_hint   text not null,
  mapping      jsonb not null,
  signature    jsonb,
  secret       bytea,
  enabled      boolean not null,
  received     int not null default 0,
  last_at      timestamptz,
  last_error   text,
  created_at   timestamptz not null,
  primary key (workspace_id, id)
);
create unique index inbound_hooks_token on inbound_hooks (token_hash);
call protect_tenant('inbound_hooks');

create function forget_runs() returns trigger language plpgsql as $$
begin
  delete from run_waits w using gone g where w.workspace_id = g.workspace_id and w.user_id = g.id;
  delete from heard_events h using gone g where h.workspace_id = g.workspace_id and h.user_id = g.id;
  delete from run_digest_events e using gone g where e.workspace_id = g.workspace_id and e.user_id = g.id;
  delete from run_digests d using gone g where d.workspace_id = g.workspace_id and d.user_id = g.id;
  delete from run_passes p using gone g where p.workspace_id = g.workspace_id and p.user_id = g.id;
  delete from run_throttles t using gone g where t.workspace_id = g.workspace_id and t.user_id = g.id;
  delete from run_steps s using gone g, runs r
  where r.workspace_id = g.workspace_id and r.user_id = g.id and s.workspace_id = r.workspace_id and s.run_id = r.id;
  -- What was told of this person alone goes too; what was told of many stays for the others.
  delete from triggers t using gone g, runs r
  where r.workspace_id = g.workspace_id and r.user_id = g.id
    and t.workspace_id = r.workspace_id and t.id = r.event_id and t.users = 1 and t.state = 'done';
  delete from runs r using gone g where r.workspace_id = g.workspace_id and r.user_id = g.id;
  return null;
end $$;
create trigger users_runs_forgotten after delete on users referencing old table as gone for each statement execute function forget_runs();
