-- What messages say, by key. The draft is edited; what is sent is the published version.
create table templates (
  workspace_id      text not null,
  key               text not null,
  channel           text not null,
  name              text not null,
  description       text,
  draft             jsonb not null,
  sample            jsonb not null default '{}',
  published_version int,
  -- The draft says something else than the published version.
  changed           boolean not null default true,
  created_at        timestamptz not null,
  updated_at        timestamptz not null,
  primary key (workspace_id, key)
);
call protect_tenant('templates');

-- Versions are never changed; the compiled form is made again when the compiler has learned something.
create table template_versions (
  workspace_id text not null,
  key          text not null,
  version      int not null,
  content      jsonb not null,
  compiled     jsonb not null,
  compiler     int not null,
  note         text,
  published_at timestamptz not null,
  published_by jsonb not null,
  primary key (workspace_id, key, version),
  foreign key (workspace_id, key) references templates (workspace_id, key) on delete cascade
);
call protect_tenant('template_versions');

create table template_layouts (
  workspace_id text not null,
  key          text not null,
  name         text not null,
  body         jsonb not null,
  -- HTML and plain text with one {{ content }} each.
  frame        jsonb not null,
  updated_at   timestamptz not null,
  primary key (workspace_id, key)
);
call protect_tenant('template_layouts');

create table template_partials (
  workspace_id text not null,
  key          text not null,
  name         text not null,
  format       text not null check (format in ('markdown', 'html', 'text')),
  source       text not null,
  -- The source for each kind of text it may be placed into.
  kinds        jsonb not null,
  -- Partials it renders itself.
  partials     text[] not null default '{}',
  message_keys text[],
  updated_at   timestamptz not null,
  primary key (workspace_id, key)
);
call protect_tenant('template_partials');

create table translations (
  workspace_id text not null,
  locale       text not null,
  key          text not null,
  message      text not null,
  updated_at   timestamptz not null,
  primary key (workspace_id, locale, key)
);
create index translations_of_key on translations (workspace_id, key);
call protect_tenant('translations');

create table branding (
  workspace_id text primary key,
  settings     jsonb not null,
  updated_at   timestamptz not null
);
call protect_tenant('branding');
