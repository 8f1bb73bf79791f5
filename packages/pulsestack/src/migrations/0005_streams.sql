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
  primary key (workspace_id, seq, created_at)
) partition by range (created_at);
call protect_tenant('log_events');
