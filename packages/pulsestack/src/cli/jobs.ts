import { type Job, JobState, type Page } from '@pulsestack/core';
import type { Config } from '../config.ts';
import { callRemote } from './remote.ts';

type Place = Pick<Config, 'PULSESTACK_URL' | 'PULSESTACK_API_KEY'>;

const PAGE = 100;
// Beyond, a list says that there is more instead of filling the terminal.
const MAX_LISTED = 1000;

/** Prints jobs, a line each: those that were given up, or of another state. */
export async function listJobs(config: Place, filter: { state?: string; name?: string }): Promise<number> {
  const state = JobState.safeParse(filter.state ?? 'dead');
  if (!state.success) return refuse(`There is no state "${filter.state}"; there are ${JobState.options.join(', ')}.`);
  let listed = 0;
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = new URLSearchParams({
      state: state.data,
      limit: String(PAGE),
      ...(filter.name ? { name: filter.name } : {}),
      ...(cursor ? { cursor } : {}),
    });
    const page: Page<Job> = await callRemote(config, 'GET', `/v1/jobs?${query}`);
    for (const job of page.items)
      console.log([job.id, job.name, `${job.attempts}/${job.maxAttempts}`, job.runAt, job.error ?? ''].join('\t'));
    listed += page.items.length;
    cursor = page.nextCursor;
    if (cursor !== null && listed >= MAX_LISTED) {
      console.error(`There are more than ${MAX_LISTED}; narrow them with --name.`);
      return 0;
    }
  }
  if (listed === 0) console.error(`No job is ${state.data}.`);
  return 0;
}

/** Runs jobs again: those named, or, with `all`, every one that was given up. */
export async function redriveJobs(
  config: Place,
  ids: readonly string[],
  { all, name }: { all?: boolean; name?: string },
): Promise<number> {
  if (ids.length > 0) {
    for (const id of ids) await callRemote(config, 'POST', `/v1/jobs/${encodeURIComponent(id)}/redrive`);
    console.log(ids.length === 1 ? 'The job runs again.' : `${ids.length} jobs run again.`);
    return 0;
  }
  if (!all && !name) return refuse('Name the jobs to run again, or say --all, or --name and the name of one kind.');
  const answer: { redriven: number; more: boolean } = await callRemote(
    config,
    'POST',
    '/v1/jobs/redrive',
    name ? { name } : {},
  );
  console.log(`${answer.redriven} jobs run again${answer.more ? '; a job goes on with the rest' : ''}.`);
  return 0;
}

/** Deletes the jobs named. */
export async function dropJobs(config: Place, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return refuse('Name the jobs to drop; pulsestack jobs list shows their ids.');
  for (const id of ids) await callRemote(config, 'DELETE', `/v1/jobs/${encodeURIComponent(id)}`);
  console.log(ids.length === 1 ? 'The job is dropped.' : `${ids.length} jobs are dropped.`);
  return 0;
}

function refuse(sentence: string): number {
  console.error(sentence);
  return 2;
}
