import type { Applied } from '@pulsestack/core';
import { callRemote } from './remote.ts';
import { tellApplied } from './sync.ts';
import {
  type Kept,
  placeOf,
  type Remote,
  readFiles,
  readLock,
  readServer,
  type Shelf,
  writeLock,
} from './sync-files.ts';

interface Options {
  'dry-run'?: boolean;
  publish?: boolean;
  force?: boolean;
}

/**
 * Takes the files of a folder over into a workspace. All are checked first; when one is wrong, or was changed at the server
 * since it was pulled, nothing is changed.
 */
export async function push(remote: Remote, directory: string, options: Options): Promise<number> {
  const { force = false, publish = false, 'dry-run': dryRun = false } = options;
  const { shelf: local, problems } = readFiles(directory);
  if (local.size === 0 && problems.length === 0) {
    console.error(`There are no files in ${directory}; pull first: pulsestack pull ${directory}`);
    return 2;
  }
  const lock = readLock(directory);
  const { shelf: server, inCode } = await readServer(remote);
  const differing = [...local.values()].filter((file) => file.hash !== server.get(placeOf(file))?.hash);
  const workflows = [...local.values()].filter((file) => file.kind.folder === 'workflows');
  const others = differing.filter((file) => file.kind.folder !== 'workflows');
  if (!force) problems.push(...conflicts(differing, server, lock));
  for (const { key } of workflows)
    if (inCode.includes(key) && !force) problems.push(`workflows/${key}: is kept in code; use --force to take it over`);
  const planned =
    problems.length > 0 || workflows.length === 0
      ? null
      : await pushWorkflows(remote, workflows, lock, { ...options, 'dry-run': true });
  // What a workflow lacks may be in the templates that are pushed with it; then the server decides after those.
  const refused = (planned?.workflows ?? []).filter(
    (one) => one.status === 'refused' && (others.length === 0 || !publish),
  );
  for (const { key, problems: found } of refused)
    problems.push(...found.map(({ field, message }) => `workflows/${key}: ${field} ${message}`.replaceAll('  ', ' ')));
  if (problems.length > 0) {
    for (const problem of problems) console.error(problem);
    console.error('Nothing was pushed.');
    return 1;
  }
  for (const file of others) console.log(`${server.has(placeOf(file)) ? 'changed' : 'new    '}  ${placeOf(file)}`);
  if (planned) tellApplied(planned);
  if (dryRun) {
    console.log('Nothing was pushed, because this is a dry run.');
    return 0;
  }
  return apply(remote, directory, { others, workflows, server, lock, total: local.size }, options);
}

interface Plan {
  others: Kept[];
  workflows: Kept[];
  server: Shelf;
  lock: Map<string, string>;
  total: number;
}

async function apply(
  remote: Remote,
  directory: string,
  { others, workflows, server, lock, total }: Plan,
  options: Options,
): Promise<number> {
  const known = new Map([...lock, ...[...server].map(([place, kept]) => [place, kept.hash] as const)]);
  for (const file of others) {
    await putOne(remote, file, server.get(placeOf(file)), options.publish === true);
    known.set(placeOf(file), file.hash);
    // What is done stays known when what comes next fails.
    writeLock(directory, known);
  }
  if (workflows.length > 0) {
    const applied = await pushWorkflows(remote, workflows, lock, options);
    if (!applied.applied) {
      tellApplied(applied);
      console.error('No workflow was pushed.');
      return 1;
    }
  }
  const { shelf: after } = await readServer(remote);
  writeLock(directory, new Map([...after].map(([place, kept]) => [place, kept.hash])));
  console.log(
    `Pushed${options.publish ? ' and published' : ''}: ${total} ${total === 1 ? 'file is' : 'files are'} as in the workspace.`,
  );
  return 0;
}

function conflicts(differing: readonly Kept[], server: Shelf, lock: ReadonlyMap<string, string>): string[] {
  return differing.flatMap((file) => {
    const place = placeOf(file);
    const there = server.get(place)?.hash;
    if (there === lock.get(place)) return [];
    const what = there === undefined ? 'was deleted' : lock.has(place) ? 'was changed' : 'was made';
    return [`${place}: ${what} at the server since the last pull; pull again, or use --force to overwrite it`];
  });
}

async function putOne(remote: Remote, { kind, key, value }: Kept, before: Kept | undefined, publish: boolean) {
  const path = `/v1/${kind.folder}/${encodeURIComponent(key)}`;
  await callRemote(remote, 'PUT', path, kind.folder === 'translations' ? withRemovals(value, before) : value);
  if (kind.publishes && publish) await callRemote(remote, 'POST', `${path}/publish`, { note: 'Pushed from files' });
}

/** Messages that are left out stay as they are, so those that are gone are named. */
function withRemovals(value: Kept['value'], before: Kept | undefined): Kept['value'] {
  const gone = Object.keys((before?.value.messages ?? {}) as object).map((key) => [key, null]);
  return { messages: { ...Object.fromEntries(gone), ...(value.messages as object) } };
}

function pushWorkflows(
  remote: Remote,
  workflows: readonly Kept[],
  lock: ReadonlyMap<string, string>,
  { force = false, publish = false, 'dry-run': dryRun = false }: Options,
): Promise<Applied> {
  return callRemote<Applied>(remote, 'POST', '/v1/workflows/push', {
    workflows: workflows.map((file) => file.value),
    expected: Object.fromEntries(workflows.map((file) => [file.key, lock.get(placeOf(file)) ?? null])),
    publish,
    dryRun,
    force,
  });
}
