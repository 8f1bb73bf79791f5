import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensurePartitions } from '../packages/pulsestack/src/migrations/migrate.ts';
import { type TestApp, testApp } from '../packages/pulsestack/src/testing/index.ts';
import { type Block, findBlocks } from './docs/blocks.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const pages = [
  'README.md',
  'packages/node/README.md',
  ...readdirSync(join(root, 'docs/guides')).map((name) => `docs/guides/${name}`),
];
const blocks = pages.flatMap((page) => findBlocks(page, readFileSync(join(root, page), 'utf8')));
const place = ({ page, line }: Block) => `${page}:${line}`;

describe('what the guides say to run', () => {
  let app: TestApp;
  let folder: string;

  beforeAll(async () => {
    app = await testApp();
    // Whoever checks a signature in a guide goes by the clock of the machine.
    app.clock.set(new Date());
    await ensurePartitions(app.runtime.database, app.clock.now());
    folder = mkdtempSync(join(tmpdir(), 'pulsestack-docs-'));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await app.close();
  });

  it.each(pages)('%s runs from top to bottom', async (page) => {
    const workspace = await app.newWorkspace();
    const address = new URL(await app.url()).host;
    const env = { KEY: workspace.key, PULSESTACK_KEY: workspace.key, SESSION: workspace.owner.token };
    for (const block of blocks.filter((one) => one.page === page && one.mark === 'run')) {
      const code = block.code.replaceAll('localhost:4000', address);
      const { status, output } = await (block.language === 'bash'
        ? runBash(page, code, env)
        : runTypeScript(code, env));
      expect(status, `${place(block)}\n${output}`).toBe(0);
    }
  });

  /** Variables that one block exports are there in the next block of the page, as in a terminal. */
  function runBash(page: string, code: string, env: Record<string, string>) {
    const state = join(folder, page.replaceAll('/', '_'));
    const script = `
      curl() { if type -P curl >/dev/null; then command curl -sS --fail-with-body "$@"; else "$NODE" "$CURL" "$@"; fi; }
      [ -f '${state}' ] && . '${state}'
      ${code}
      export -p > '${state}'`;
    return run('bash', ['-euo', 'pipefail'], script, {
      ...env,
      NODE: process.execPath,
      CURL: fileURLToPath(import.meta.resolve('./docs/curl.mjs')),
    });
  }

  function runTypeScript(code: string, env: Record<string, string>) {
    return run(process.execPath, ['--conditions=source', '--input-type=module-typescript'], code, env);
  }
});

it('every address inside the documents leads somewhere', () => {
  const documents = [
    ...pages,
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'docs/README.md',
    ...markdownIn('docs/reference'),
    ...markdownIn('docs/decisions'),
  ];
  const missing = documents.flatMap((page) => {
    const targets = [
      ...readFileSync(join(root, page), 'utf8').matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g),
    ].map(([, target = '']) => target);
    return targets
      .filter((target) => !target.endsWith('.png') && !existsSync(join(root, dirname(page), target)))
      .map((target) => `${page} → ${target}`);
  });
  expect(missing).toEqual([]);
});

it('every TypeScript and TSX block that is marked compiles', () => {
  // Beside the installed packages, so that imports resolve as they do for a reader.
  const folder = join(root, 'node_modules/.cache/docs');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const marked = blocks.filter((block) => block.mark !== 'none' && ['ts', 'tsx'].includes(block.language));
  const files = marked.map((block) => ({
    name: `${block.page.replaceAll(/\W/g, '_')}_${block.line}.${block.language}`,
    block,
  }));
  for (const { name, block } of files) writeFileSync(join(folder, name), `${block.code}\nexport {};\n`);
  writeFileSync(join(folder, 'css.d.ts'), "declare module '*.css';\n");
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../../tsconfig.base.json',
      compilerOptions: {
        composite: false,
        emitDeclarationOnly: false,
        noEmit: true,
        jsx: 'react-jsx',
        module: 'esnext',
        moduleResolution: 'bundler',
        lib: ['es2024', 'dom', 'dom.iterable'],
        typeRoots: ['../../@types'],
      },
      files: ['css.d.ts', ...files.map(({ name }) => name)],
    }),
  );

  const { stdout } = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], {
    encoding: 'utf8',
  });

  // What is wrong in the packages themselves is the type check's to say.
  const complaints = stdout.split('\n').filter((line) => line.includes('.cache/docs') || line.startsWith('error'));
  expect(complaints).toEqual([]);
});

function markdownIn(folder: string): string[] {
  return readdirSync(join(root, folder)).map((name) => `${folder}/${name}`);
}

function run(
  command: string,
  args: string[],
  input: string,
  env: Record<string, string>,
): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env } });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', reject).on('close', (status) => resolve({ status, output }));
    child.stdin.end(input);
  });
}
