import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const COMPILED = fileURLToPath(new URL('../node_modules/.cache/types/', import.meta.url));
const LINKED = fileURLToPath(new URL('../node_modules/.cache/declarations/', import.meta.url));

/** Packages that are not installed beside a bundle, with their declarations: these are written into it. */
const INLINE: Record<string, string> = {
  '@pulsestack/core': 'packages/core/index.d.ts',
  pushstream: 'packages/pushstream/index.d.ts',
  'pushstream/client': 'packages/pushstream/client/index.d.ts',
};
const FOLDERS = ['packages/core', 'packages/pushstream'];

/**
 * A tsdown entry that bundles declarations: from what `tsc -b` wrote, because TypeScript 7 offers no API to make them on
 * the way.
 */
export function declarations(folder: string, entry: Record<string, string>) {
  for (const one of new Set([...FOLDERS, folder])) link(one);
  const toDeclaration = (file: string) => join(LINKED, folder, file.replace(/\.tsx?$/, '.d.ts'));
  return {
    entry: Object.fromEntries(Object.entries(entry).map(([name, file]) => [name, toDeclaration(file)])),
    format: 'esm' as const,
    dts: { emitDtsOnly: true, dtsInput: true },
    clean: false,
    fixedExtension: false,
  };
}

/** Copies the declarations of a package, their imports naming declarations and no longer the sources they were made from. */
function link(folder: string): void {
  for (const name of readdirSync(join(COMPILED, folder), { recursive: true }) as string[]) {
    if (!name.endsWith('.d.ts')) continue;
    const target = join(LINKED, folder, name);
    mkdirSync(dirname(target), { recursive: true });
    const text = readFileSync(join(COMPILED, folder, name), 'utf8');
    writeFileSync(
      target,
      text.replaceAll(
        /((?:from|import)\s*\(?\s*)(['"])([^'"]+)\2/g,
        (_all, before: string, quote: string, source: string) => before + quote + declarationOf(source, target) + quote,
      ),
    );
  }
}

function declarationOf(source: string, importer: string): string {
  const inline = INLINE[source];
  if (inline) return relativePath(importer, join(LINKED, inline));
  return /^\.{1,2}\//.test(source) ? source.replace(/(?<!\.d)\.tsx?$/, '.d.ts') : source;
}

function relativePath(from: string, to: string): string {
  const path = relative(dirname(from), to);
  return path.startsWith('.') ? path : `./${path}`;
}
