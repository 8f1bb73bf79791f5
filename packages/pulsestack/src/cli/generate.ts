import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { EventType, Page } from '@pulsestack/core';
import { writeEventClasses } from 'pushstream/catalogue';
import type { Config } from '../config.ts';
import { callRemote } from './remote.ts';

/** Writes the catalogue of a workspace as TypeScript: a type, and a class for those who publish, of each event. */
export async function generateTypes(
  config: Config,
  { out, check }: { out?: string; check?: boolean },
): Promise<number> {
  const events: EventType[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = cursor ? `?limit=100&cursor=${encodeURIComponent(cursor)}` : '?limit=100';
    const page: Page<EventType> = await callRemote(config, 'GET', `/v1/catalog${query}`);
    events.push(...page.items);
    cursor = page.nextCursor;
  }
  const text = writeEventClasses(events);
  if (out === undefined) {
    process.stdout.write(text);
    return 0;
  }
  const file = resolve(out);
  const isFresh = existsSync(file) && readFileSync(file, 'utf8') === text;
  if (check) {
    console.log(isFresh ? `${out} is up to date.` : `${out} is not up to date; run pulsestack generate --out ${out}`);
    return isFresh ? 0 : 1;
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(`Wrote ${events.length} ${events.length === 1 ? 'event' : 'events'} to ${out}.`);
  return 0;
}
