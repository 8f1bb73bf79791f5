-- Content, stored once.
create table notifications (
  workspace_id   text not null,
  id             text not null,
  title          text not null,
  body           text not null,
  content        jsonb not null,
  type           text not null,
  category       text not null,
  priority       smallint not null,
  actor          jsonb not null,
  audience       jsonb not null,
  state          text not null check (state in ('publishing', 'published', 'retracted')),
  broadcast      bigint,
  collapse_key   text,
  expires_at     timestamptz,
  expired_at     timestamptz,
  created_at     timestamptz not null,
  correlation_id text not null,
  recipients     int not null default 0,
  seen           int not null default 0,
  read           int not null default 0,
  -- The workspace is a word of its own (no text contains '@' as part of a word), so one index answers "these words, this workspace".
  search         tsvector generated always as (
    setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', body), 'B') || array_to_tsvector(array['@' || workspace_id])
  ) stored,
  primary key (workspace_id, id)
);
create index notifications_expiry on notifications (expires_at) where expires_at is not null and expired_at is null;
create index notifications_search on notifications using gin (search);
call protect_tenant('notifications');

-- One user's state of one notification. What a list filters by stands here too, so a page is read from one index.
create table receipts (
  workspace_id    text not null,
  user_id         text not null,
  notification_id text not null,
  feed_at         timestamptz not null,
  type            text not null,
  category        text not null,
  priority        smallint not null,
  broadcast       bigint,
  collapse_key    text,
  seen_at         timestamptz,
  read_at         timestamptz,
  archived_at     timestamptz,
  snoozed_until   timestamptz,
  deleted_at      timestamptz,
  -- Taken back by its sender, by its expiry or by a newer one with the same collapse key: no undo brings it back.
  withdrawn_at    timestamptz,
  action          jsonb,
  -- The notification before the user: ids grow with time, so new receipts are appended to this index however many there are.
  primary key (workspace_id, notification_id, user_id)
) with (fillfactor = 85);
-- All receipts of one user are in exactly one of these three.
create index receipts_feed on receipts (workspace_id, user_id, feed_at, notification_id)
  include (seen_at, read_at, category, priority, type, broadcast)
  where archived_at is null and deleted_at is null and snoozed_until is null;
create index receipts_aside on receipts (workspace_id, user_id, feed_at, notification_id)
  include (archived_at, snoozed_until, category, priority, type)
  where (archived_at is not null or snoozed_until is not null) and deleted_at is null;
create index receipts_deleted on receipts (workspace_id, user_id) where deleted_at is not null;
create index receipts_snoozed on receipts (snoozed_until) where snoozed_until is not null and deleted_at is null;
create index receipts_collapse on receipts (workspace_id, user_id, collapse_key) where collapse_key is not null and deleted_at is null and read_at is null;
call protect_tenant('receipts');

-- Category '' is the sum over all categories. Changed only in the transaction that changes receipts.
create table inbox_counters (
  workspace_id text not null,
  user_id      text not null,
  category     text not null,
  unread       int not null default 0,
  unseen       int not null default 0,
  handled      int not null default 0,
  version      bigint not null default 0,
  primary key (workspace_id, user_id, category)
) with (fillfactor = 70);
call protect_tenant('inbox_counters');

-- Live broadcasts. The ordinals count the live ones up to and including each row, so "how many since I joined" is one
-- subtraction; a retraction removes its row and shifts those after it.
create table broadcasts (
  workspace_id     text not null,
  seq              bigint not null,
  notification_id  text not null,
  type             text not null,
  category         text not null,
  priority         smallint not null,
  feed_at          timestamptz not null,
  collapse_key     text,
  ordinal          int not null,
  category_ordinal int not null,
  primary key (workspace_id, seq)
);
create index broadcasts_category on broadcasts (workspace_id, category, seq) include (category_ordinal);
create index broadcasts_feed on broadcasts (workspace_id, feed_at, notification_id);
create index broadcasts_collapse on broadcasts (workspace_id, collapse_key) where collapse_key is not null;
create unique index broadcasts_notification on broadcasts (workspace_id, notification_id);
call protect_tenant('broadcasts');

