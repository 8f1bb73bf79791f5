import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { EventType, Page } from '@pulsestack/core';
import { writeEventClasses } from 'pushstream/catalogue';
import type { Config } from '../config.ts';
import { callRemote } from './remote.ts';
import { payloadsOf, writeWorkflowTypes } from './workflow-types.ts';

interface Options {
  out?: string;
  check?: boolean;
}

/** Writes the catalogue of a workspace as TypeScript: a type, and a class for those who publish, of each event. */
export async function generateTypes(config: Config, options: Options): Promise<number> {
  const events: EventType[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = cursor ? `?limit=100&cursor=${encodeURIComponent(cursor)}` : '?limit=100';
    const page: Page<EventType> = await callRemote(config, 'GET', `/v1/catalog${query}`);
    events.push(...page.items);
    cursor = page.nextCursor;
  }
  const what = `${events.length} ${events.length === 1 ? 'event' : 'events'}`;
  return writeOut(writeEventClasses(events), what, 'pulsestack generate', options);
}

/** Writes what the published workflows of a workspace take, so that `pulse.trigger('key', …)` is checked by the compiler. */
export async function generateWorkflowTypes(config: Config, options: Options): Promise<number> {
  const payloads = await payloadsOf(config);
  const what = `${payloads.size} ${payloads.size === 1 ? 'workflow' : 'workflows'}`;
  return writeOut(writeWorkflowTypes(payloads), what, 'pulsestack generate --workflows', options);
}

function writeOut(text: string, what: string, again: string, { out, check }: Options): number {
  if (out === undefined) {
    process.stdout.write(text);
    return 0;
  }
  const file = resolve(out);
  const isFresh = existsSync(file) && readFileSync(file, 'utf8') === text;
  if (check) {
    console.log(isFresh ? `${out} is up to date.` : `${out} is not up to date; run ${again} --out ${out}`);
    return isFresh ? 0 : 1;
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(`Wrote ${what} to ${out}.`);
  return 0;
}
