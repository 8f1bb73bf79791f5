import { resource } from '../../kernel/runtime.ts';
import { BoundedMap } from './cache.ts';
import { detached } from './revocation.ts';
import { touchKeys } from './store/credentials.ts';

const RECORD_EVERY_MS = 60_000;
const FLUSH_AFTER_MS = 1_000;
const MAX_KEYS = 50_000;

/** Records when a key was last used: at most once a minute per key, in one statement for all keys, never in a request's way. */
export const lastUse = resource((runtime) => {
  const recordedMs = new BoundedMap<number>(MAX_KEYS);
  let waiting = new Map<string, { id: string; workspaceId: string; at: Date }>();
  let timer: NodeJS.Timeout | undefined;

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const uses = [...waiting.values()];
    waiting = new Map();
    if (uses.length === 0) return;
    try {
      await runtime.db.inSystem((tx) => touchKeys(tx, uses));
    } catch (cause) {
      runtime.log.warn({ err: cause, keys: uses.length }, 'could not record when API keys were last used');
    }
  }

  return {
    note(key: { id: string; workspaceId: string }, nowMs: number): void {
      const last = recordedMs.get(key.id);
      if (last !== undefined && nowMs - last < RECORD_EVERY_MS) return;
      recordedMs.set(key.id, nowMs);
      waiting.set(key.id, { id: key.id, workspaceId: key.workspaceId, at: new Date(nowMs) });
      timer ??= detached(() => setTimeout(() => void flush(), FLUSH_AFTER_MS).unref());
    },
    close: () => detached(flush),
  };
});