-- What a change of many receipts took away, so that it can be taken back.
create table inbox_undos (
  workspace_id text not null,
  id           text not null,
  user_id      text not null,
  mark         text not null,
  before       jsonb not null,
  created_at   timestamptz not null,
  primary key (workspace_id, id)
);
create index inbox_undos_of on inbox_undos (workspace_id, user_id);
create index inbox_undos_age on inbox_undos (created_at);
call protect_tenant('inbox_undos');

-- What was kept for a person goes with the person, in the same transaction.
create function forget_inboxes() returns trigger language plpgsql as $$
begin
  -- The counters first: that waits for a delivery under way, so that the next statement sees its receipts.
  delete from inbox_counters c using gone g where c.workspace_id = g.workspace_id and c.user_id = g.id;
  delete from receipts r using gone g
  where r.workspace_id = g.workspace_id and r.user_id = g.id and r.archived_at is null and r.deleted_at is null and r.snoozed_until is null;
  delete from receipts r using gone g
  where r.workspace_id = g.workspace_id and r.user_id = g.id and (r.archived_at is not null or r.snoozed_until is not null) and r.deleted_at is null;
  delete from receipts r using gone g where r.workspace_id = g.workspace_id and r.user_id = g.id and r.deleted_at is not null;
  delete from inbox_undos u using gone g where u.workspace_id = g.workspace_id and u.user_id = g.id;
  return null;
end $$;
create trigger users_forgotten after delete on users referencing old table as gone for each statement execute function forget_inboxes();

