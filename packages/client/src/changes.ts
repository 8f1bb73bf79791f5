import type { Http } from './http.ts';
import { applyMark, type Mark } from './marks.ts';
import type { Memory, Pending } from './memory.ts';
import type { Change, InboxFilter, InboxItem, InboxMark, Json, MarkResult } from './types.ts';

export interface ChangesParts {
  http: Http;
  memory: Memory;
  /** Reads the lists again: more was touched than is known here. */
  refetch(): void;
}

/** Changes are shown at once, counted at once, and taken back when the server refuses them. */
export interface Changes {
  mark(id: string, mark: Mark): Promise<Change>;
  markAll(mark: InboxMark, filter?: InboxFilter): Promise<Change>;
  seen(ids: readonly string[]): Promise<void>;
  press(id: string, actionId: string, result?: Json): Promise<InboxItem>;
}

export function createChanges({ http, memory, refetch }: ChangesParts): Changes {
  return {
    async mark(id, mark) {
      const before = memory.find(id);
      const result = await optimistically(marking([id], mark), () => send(id, mark));
      return { changed: result.changed, undo: () => undo(result, before ? [before] : []) };
    },
    async markAll(mark, filter = {}) {
      const touched = memory.view({ ...filter, state: filter.state ?? 'active' }, null);
      const pending = {
        ...marking(
          touched.map((item) => item.id),
          { name: mark },
        ),
        clears: clearing(mark, filter),
      };
      const result = await optimistically(pending, () =>
        http.post<MarkResult>('/v1/inbox/mark', { body: { mark, filter } }),
      );
      return {
        changed: result.changed,
        undo: async () => {
          await undo(result, touched);
          refetch();
        },
      };
    },
    async seen(ids) {
      const body = { mark: 'seen', ids };
      await optimistically(marking(ids, { name: 'seen' }), () => http.post<MarkResult>('/v1/inbox/mark', { body }));
    },
    async press(id, actionId, result) {
      const at = new Date().toISOString();
      const pending: Pending = {
        ids: new Set([id]),
        apply: (item) => item && { ...applyRead(item, at), action: { id: actionId, at, result: result ?? null } },
      };
      memory.begin(pending);
      try {
        const item = await http.post<InboxItem>(
          `/v1/inbox/${encodeURIComponent(id)}/actions/${encodeURIComponent(actionId)}`,
          {
            body: result === undefined ? {} : { result },
          },
        );
        memory.settle({ ...pending, apply: () => item }, null);
        return item;
      } finally {
        memory.drop(pending);
      }
    },
  };

  async function optimistically(pending: Pending, send: () => Promise<MarkResult>): Promise<MarkResult> {
    memory.begin(pending);
    try {
      const result = await send();
      memory.settle(pending, result.own);
      return result;
    } catch (error) {
      memory.drop(pending);
      throw error;
    }
  }

  function send(id: string, mark: Mark): Promise<MarkResult> {
    const path = `/v1/inbox/${encodeURIComponent(id)}`;
    if (mark.name === 'delete') return http.delete(path);
    return http.post(`${path}/${mark.name}`, mark.name === 'snooze' ? { body: { until: mark.until } } : {});
  }

  async function undo(result: MarkResult, before: readonly InboxItem[]): Promise<void> {
    if (result.undo === null) return;
    const earlier = new Map(before.map((item) => [item.id, item]));
    const pending: Pending = { ids: new Set(earlier.keys()), apply: (item, id) => earlier.get(id) ?? item };
    await optimistically(pending, () => http.post<MarkResult>('/v1/inbox/undo', { body: { undo: result.undo } }));
  }
}

function marking(ids: readonly string[], mark: Mark): Pending {
  const at = new Date().toISOString();
  return { ids: new Set(ids), apply: (item) => item && applyMark(item, mark, at) };
}

function applyRead(item: InboxItem, at: string): InboxItem {
  return applyMark(item, { name: 'read' }, at) ?? item;
}

/** What a mark of everything does to the counts, where that can be known without asking. */
function clearing(mark: InboxMark, filter: InboxFilter): Pending['clears'] {
  const isPlain =
    ['active', 'unread', undefined].includes(filter.state) &&
    !filter.type &&
    !filter.priority &&
    !filter.from &&
    !filter.to;
  if (!isPlain || mark === 'unread' || mark === 'unarchive') return undefined;
  const categories = filter.category === undefined ? null : [filter.category].flat();
  return { unread: mark !== 'seen', categories };
}
