-- A person who receives. The id is the application's own.
create table users (
  workspace_id text not null,
  id           text not null,
  name         text,
  email        text,
  phone        text,
  avatar_url   text,
  locale       text,
  time_zone    text,
  attributes   jsonb not null default '{}',
  -- The last broadcast before this user existed: earlier ones never reach this inbox.
  joined_after bigint not null default 0,
  created_at   timestamptz not null,
  updated_at   timestamptz not null,
  primary key (workspace_id, id)
);
create index users_age on users (workspace_id, created_at, id);
create index users_email on users (workspace_id, lower(email)) where email is not null;
call protect_tenant('users');

-- How many users joined after which broadcast: the reach of a broadcast is a sum over few rows, never a count of people.
create table user_cohorts (
  workspace_id text not null,
  joined_after bigint not null,
  users        int not null,
  primary key (workspace_id, joined_after)
);
call protect_tenant('user_cohorts');

create function count_joined() returns trigger language plpgsql as $$
begin
  -- Publishing inserts whoever is missing, which is nearly always nobody.
  if not exists (select from fresh) then return null; end if;
  insert into user_cohorts as c (workspace_id, joined_after, users)
  select workspace_id, joined_after, count(*) from fresh group by 1, 2 order by 1, 2
  on conflict (workspace_id, joined_after) do update set users = c.users + excluded.users;
  return null;
end $$;
create trigger users_joined after insert on users referencing new table as fresh for each statement execute function count_joined();

create function count_left() returns trigger language plpgsql as $$
begin
  update user_cohorts c set users = c.users - g.users
  from (select workspace_id, joined_after, count(*) as users from gone group by 1, 2) g
  where c.workspace_id = g.workspace_id and c.joined_after = g.joined_after;
  return null;
end $$;
create trigger users_left after delete on users referencing old table as gone for each statement execute function count_left();

create table topics (
  workspace_id text not null,
  key          text not null,
  name         text,
  subscribers  int not null default 0,
  created_at   timestamptz not null,
  primary key (workspace_id, key)
);
call protect_tenant('topics');

create table topic_subscriptions (
  workspace_id text not null,
  topic        text not null,
  user_id      text not null,
  created_at   timestamptz not null,
  primary key (workspace_id, topic, user_id),
  foreign key (workspace_id, topic) references topics (workspace_id, key) on delete cascade,
  foreign key (workspace_id, user_id) references users (workspace_id, id) on delete cascade
);
create index topic_subscriptions_of on topic_subscriptions (workspace_id, user_id);
call protect_tenant('topic_subscriptions');

-- The number of the last broadcast of a workspace; its row lock puts broadcasts in order.
create table broadcast_heads (
  workspace_id text primary key,
  seq          bigint not null default 0
);
call protect_tenant('broadcast_heads');
