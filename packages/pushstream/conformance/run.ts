import { parseArgs } from 'node:util';
import { FULL, QUICK } from './case.ts';
import { byCommands, PRESETS, UsageError } from './presets.ts';
import { startReference } from './reference.ts';
import { CASES, judge } from './suite.ts';
import type { Target } from './target.ts';

// Asks a server the cases of README.md. Ends with 1 when one fails, with 2 when it was called wrongly.

const options = {
  url: { type: 'string' },
  preset: { type: 'string', default: 'plain' },
  'publish-url': { type: 'string' },
  key: { type: 'string' },
  header: { type: 'string', multiple: true },
  'read-header': { type: 'string', multiple: true },
  text: { type: 'boolean', default: false },
  controls: { type: 'boolean', default: false },
  origin: { type: 'string' },
  'heartbeat-ms': { type: 'string' },
  'max-event-bytes': { type: 'string' },
  'kill-cmd': { type: 'string' },
  'stop-cmd': { type: 'string' },
  'restart-cmd': { type: 'string' },
  only: { type: 'string' },
  full: { type: 'boolean', default: false },
} as const;

function values() {
  return parseArgs({ options }).values;
}

async function open(given: ReturnType<typeof values>): Promise<Target> {
  if (!given.url) return startReference();
  const preset = PRESETS[given.preset];
  if (!preset) throw new UsageError(`--preset is one of: ${Object.keys(PRESETS).join(', ')}.`);
  if (!/^http:\/\//.test(given.url)) throw new UsageError('--url begins with http://; put no TLS before the server.');
  const target = await preset({
    url: given.url,
    publishUrl: given['publish-url'],
    key: given.key,
    headers: headersOf(given.header ?? []),
    readHeaders: headersOf(given['read-header'] ?? []),
    text: given.text,
  });
  return {
    ...target,
    can: {
      ...target.can,
      ...(given.controls ? { controls: true } : {}),
      ...(given.origin ? { origin: given.origin } : {}),
      ...(given['heartbeat-ms'] ? { heartbeatMs: Number(given['heartbeat-ms']) } : {}),
      ...(given['max-event-bytes'] ? { maxEventBytes: Number(given['max-event-bytes']) } : {}),
      ...byCommands({ kill: given['kill-cmd'], stop: given['stop-cmd'], restart: given['restart-cmd'] }, target.url),
    },
  };
}

function headersOf(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => [line.split(':', 1)[0] ?? '', line.slice(line.indexOf(':') + 1).trim()]),
  );
}

let target: Target;
let given: ReturnType<typeof values>;
try {
  given = values();
  target = await open(given);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(2);
}
const only = given.only?.split(',').map(Number);
const cases = CASES.filter(({ number }) => !only || only.includes(number));
const counts = { pass: 0, fail: 0, 'not applicable': 0 };
console.log(`Asking ${target.name}`);
for await (const { number, title, result, remark, ms } of judge(target, cases, given.full ? FULL : QUICK)) {
  counts[result] += 1;
  console.log(
    `${String(number).padStart(2)}  ${result.padEnd(14)}  ${title}${remark ? `: ${remark}` : ''}${ms > 1_000 ? ` (${(ms / 1_000).toFixed(1)} s)` : ''}`,
  );
}
await target.close();
console.log(
  `${cases.length} cases: ${counts.pass} pass, ${counts.fail} fail, ${counts['not applicable']} not applicable`,
);
process.exit(counts.fail > 0 ? 1 : 0);