-- Searching. Row-level security keeps PostgreSQL from using a GIN index, because its operators may leak what they compare.
-- These functions run as the system's role and carry the workspace of the transaction in their conditions instead.
-- The last word may be unfinished, because people look while they type; one in quotes or behind a minus is meant as it stands.
create function words_to_find(words text) returns tsquery language sql immutable as $$
  select case when found::text ~ '''$' and words !~ '["[:space:]]$' and words !~ '(^|[[:space:]])-[^[:space:]]*$'
              then (found::text || ':*')::tsquery
              else found end
  from (select websearch_to_tsquery('simple', words) as found) as query
$$;

create function words_of_workspace(words text) returns tsquery language sql stable as
  $$ select ('''@' || current_workspace() || '''')::tsquery && words_to_find(words) $$;

create function search_inbox(reader text, words text, shown text, categories text[], types text[], priorities int[],
                             from_at timestamptz, to_at timestamptz, before_at timestamptz, before_id text, page_size int)
returns table (notification_id text, feed_at timestamptz)
language plpgsql stable security definer set search_path = public, pg_temp set plan_cache_mode = force_custom_plan as $$
begin
  -- Every part has an order and a limit of its own: for frequent words the planner then walks the feed until the page is full,
  -- for rare ones it begins with the words.
  return query
  select item.id, item.at
  from (
    (
      select r.notification_id as id, r.feed_at as at
      from receipts r
      join notifications n on n.workspace_id = r.workspace_id and n.id = r.notification_id
      where r.workspace_id = current_workspace() and r.user_id = reader and n.search @@ words_of_workspace(words)
        and shown in ('active', 'unread', 'read', 'unseen', 'all')
        and r.archived_at is null and r.deleted_at is null and r.snoozed_until is null
        and case shown when 'unread' then r.read_at is null when 'read' then r.read_at is not null when 'unseen' then r.seen_at is null else true end
        and (categories is null or r.category = any(categories))
        and (types is null or r.type = any(types))
        and (priorities is null or r.priority = any(priorities))
        and r.feed_at >= coalesce(from_at, '-infinity') and r.feed_at < coalesce(to_at, 'infinity')
        and (r.feed_at, r.notification_id) < (coalesce(before_at, 'infinity'), before_id)
      order by r.feed_at desc, r.notification_id desc
      limit page_size
    )
    union all
    (
      select r.notification_id, r.feed_at
      from receipts r
      join notifications n on n.workspace_id = r.workspace_id and n.id = r.notification_id
      where r.workspace_id = current_workspace() and r.user_id = reader and n.search @@ words_of_workspace(words)
        and shown in ('archived', 'snoozed', 'all')
        and (r.archived_at is not null or r.snoozed_until is not null) and r.deleted_at is null
        and case shown when 'archived' then r.archived_at is not null when 'snoozed' then r.archived_at is null else true end
        and (categories is null or r.category = any(categories))
        and (types is null or r.type = any(types))
        and (priorities is null or r.priority = any(priorities))
        and r.feed_at >= coalesce(from_at, '-infinity') and r.feed_at < coalesce(to_at, 'infinity')
        and (r.feed_at, r.notification_id) < (coalesce(before_at, 'infinity'), before_id)
      order by r.feed_at desc, r.notification_id desc
      limit page_size
    )
    union all
    (
      select b.notification_id, b.feed_at
      from broadcasts b
      join notifications n on n.workspace_id = b.workspace_id and n.id = b.notification_id
      where b.workspace_id = current_workspace() and n.search @@ words_of_workspace(words)
        and shown in ('active', 'unread', 'unseen', 'all')
        and b.seq > (select u.joined_after from users u where u.workspace_id = current_workspace() and u.id = reader)
        and not exists (
          select from receipts r where r.workspace_id = b.workspace_id and r.user_id = reader and r.notification_id = b.notification_id)
        and (categories is null or b.category = any(categories))
        and (types is null or b.type = any(types))
        and (priorities is null or b.priority = any(priorities))
        and b.feed_at >= coalesce(from_at, '-infinity') and b.feed_at < coalesce(to_at, 'infinity')
        and (b.feed_at, b.notification_id) < (coalesce(before_at, 'infinity'), before_id)
      order by b.feed_at desc, b.notification_id desc
      limit page_size
    )
  ) as item
  order by item.at desc, item.id desc
  limit page_size;
end $$;

create function search_notifications(words text, categories text[], types text[], in_state text,
                                     from_at timestamptz, to_at timestamptz, before_id text, page_size int)
returns setof text
language plpgsql stable security definer set search_path = public, pg_temp set plan_cache_mode = force_custom_plan as $$
begin
  return query
  select n.id
  from notifications n
  where n.workspace_id = current_workspace() and n.search @@ words_of_workspace(words) and n.id < before_id
    and (categories is null or n.category = any(categories))
    and (types is null or n.type = any(types))
    and (in_state is null or n.state = in_state)
    and (from_at is null or n.created_at >= from_at)
    and (to_at is null or n.created_at < to_at)
  order by n.id desc
  limit page_size;
end $$;

grant create on schema public to pulsestack_system;
alter function search_inbox owner to pulsestack_system;
alter function search_notifications owner to pulsestack_system;
revoke create on schema public from pulsestack_system;
revoke execute on function search_inbox, search_notifications from public;
grant execute on function search_inbox, search_notifications to pulsestack_app;

-- The matches of a search, wrapped in <mark>; everything else is escaped first, so the result is safe HTML.
create function mark_words(plain text, words text, options text) returns text language sql stable as $$
  select ts_headline(
    'simple',
    replace(replace(replace(replace(replace(plain, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;'), '''', '&#39;'),
    words_to_find(words),
    options || ', StartSel=<mark>, StopSel=</mark>')
$$;

-- Accepting in one round trip: everything that a batch of notifications to named users changes, and its events on the log.
-- It does what deliver.ts does for pages of a topic, for many notifications at once. Entries whose idempotency key was used
-- before are left out; their keys are those that do not come back.
create function publish_to_users(batch json, at timestamptz)
returns table (kind text, key text, epoch text, seq bigint, stream text, name text, data text) language plpgsql as $$
#variable_conflict use_column
declare
  ws constant text := current_workspace();
