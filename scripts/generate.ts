import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { features } from '../packages/pulsestack/src/features/index.ts';
import { writeClientTypes } from './generate/client.ts';
import {
  writeEnvExample,
  writeErrors,
  writeEvents,
  writeOperations,
  writePermissions,
  writeSettings,
} from './generate/reference.ts';
import { writeSdk } from './generate/sdk.ts';

const root = new URL('../', import.meta.url);

/** Everything that is made from what the product says of itself: the path of each file and what belongs into it. */
export function generate(): Map<string, string> {
  const operations = features.flatMap((feature) => feature.operations);
  const documentation = readDocumentation();
  return new Map([
    ['packages/node/src/generated.ts', writeSdk(operations, documentation)],
    ['packages/client/src/generated.ts', writeClientTypes(documentation)],
    ['docs/reference/settings.md', writeSettings()],
    ['.env.example', writeEnvExample()],
    ['docs/reference/errors.md', writeErrors()],
    ['docs/reference/permissions.md', writePermissions()],
    ['docs/reference/events.md', writeEvents(documentation)],
    ['docs/reference/operations.md', writeOperations(operations)],
  ]);
}

/** The sentences above the schemas of core, by name: comments do not survive into values, so they are read from the source. */
function readDocumentation(): Map<string, string> {
  const folder = new URL('packages/core/src/', root);
  const texts = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'));
  const found = texts.flatMap((text) => [...text.matchAll(/\/\*\*((?:(?!\*\/)[^])*)\*\/\nexport const (\w+)/g)]);
  return new Map(found.map(([, comment = '', name = '']) => [name, comment.replaceAll(/^\s*\* ?/gm, '').trim()]));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of generate()) {
    const file = fileURLToPath(new URL(path, root));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    console.log(path);
  }
}
