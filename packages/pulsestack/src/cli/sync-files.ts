import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CategoryInput,
  LayoutInput,
  type Page,
  PartialInput,
  TemplateInput,
  TranslationsInput,
  WorkflowDefinition,
} from '@pulsestack/core';
import { z } from 'zod';
import type { Config } from '../config.ts';
import { hashOf } from '../features/workflows/compile.ts';
import { callRemote } from './remote.ts';

export type Remote = Pick<Config, 'PULSESTACK_URL' | 'PULSESTACK_API_KEY'>;
type Fields = Record<string, unknown>;

/** One kind of thing that is kept in files: `FOLDER/KEY.json` holds what its `PUT` takes. */
interface Kind {
  folder: string;
  schema: z.ZodObject;
  /** What of it is in lists only in part is asked for one by one. */
  whole?: true;
  publishes?: true;
  key: 'key' | 'locale';
  /** What the server makes of what is left out. */
  filled?: (key: string) => Fields;
}

/** In the order in which they need each other. */
export const KINDS: readonly Kind[] = [
  { folder: 'categories', schema: CategoryInput, key: 'key', filled: () => ({ cadence: { every: 'instant' } }) },
  { folder: 'partials', schema: PartialInput, key: 'key' },
  { folder: 'layouts', schema: LayoutInput, key: 'key' },
  { folder: 'translations', schema: TranslationsInput, key: 'locale' },
  {
    folder: 'templates',
    schema: TemplateInput,
    key: 'key',
    whole: true,
    publishes: true,
    filled: (key) => ({ name: key, sample: {} }),
  },
  { folder: 'workflows', schema: WorkflowDefinition, key: 'key' },
];

/** Something as it is in a file or at the server, with the hash by which both are compared. */
export interface Kept {
  kind: Kind;
  key: string;
  value: Fields;
  hash: string;
}

/** What stands where: `templates/welcome` → what is kept there. */
export type Shelf = Map<string, Kept>;

export const placeOf = ({ kind, key }: Pick<Kept, 'kind' | 'key'>) => `${kind.folder}/${key}`;

/** All that the server has, as files would have it. `inCode` are workflows that are kept in code, which are left out. */
export async function readServer(remote: Remote): Promise<{ shelf: Shelf; inCode: string[] }> {
  const shelf: Shelf = new Map();
  const inCode: string[] = [];
  for (const kind of KINDS) {
    for (const listed of await listAll(remote, `/v1/${kind.folder}`)) {
      const key = String(listed[kind.key]);
      if ((listed.origin as { kind?: string } | null)?.kind === 'code') {
        inCode.push(key);
        continue;
      }
      const item = kind.whole ? await callRemote<Fields>(remote, 'GET', `/v1/${kind.folder}/${key}`) : listed;
      const value = kind.folder === 'workflows' ? (item.draft as Fields) : pick(item, Object.keys(kind.schema.shape));
      const kept = keep(kind, key, value);
      shelf.set(placeOf(kept), kept);
    }
  }
  return { shelf, inCode };
}