begin
  return query
  with input as materialized (
    select n.*, row_number() over () as place
    from json_to_recordset(batch) as n (
      id text, title text, body text, content jsonb, type text, category text, priority smallint, actor jsonb, audience jsonb,
      state text, expires_at timestamptz, correlation_id text, users text[], item text, idem_key text, idem_print text, idem_body jsonb)
  ),
  claimed as (
    insert into idempotency_keys (workspace_id, key, fingerprint, status, body)
    select distinct on (idem_key) ws, idem_key, idem_print, 202, idem_body
    from input
    where idem_key is not null
    order by idem_key
    on conflict do nothing
    returning key
  ),
  fresh as materialized (
    select * from input where idem_key is null or idem_key in (select claimed.key from claimed)
  ),
  stored as (
    insert into notifications (workspace_id, id, title, body, content, type, category, priority, actor, audience, state,
                               expires_at, created_at, correlation_id, recipients)
    select ws, id, title, body, content, type, category, priority, actor, audience, state,
           expires_at, at, correlation_id, cardinality(users)
    from fresh
  ),
  addressed as materialized (
    select f.place, u.nth, f.id as notification_id, u.user_id, f.type, f.category, f.priority, f.item, f.correlation_id
    from fresh f
    cross join lateral unnest(f.users) with ordinality as u (user_id, nth)
  ),
  joined as (
    insert into users (workspace_id, id, joined_after, created_at, updated_at)
    select ws, user_id, coalesce((select h.seq from broadcast_heads h where h.workspace_id = ws), 0), at, at
    from (select distinct user_id from addressed) as named
    order by user_id
    on conflict do nothing
  ),
  delivered as (
    insert into receipts (workspace_id, user_id, notification_id, feed_at, type, category, priority)
    select ws, user_id, notification_id, at, type, category, priority
    from addressed
    on conflict do nothing
    returning user_id, notification_id, category
  ),
  counted as (
    insert into inbox_counters as c (workspace_id, user_id, category, unread, unseen, version)
    select ws, user_id, category, added, added, 1
    from (
      select user_id, category, count(*)::int as added from delivered group by 1, 2
      union all
      select user_id, '', count(*)::int from delivered group by 1
    ) as delta
    order by user_id, category
    on conflict (workspace_id, user_id, category) do update
    set unread = c.unread + excluded.unread, unseen = c.unseen + excluded.unseen, version = c.version + 1
    returning user_id, category, unread, unseen, handled, version
  ),
  arrivals as (
    select row_number() over (order by a.place, a.nth) as position, 'u.' || a.user_id as stream, a.correlation_id,
           format('{"notification":%s,"own":{"unread":%s,"unseen":%s,"handled":%s,"version":%s},"requestId":%s}',
                  a.item, c.unread, c.unseen, c.handled, c.version, to_json(a.correlation_id)) as data
    from addressed a
    join delivered d on d.user_id = a.user_id and d.notification_id = a.notification_id
    join counted c on c.user_id = a.user_id and c.category = ''
  ),
  newest as (
    select id, title, correlation_id from fresh order by place desc limit 1
  ),
  facts as materialized (
    select position, stream, 'notification.created' as name, correlation_id, data from arrivals
    union all
    select (select count(*) from arrivals) + 1, 'o', 'notification.published', correlation_id,
           format('{"id":%s,"title":%s,"audience":"users","count":%s,"requestId":%s}',
                  to_json(id), to_json(title), (select count(*) from fresh), to_json(correlation_id))
    from newest
  ),
  head as (
    update log_heads
    set head = head + (select count(*) from facts)
    where workspace_id = ws and exists (select from facts)
      and not exists (select from outbox o where o.workspace_id = ws and not o.transient)
    returning log_heads.epoch, head - (select count(*) from facts) as base
  ),
  logged as (
    insert into log_events (workspace_id, seq, stream, name, data, correlation_id, created_at)
    select ws, head.base + f.position, f.stream, f.name, f.data, f.correlation_id, at from facts f cross join head
  ),
  queued as (
    insert into outbox (workspace_id, name, stream, data, correlation_id)
    select ws, f.name, f.stream, f.data, f.correlation_id from facts f where not exists (select from head) order by f.position
  )
  select 'fact', null::text, head.epoch, head.base + f.position, f.stream, f.name, f.data from facts f left join head on true
  union all
  select 'key', claimed.key, null, null, null, null, null from claimed
  order by 4;
end $$;
