import type { Applied, WorkflowEndpoint } from '@pulsestack/core';
import { callRemote, RemoteError } from './remote.ts';
import type { Remote } from './sync-files.ts';

interface Options {
  endpoint?: string;
  'dry-run'?: boolean;
  force?: boolean;
  prune?: boolean;
}

/** Takes over the workflows that the code behind an endpoint has. An address that is new is registered first. */
export async function sync(remote: Remote, key: string, options: Options): Promise<number> {
  const { endpoint: url, force = false, prune = false, 'dry-run': dryRun = false } = options;
  if (url !== undefined && !URL.canParse(url)) {
    console.error(`--endpoint must be an address such as http://localhost:3000/api/pulsestack, not ${url}.`);
    return 2;
  }
  const known = await findEndpoint(remote, key);
  if (!known && url === undefined) {
    console.error(
      `There is no endpoint "${key}"; say where it is: pulsestack sync ${key} --endpoint http://localhost:3000/api/pulsestack`,
    );
    return 2;
  }
  if (!known && dryRun) {
    console.log(`${url} would be registered as "${key}". What it has is known once it has a secret.`);
    return 0;
  }
  if (!known) {
    const { secret } = await callRemote<{ secret: string }>(remote, 'POST', '/v1/workflow-endpoints', { key, url });
    console.log(
      `Registered ${url} as "${key}". Its secret is told only now; give it to your application and sync again:`,
    );
    console.log(`PULSESTACK_ENDPOINT_SECRET=${secret}`);
    return 0;
  }
  if (url !== undefined && url !== known.url) {
    if (dryRun) console.log(`The endpoint would move from ${known.url}, which is asked now.`);
    else await callRemote(remote, 'PUT', `/v1/workflow-endpoints/${key}`, { url });
  }
  const applied = await callRemote<Applied>(remote, 'POST', `/v1/workflow-endpoints/${key}/sync`, {
    dryRun,
    force,
    prune,
  });
  tellApplied(applied);
  const refused = applied.workflows.some((one) => one.status === 'refused');
  if (refused) console.error('Nothing was published.');
  else if (dryRun) console.log('Nothing was published, because this is a dry run.');
  return refused ? 1 : 0;
}

async function findEndpoint(remote: Remote, key: string): Promise<WorkflowEndpoint | undefined> {
  try {
    return await callRemote<WorkflowEndpoint>(remote, 'GET', `/v1/workflow-endpoints/${encodeURIComponent(key)}`);
  } catch (error) {
    if (error instanceof RemoteError && error.message.includes('answered 404')) return undefined;
    throw error;
  }
}

/** One line for each workflow, with what changes in it. */
export function tellApplied({ workflows }: Applied): void {
  for (const { key, status, version, changes, problems } of workflows) {
    if (status === 'unchanged') continue;
    console.log(`${status.padEnd(8)} workflows/${key}${version === null ? '' : `, version ${version}`}`);
    // All of what is new is new.
    const told = status === 'created' ? [] : changes.slice(0, 20);
    for (const { kind, step, path } of told) console.log(`           ${kind} ${step ?? ''}${path}`);
    for (const { field, message } of problems) console.log(`           ${[field, message].filter(Boolean).join(' ')}`);
  }
  const same = workflows.filter((one) => one.status === 'unchanged').length;
  if (same > 0) console.log(`${same} ${same === 1 ? 'workflow is' : 'workflows are'} the same.`);
}
