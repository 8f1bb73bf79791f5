-- Where workflows are kept that are not edited here: the code behind an endpoint, or files.
alter table workflows add column origin jsonb;

-- An address of the host application that lists its workflows and runs their code steps.
create table workflow_endpoints (
  workspace_id    text not null,
  key             text not null,
  url             text not null,
  secret          bytea not null,
  secret_hint     text not null,
  -- Signs beside the new one while both sides change over.
  former_secret   bytea,
  former_until    timestamptz,
  synced_at       timestamptz,
  created_at      timestamptz not null,
  updated_at      timestamptz not null,
  primary key (workspace_id, key)
);
call protect_tenant('workflow_endpoints');
