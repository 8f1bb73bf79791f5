-- A person who can sign in, known to the whole installation by the e-mail address.
create table accounts (
  id                text primary key,
  email             text not null unique,
  name              text not null,
  password_hash     text not null,
  email_verified_at timestamptz,
  created_at        timestamptz not null,
  updated_at        timestamptz not null
);
call protect_system('accounts');

-- The refresh token of a session is derived from its salt, its generation and the master secret, so the row alone yields
-- no token, and a token of any earlier generation is recognised as reuse.
create table sessions (
  id           text primary key,
  account_id   text not null references accounts on delete cascade,
  workspace_id text not null,
  member_id    text not null,
  salt         bytea not null,
  generation   int not null default 1,
  rotated_at   timestamptz not null,
  ip           text,
  user_agent   text,
  created_at   timestamptz not null,
  last_used_at timestamptz not null,
  expires_at   timestamptz not null,
  revoked_at   timestamptz
);
create index sessions_of_account on sessions (account_id, created_at);
create index sessions_expiry on sessions (expires_at);
call protect_system('sessions');

-- Links sent by e-mail: verification, password reset. Single use, kept as a digest.
create table account_tokens (
  digest     bytea primary key,
  account_id text not null references accounts on delete cascade,
  purpose    text not null check (purpose in ('verify-email', 'reset-password')),
  email      text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at    timestamptz
);
create index account_tokens_of on account_tokens (account_id, purpose, created_at);
create index account_tokens_expiry on account_tokens (expires_at);
call protect_system('account_tokens');

-- Attempts to sign in to one address, known or not, since the window began. The address is kept as a digest.
create table sign_in_attempts (
  address  bytea primary key,
  attempts int not null,
  since    timestamptz not null
);
create index sign_in_attempts_age on sign_in_attempts (since);
call protect_system('sign_in_attempts');

create table signing_keys (
  id          text primary key,
  public_jwk  jsonb not null,
  private_key bytea not null,
  created_at  timestamptz not null,
  -- Set once a newer key signs: until then tokens of this key are still recognised.
  expires_at  timestamptz
);
call protect_system('signing_keys');

create table workspaces (
  workspace_id text primary key,
  name         text not null,
  parent_id    text references workspaces on delete cascade,
  created_at   timestamptz not null,
  deleted_at   timestamptz
);
create unique index workspaces_one_sandbox on workspaces (parent_id) where deleted_at is null;
create index workspaces_deleted on workspaces (deleted_at) where deleted_at is not null;
call protect_tenant('workspaces');

create table roles (
  workspace_id text not null references workspaces on delete cascade,
  id           text not null,
  name         text not null,
  permissions  text[] not null,
  created_at   timestamptz not null,
  primary key (workspace_id, id)
);
create unique index roles_name on roles (workspace_id, lower(name));
call protect_tenant('roles');

create table members (
  workspace_id text not null references workspaces on delete cascade,
  id           text not null,
  account_id   text not null references accounts on delete cascade,
  -- Kept in step with the account, which a workspace cannot see.
  name         text not null,
  email        text not null,
  role         text not null,
  joined_at    timestamptz not null,
  primary key (workspace_id, id),
  unique (workspace_id, account_id)
);
create index members_of_account on members (account_id);
create unique index members_one_owner on members (workspace_id) where role = 'owner';
call protect_tenant('members');

create table invitations (
  workspace_id text not null references workspaces on delete cascade,
  id           text not null,
  email        text not null,
  role         text not null,
  digest       bytea not null unique,
  invited_by   text,
  created_at   timestamptz not null,
  expires_at   timestamptz not null,
  primary key (workspace_id, id),
  unique (workspace_id, email)
);
call protect_tenant('invitations');

create table api_keys (
  workspace_id text not null references workspaces on delete cascade,
  id           text not null,
  name         text not null,
  prefix       text not null,
  digest       bytea not null unique,
  -- Only the development key can be shown again.
  secret       bytea,
  permissions  text[] not null,
  created_by   text,
  created_at   timestamptz not null,
  expires_at   timestamptz,
  last_used_at timestamptz,
  revoked_at   timestamptz,
  replaced_by  text,
  primary key (workspace_id, id)
);
call protect_tenant('api_keys');

-- User tokens issued before this instant no longer work; kept as long as such a token could live.
create table user_token_cutoffs (
  workspace_id text not null references workspaces on delete cascade,
  user_id      text not null,
  not_before   timestamptz not null,
  primary key (workspace_id, user_id)
);
create index user_token_cutoffs_age on user_token_cutoffs (not_before);
call protect_tenant('user_token_cutoffs');
