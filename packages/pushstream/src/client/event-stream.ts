import { type Acknowledgement, createAcknowledgement } from './ack.ts';
import { streamAddress } from './address.ts';
import { type Connection, connect, parseJson } from './connection.ts';
import { sharingName } from './identity.ts';
import type {
  EventMap,
  EventStream,
  EventStreamOptions,
  RegisteredEvents,
  StreamEventOf,
  StreamReset,
  StreamState,
} from './options.ts';
import type { ParsedEvent } from './parser.ts';
import { isAfter } from './position.ts';
import { canShareTabs, shareTabs, type Tabs } from './tabs.ts';

const RETRY_TOKEN_MS = 5_000;

/**
 * Reads events in order, each once, across disconnections, until closed.
 *
 * ```ts
 * const stream = createEventStream<{ 'order.shipped': { id: string } }>({ url: '/events' });
 * stream.on('order.shipped', ({ id }) => show(id));
 * ```
 */
export function createEventStream<Events extends EventMap = RegisteredEvents>(
  options: EventStreamOptions<Events>,
): EventStream<Events> {
  const listeners = new Map<string, Set<(data: never, cursor: string) => void>>();
  let state: StreamState = 'waiting';
  let cursor = options.cursor || null;
  let connection: Connection | null = null;
  let tabs: Tabs | null = null;
  let token: string | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;

  const ack = options.ack ? acknowledge(options.ack === true ? {} : options.ack) : null;
  if (options.shareTabs && canShareTabs()) void joinTabs(options.shareTabs);
  else readAlone();

  return {
    get state() {
      return state;
    },
    get cursor() {
      return cursor;
    },
    on(name, listener) {
      let named = listeners.get(name);
      if (!named) listeners.set(name, (named = new Set()));
      named.add(listener);
      return () => named.delete(listener);
    },
    close: () => close(),
  };

  // ---- where messages come from

  function readAlone(): void {
    connection = connect({
      request: options,
      cursor: () => cursor,
      onMessage: take,
      onState: turn,
      onToken: (now) => {
        token = now;
      },
    });
  }

  async function joinTabs(how: boolean | string): Promise<void> {
    turn('connecting');
    try {
      const now = how === true ? await options.token?.(false) : undefined;
      if (!isClosed()) shareAs(how, now);
    } catch (error) {
      turn('waiting', error instanceof Error ? error : new Error(String(error)));
      if (!isClosed()) again = setTimeout(() => void joinTabs(how), RETRY_TOKEN_MS * (0.5 + Math.random()));
    }
  }

  function shareAs(how: boolean | string, now: string | undefined): void {
    const name = sharingName(options, how, now);
    if (name === null) return readAlone();
    const joined = shareTabs({
      name,
      cursor: () => cursor,
      onMessage: take,
      onState: turn,
      open: (to) =>
        connect({
          ...to,
          request: options,
          cursor: () => cursor,
          onToken(nextToken) {
            token = nextToken;
            if (how !== true || sharingName(options, how, nextToken) === name) return;
            // Somebody else has signed in: what she reads is not for the tabs of the one before.
            joined.close();
            shareAs(how, nextToken);
          },
        }),
    });
    tabs = joined;
  }

  // ---- what becomes of them

  function take({ name, data: text, id }: ParsedEvent): void {
    if (isClosed()) return;
    if (name === 'ps.reset') {
      cursor = id;
      const { reason } = (parseJson(text) ?? {}) as StreamReset;
      call(() => options.onReset?.({ reason, cursor: id }));
      return;
    }
    // A server may send again what we had when the connection broke; the reader sees it once.
    if (id && !advance(id)) return;
    if (!name || name.startsWith('ps.')) return;
    const data = parseJson(text);
    const at = cursor ?? '';
    call(() => options.onEvent?.({ name, data, cursor: at } as StreamEventOf<Events>));
    for (const listener of listeners.get(name) ?? []) call(() => listener(data as never, at));
    if (ack && at && tabs?.isConnected !== false) ack.reached(at);
  }

  /** Moves forward; false when the position is one we have passed. */
  function advance(id: string): boolean {
    if (!isAfter(id, cursor)) return false;
    cursor = id;
    return true;
  }

  function acknowledge({ url, everyMs }: { url?: string | URL; everyMs?: number }): Acknowledgement {
    const [path, query] = String(options.url).split('?');
    const to = url ?? `${path?.replace(/\/$/, '')}/ack${query ? `?${query}` : ''}`;
    return createAcknowledgement({
      everyMs,
      fetch: options.fetch ?? globalThis.fetch.bind(globalThis),
      credentials: options.credentials ?? 'same-origin',
      headers: () => (token ? { ...options.headers, Authorization: `Bearer ${token}` } : { ...options.headers }),
      address: () => streamAddress(to, { client: options.client }),
    });
  }

  function turn(next: StreamState, cause?: Error): void {
    if (isClosed() || state === next) return;
    if (next === 'closed') return close(cause);
    state = next;
    call(() => options.onState?.(next, cause));
  }

  function isClosed(): boolean {
    return state === 'closed';
  }

  function close(cause?: Error): void {
    if (isClosed()) return;
    state = 'closed';
    clearTimeout(again);
    connection?.close();
    tabs?.close();
    ack?.close();
    call(() => options.onState?.('closed', cause));
  }
}

/** A listener's error is the page's to report, and no reason to lose the events after it. */
function call(listener: () => void): void {
  try {
    listener();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