async function listAll(remote: Remote, path: string): Promise<Fields[]> {
  const items: Fields[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    // The list of translations has no pages.
    const query: string = path.endsWith('translations')
      ? ''
      : `?limit=100${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const page: Partial<Page<Fields>> = await callRemote(remote, 'GET', `${path}${query}`);
    items.push(...(page.items ?? []));
    cursor = page.nextCursor ?? null;
  }
  return items;
}

/** All files of a folder. What cannot be read is told by file, and nothing is done then. */
export function readFiles(directory: string): { shelf: Shelf; problems: string[] } {
  const shelf: Shelf = new Map();
  const problems: string[] = [];
  for (const kind of KINDS) {
    const folder = join(directory, kind.folder);
    const names = existsSync(folder) ? readdirSync(folder).toSorted() : [];
    for (const name of names.filter((one) => one.endsWith('.json'))) {
      const place = `${kind.folder}/${name}`;
      const read = readOne(kind, name.slice(0, -'.json'.length), readFileSync(join(folder, name), 'utf8'));
      if ('problems' in read) problems.push(...read.problems.map((problem) => `${place}: ${problem}`));
      else shelf.set(placeOf(read), read);
    }
  }
  return { shelf, problems };
}

function readOne(kind: Kind, key: string, text: string): Kept | { problems: string[] } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { problems: [`is not JSON: ${(error as Error).message}`] };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { problems: ['must be an object'] };
  const { $schema: _schema, ...fields } = value as Fields;
  const read = kind.schema.safeParse(fields);
  if (!read.success)
    return {
      problems: read.error.issues.slice(0, 10).map(({ path, message }) => `/${path.map(String).join('/')} ${message}`),
    };
  const named = (fields as { key?: unknown }).key;
  if (named !== undefined && named !== key)
    return { problems: [`its key is "${String(named)}" and not that of the file`] };
  return keep(kind, key, read.data);
}

function keep(kind: Kind, key: string, value: Fields): Kept {
  // What the server leaves out and what it says with null are the same.
  const full = Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined));
  // Keys become names of files.
  if (!/^[a-zA-Z0-9][\w.-]{0,63}$/.test(key)) throw new FilesError(`"${key}" cannot be the name of a file.`);
  const parsed = kind.schema.parse({ ...kind.filled?.(key), ...full });
  return { kind, key, value: parsed, hash: hashOf(parsed) };
}

/** Writes one file, always the same text for the same thing. */
export function writeOne(directory: string, { kind, key, value }: Kept): void {
  const folder = join(directory, kind.folder);
  mkdirSync(folder, { recursive: true });
  const schema = `../schemas/${kind.folder}.json`;
  writeFileSync(join(folder, `${key}.json`), textOf({ $schema: schema, ...value }));
}

/** The schemas by which editors complete and check the files. */
export function writeSchemas(directory: string): void {
  const folder = join(directory, 'schemas');
  mkdirSync(folder, { recursive: true });
  for (const { folder: name, schema } of KINDS) {
    const file = z.strictObject({ $schema: z.string().optional(), ...schema.shape });
    writeFileSync(join(folder, `${name}.json`), textOf(z.toJSONSchema(file, { io: 'input', unrepresentable: 'any' })));
  }
}

const FIRST = ['$schema', 'key', 'id', 'type', 'name', 'description', 'if'];
const LAST = ['steps', 'branches', 'else', 'events', 'onTimeout', 'arms'];

/** JSON as people read it: what tells things apart comes first, lists of steps last, all else by the alphabet. */
export function textOf(value: unknown): string {
  const rank = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : LAST.includes(name) ? 100 : 50);
  const sorted = (_key: string, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(
          Object.entries(inner).toSorted(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0)),
        )
      : inner;
  return `${JSON.stringify(value, sorted, 2)}\n`;
}

/** What is wrong with the files as a whole, in a sentence for the person at the terminal. */
class FilesError extends Error {
  override name = 'FilesError';
  readonly code = 'files';
}

const LOCK = 'pulsestack.lock.json';
const Lock = z.object({ lockfile: z.literal(1), hashes: z.record(z.string(), z.string()) });

/** What the server had when it was last pulled or pushed, by place. */
export function readLock(directory: string): Map<string, string> {
  const file = join(directory, LOCK);
  if (!existsSync(file)) return new Map();
  try {
    return new Map(Object.entries(Lock.parse(JSON.parse(readFileSync(file, 'utf8'))).hashes));
  } catch {
    throw new FilesError(`${file} is no lock file of ours; delete it and pull again.`);
  }
}

export function writeLock(directory: string, hashes: ReadonlyMap<string, string>): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, LOCK), textOf({ lockfile: 1, hashes: Object.fromEntries(hashes) }));
}

function pick(item: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(names.filter((name) => name in item).map((name) => [name, item[name]]));
}
