// The house, floor by floor: this file is the drawing and the guard. Every violation is one sentence.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { parseSync } from 'oxc-parser';

/** Each floor of packages/pulsestack/src, and what it may see. What stands beside them is the roof and sees all. */
export const FLOORS: Record<string, readonly string[]> = {
  ports: ['ports'],
  kernel: ['ports', 'kernel'],
  features: ['ports', 'kernel', 'features'],
  channels: ['ports', 'channels'],
  adapters: ['ports', 'adapters'],
  transports: ['ports', 'kernel', 'features', 'transports', 'version.ts'],
};

/** The rooms in call order: each may enter those before it by their index. */
export const ROOMS =
  'accounts jobs billing catalog audience templates preferences inbox streams webhooks delivery analytics intelligence workflows schedules campaigns ingest compliance'.split(
    ' ',
  );

/** What each package may import of the others; a missing one may import none. */
export const PACKAGES: Record<string, readonly string[]> = {
  '@pulsestack/core': [],
  '@pulsestack/testing': [],
  pushstream: [],
  pulsestack: ['@pulsestack/core', 'pushstream'],
  '@pulsestack/node': ['@pulsestack/core'],
  '@pulsestack/client': ['@pulsestack/core', 'pushstream'],
  '@pulsestack/react': ['@pulsestack/client', '@pulsestack/core'],
  '@pulsestack/dashboard': ['@pulsestack/client', '@pulsestack/react', '@pulsestack/core', 'pushstream'],
};

export interface Import {
  from: string;
  to: string;
  line: number;
}

/** Every import of a folder of sources; relative ones resolved against the folder, dynamic ones included. */
export function* importsOf(root: string): Generator<Import> {
  for (const name of readdirSync(root, { recursive: true }) as string[]) {
    const file = name.split(sep).join('/');
    if (
      !/\.tsx?$/.test(file) ||
      /\.test\.tsx?$/.test(file) ||
      file.includes('node_modules') ||
      /(^|\/)testing\//.test(file)
    )
      continue;
    const text = readFileSync(join(root, file), 'utf8');
    const { module } = parseSync(file, text);
    const requests = [
      ...module.staticImports.map((one) => one.moduleRequest),
      ...module.staticExports.flatMap((one) => one.entries.map((entry) => entry.moduleRequest)),
      ...module.dynamicImports.map(({ moduleRequest: { start, end } }) => ({
        value: text.slice(start + 1, end - 1),
        start,
        end,
      })),
    ];
    for (const request of requests) {
      if (!request) continue;
      const to = request.value.startsWith('.')
        ? normalize(join(dirname(file), request.value))
            .split(sep)
            .join('/')
        : request.value;
      yield { from: file, to, line: text.slice(0, request.start).split('\n').length };
    }
  }
}

/** What is wrong with an import inside the server, or undefined. */
export function complaint({ from, to }: Import): string | undefined {
  const [floor = '', room = ''] = from.split('/');
  const [toFloor = '', toRoom = '', ...door] = to.split('/');
  const seen = FLOORS[floor];
  if (!seen) return undefined;
  if (isForeign(to)) {
    if (floor !== 'ports' || /^(node:|@pulsestack\/core$|pg$|zod$|vitest$)/.test(to)) return undefined;
    return `${from} → ${to}: a port knows no technology`;
  }
  if (!seen.includes(toFloor)) return `${from} → ${to}: ${floor} may not see ${toFloor}`;
  // The list of all providers names each of them.
  if (from === 'channels/index.ts') return undefined;
  if ((floor === 'channels' || floor === 'adapters') && toFloor === floor && toRoom !== room)
    return `${from} → ${to}: ${floor} do not know each other`;
  if (toFloor !== 'features' || toRoom === 'index.ts') return undefined;
  const enteredByIndex = door.join('/') === 'index.ts';
  if (floor !== 'features') return enteredByIndex ? undefined : `${from} → ${to}: enter ${toRoom} by its index`;
  if (room === 'index.ts' || room === toRoom || door.join('/') === 'events.ts') return undefined;
  if (!enteredByIndex) return `${from} → ${to}: enter ${toRoom} by its index`;
  if (ROOMS.indexOf(toRoom) > ROOMS.indexOf(room))
    return `${from} → ${to}: ${room} comes before ${toRoom}; emit an event instead`;
  return undefined;
}

/** What is wrong with an import between packages, or undefined. */
export function packageComplaint(name: string, { from, to }: Import): string | undefined {
  const target = Object.keys(PACKAGES).find((one) => to === one || to.startsWith(`${one}/`));
  if (!target || target === name || PACKAGES[name]?.includes(target)) return undefined;
  return `${name}: ${from} → ${to}: ${name} may not know ${target}`;
}

function isForeign(to: string): boolean {
  return (
    !/^(ports|kernel|features|channels|adapters|transports|migrations|testing|cli|app\.ts|main\.ts|config\.ts|version\.ts|index\.ts)/.test(
      to,
    ) || to.startsWith('@')
  );
}
