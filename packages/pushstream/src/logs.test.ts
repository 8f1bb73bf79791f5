import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileLog, type FileLog } from './file-log.ts';
import { createMemoryLog } from './memory-log.ts';
import { describeLog } from './testing/log-contract.ts';

describeLog('in memory', {
  create: async ({ now, keepEvents }) => ({ log: createMemoryLog({ now, keep: keepEvents }), close: async () => {} }),
});

describeLog('in files', {
  async create({ now, keepEvents }) {
    const directory = await mkdtemp(join(tmpdir(), 'pushstream-log-'));
    // Small files, so that every promise is kept across many of them.
    const options = { directory, now, keepEvents, segmentBytes: 1_500 };
    const opened: FileLog[] = [];
    const open = async () => {
      await opened.at(-1)?.close();
      opened.push(await createFileLog(options));
      return opened.at(-1) as FileLog;
    };
    return {
      log: await open(),
      reopen: open,
      async close() {
        await opened.at(-1)?.close();
        await rm(directory, { recursive: true });
      },
    };
  },
});
