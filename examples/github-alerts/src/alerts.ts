import type { NotificationInput } from '@pulsestack/node';

/** What watchers are told, without the audience. */
export type Alert = Omit<NotificationInput, 'audience'>;

/** A signed delivery that lacks what GitHub documents for its event. */
export class UnreadablePayload extends Error {}

type Payload = Record<string, unknown>;

/** Turns a delivery into what its watchers are told; undefined for what nobody needs to hear. */
export function toAlert(event: string, payload: Payload): Alert | undefined {
  const alert = translators.get(event)?.(payload);
  return (
    alert && {
      ...alert,
      title: cut(alert.title, 200),
      body: cut(alert.body ?? '', 4000),
      icon: read(payload, 'sender.avatar_url'),
      data: { repository: read(payload, 'repository.full_name') },
    }
  );
}

/** The topic of a repository. GitHub's names do not depend on case, topics do. */
export function topicOf(repository: string): string {
  return `repo:${repository.toLowerCase().replace('/', '.')}`;
}

/** Reads a text or number along a dotted path: `repository.full_name`. */
export function read(payload: Payload, path: string): string {
  const value = find(payload, path);
  if (typeof value !== 'string' && typeof value !== 'number') throw new UnreadablePayload(`the payload has no ${path}`);
  return String(value);
}

const translators = new Map(Object.entries({ push, issues, pull_request, release, workflow_run }));

function push(payload: Payload): Alert | undefined {
  const ref = read(payload, 'ref');
  const commits = find(payload, 'commits');
  // Deleted and merely created branches carry no commits, and a tag is announced by its release.
  if (!ref.startsWith('refs/heads/') || !Array.isArray(commits) || commits.length === 0) return undefined;
  const branch = ref.slice('refs/heads/'.length);
  const count = commits.length === 1 ? 'a commit' : `${commits.length} commits`;
  return {
    type: 'github.push',
    title: `${read(payload, 'pusher.name')} pushed ${count} to ${branch}`,
    body: commits.slice(-10).map(describeCommit).join('\n'),
    link: read(payload, 'compare'),
    category: 'code',
    priority: branch === find(payload, 'repository.default_branch') ? 'normal' : 'low',
  };
}

function issues(payload: Payload): Alert | undefined {
  const action = read(payload, 'action');
  if (!['opened', 'reopened', 'closed'].includes(action)) return undefined;
  return {
    type: `github.issues.${action}`,
    title: `Issue #${read(payload, 'issue.number')} ${action}: ${read(payload, 'issue.title')}`,
    body: action === 'opened' ? markdown(find(payload, 'issue.body')) : '',
    link: read(payload, 'issue.html_url'),
    category: 'issues',
  };
}

function pull_request(payload: Payload): Alert | undefined {
  const action = read(payload, 'action');
  if (!['opened', 'reopened', 'ready_for_review', 'closed'].includes(action)) return undefined;
  const what = action === 'closed' && find(payload, 'pull_request.merged') === true ? 'merged' : action;
  const number = read(payload, 'pull_request.number');
  return {
    type: `github.pull_request.${what}`,
    title: `Pull request #${number} ${what.replaceAll('_', ' ')}: ${read(payload, 'pull_request.title')}`,
    body: action === 'closed' ? '' : markdown(find(payload, 'pull_request.body')),
    link: read(payload, 'pull_request.html_url'),
    category: 'pull-requests',
  };
}

function release(payload: Payload): Alert | undefined {
  if (read(payload, 'action') !== 'published') return undefined;
  return {
    type: 'github.release.published',
    title: `${read(payload, 'repository.full_name')} ${read(payload, 'release.tag_name')} is out`,
    body: markdown(find(payload, 'release.body')),
    link: read(payload, 'release.html_url'),
    category: 'releases',
  };
}

const FAILURES = ['failure', 'timed_out', 'startup_failure'];

function workflow_run(payload: Payload): Alert | undefined {
  if (read(payload, 'action') !== 'completed') return undefined;
  const conclusion = read(payload, 'workflow_run.conclusion');
  const failed = FAILURES.includes(conclusion);
  if (!failed && conclusion !== 'success') return undefined;
  const branch = read(payload, 'workflow_run.head_branch');
  return {
    type: `github.workflow_run.${conclusion}`,
    title: `${read(payload, 'workflow_run.name')} ${failed ? 'failed' : 'passed'} on ${branch}`,
    body: `Run ${read(payload, 'workflow_run.run_number')}: ${plain(read(payload, 'workflow_run.display_title'))}`,
    link: read(payload, 'workflow_run.html_url'),
    category: 'ci',
    priority: failed ? 'high' : 'low',
    // Only the last word on a branch matters: a later run replaces the unread one before it.
    collapseKey: cut(
      `ci:${read(payload, 'repository.id')}:${read(payload, 'workflow_run.workflow_id')}:${branch}`,
      128,
    ),
  };
}

function describeCommit(commit: Payload): string {
  const [summary = ''] = read(commit, 'message').split('\n');
  const link = `[\`${read(commit, 'id').slice(0, 7)}\`](${read(commit, 'url')})`;
  return `- ${link} ${plain(summary)} — ${plain(read(commit, 'author.name'))}`;
}

function find(payload: unknown, path: string): unknown {
  let value = payload;
  for (const key of path.split('.')) value = (value as Payload | null | undefined)?.[key];
  return value;
}

/** What people wrote in Markdown stays Markdown; GitHub sends null for an empty one. */
function markdown(text: unknown): string {
  return typeof text === 'string' ? text : '';
}

/** What people wrote as plain text must not become a link or a heading inside ours. */
function plain(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>()#|!~]/g, '\\$&');
}

/** Cuts without leaving half of a character or a NUL, which no database stores. */
function cut(text: string, max: number): string {
  const clean = text.replaceAll('\u0000', '').toWellFormed();
  return clean.length <= max ? clean : `${clean.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
