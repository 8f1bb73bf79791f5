import { appendFile, open, readFile, rename } from 'node:fs/promises';
import type { AckStore } from './acks.ts';

const FLUSH_MS = 200;
const KEEP = 100_000;

/**
 * Keeps acknowledgements in a file of lines, the last of a client counting. Written a little later, and without waiting for
 * the disk: what a crash takes is only delivered again.
 */
export async function openFileAcks(path: string): Promise<AckStore & { close(): Promise<void> }> {
  const cursors = new Map<string, string>();
  let lines = 0;
  for (const line of (await readFile(path, 'utf8').catch(() => '')).split('\n')) {
    const [client, cursor] = line.split('\t');
    // A line cut short by a crash has no end; what it says is later than nothing, so it is not believed.
    if (!client || !cursor?.endsWith(';')) continue;
    cursors.delete(client);
    cursors.set(client, cursor.slice(0, -1));
  }
  let pending: string[] = [];
  let timer: NodeJS.Timeout | null = null;
  let working: Promise<void> = Promise.resolve();

  const lineOf = (client: string, cursor: string) => `${client}\t${cursor};\n`;

  async function rewrite(): Promise<void> {
    pending = [];
    lines = cursors.size;
    const file = await open(`${path}.new`, 'w');
    try {
      await file.writeFile([...cursors].map(([client, cursor]) => lineOf(client, cursor)).join(''));
    } finally {
      await file.close();
    }
    await rename(`${path}.new`, path);
  }

  async function flush(): Promise<void> {
    if (pending.length === 0) return;
    if (lines + pending.length > 2 * cursors.size + 10_000) return rewrite();
    const text = pending.join('');
    lines += pending.length;
    pending = [];
    await appendFile(path, text);
  }

  function inTurn(act: () => Promise<void>): Promise<void> {
    const done = working.then(act);
    // A full disk costs acknowledgements, and with them only that something is delivered twice.
    working = done.catch(() => {});
    return done;
  }

  await rewrite();
  return {
    get: async (client) => cursors.get(client) ?? null,
    async set(client, cursor) {
      if (/[\t\n]/.test(client)) throw new Error('The name of a client has no tabs or line ends.');
      cursors.delete(client);
      cursors.set(client, cursor);
      if (cursors.size > KEEP) cursors.delete(cursors.keys().next().value as string);
      pending.push(lineOf(client, cursor));
      timer ??= setTimeout(() => {
        timer = null;
        inTurn(flush).catch(() => {});
      }, FLUSH_MS).unref();
    },
    async forget(match) {
      const found = [...cursors.keys()].filter(match);
      for (const client of found) cursors.delete(client);
      if (found.length > 0) await inTurn(rewrite);
    },
    async close() {
      if (timer) clearTimeout(timer);
      await inTurn(flush).catch(() => {});
    },
  };
}
