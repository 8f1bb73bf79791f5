import type { Connection } from './connection.ts';
import type { StreamState } from './options.ts';
import type { ParsedEvent } from './parser.ts';
import { reaches } from './position.ts';

/** What one tab says to the others. Whatever is lost of it shows as a gap, because each event names the position before it. */
type Word =
  | { kind: 'hello' }
  | { kind: 'here'; cursor: string | null; state: StreamState; heartbeatMs: number }
  | { kind: 'event'; after: string | null; message: ParsedEvent };

export interface TabsOptions {
  name: string;
  cursor(): string | null;
  /** Opens this tab's own connection, from its cursor. */
  open(to: {
    onMessage(message: ParsedEvent): void;
    onState(state: StreamState, cause?: Error): void;
    onAlive(heartbeatMs: number): void;
  }): Connection;
  onMessage(message: ParsedEvent): void;
  onState(state: StreamState, cause?: Error): void;
}

export interface Tabs {
  /** Whether this tab speaks with the server itself. */
  readonly isConnected: boolean;
  close(): void;
}

const SPEAK_EVERY_MS = 5_000;
const SPEAK_AT_MOST_MS = 1_000;
const ANSWER_WITHIN_MS = 2_000;

export function canShareTabs(): boolean {
  return typeof BroadcastChannel !== 'undefined' && Boolean(globalThis.navigator?.locks);
}

/**
 * One connection for all tabs of a name. Whoever holds the lock leads: it reads, and passes on what it reads. The browser
 * frees the lock of a tab that closes or crashes, and the next leader resumes at its own cursor; what others have already they
 * drop. A tab that finds a gap between itself and the leader reads by itself until it has caught up, so no hand-over, frozen tab
 * or lost word costs an event.
 */
export function shareTabs(options: TabsOptions): Tabs {
  const { name, cursor, onMessage, onState } = options;
  const channel = new BroadcastChannel(name);
  let own: Connection | null = null;
  let isLeading = false;
  let isClosed = false;
  // How far the leader is, while this tab reads by itself to get there.
  let goal = '';
  let heardAt = Date.now();
  let spokenAt = 0;
  let heartbeatMs = 15_000;
  let doubt: ReturnType<typeof setTimeout> | undefined;
  let queued = new AbortController();
  let release = () => {};

  channel.addEventListener('message', ({ data }: MessageEvent<Word>) => hear(data));
  const pulse = setInterval(() => (isLeading ? speak() : doubtLeader()), SPEAK_EVERY_MS);
  const look = () => {
    if (!isLeading && globalThis.document?.visibilityState !== 'hidden') say({ kind: 'hello' });
  };
  // A page that was put aside may have missed what was said meanwhile.
  globalThis.addEventListener?.('pageshow', look);
  globalThis.document?.addEventListener('visibilitychange', look);
  onState('connecting');
  follow();

  return {
    get isConnected() {
      return own !== null;
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      clearInterval(pulse);
      clearTimeout(doubt);
      globalThis.removeEventListener?.('pageshow', look);
      globalThis.document?.removeEventListener('visibilitychange', look);
      own?.close();
      own = null;
      queued.abort();
      release();
      channel.close();
    },
  };

  // ---- who leads

  function follow(): void {
    isLeading = false;
    heardAt = Date.now();
    queued = new AbortController();
    claim({ signal: queued.signal });
    say({ kind: 'hello' });
  }

  function claim(how: LockOptions): void {
    let isHeld = false;
    navigator.locks
      .request(name, how, () => {
        if (isClosed) return undefined;
        isHeld = true;
        lead();
        return new Promise<void>((resolve) => {
          release = resolve;
        });
      })
      .catch(() => {
        if (isClosed) return;
        if (isHeld) step();
        // A sandboxed page may not have locks at all.
        else if (!isLeading && !how.signal?.aborted) lead();
      });
  }

  function lead(): void {
    isLeading = true;
    clearTimeout(doubt);
    doubt = undefined;
    if (own) speak();
    else read();
  }

  /** Another tab has taken the lead, because this one did not answer. */
  function step(): void {
    own?.close();
    own = null;
    follow();
  }

  /** A leader that neither speaks nor answers is frozen, and keeps its lock all the same. */
  function doubtLeader(): void {
    if (doubt || Date.now() - heardAt <= 2 * heartbeatMs + SPEAK_EVERY_MS) return;
    say({ kind: 'hello' });
    doubt = setTimeout(
      () => {
        doubt = undefined;
        queued.abort();
        claim({ steal: true });
      },
      ANSWER_WITHIN_MS * (1 + Math.random()),
    );
  }

  // ---- what is read

  function read(): void {
    own = options.open({
      onMessage(message) {
        if (isLeading) say({ kind: 'event', after: cursor(), message });
        onMessage(message);
        settle();
      },
      onState(state, cause) {
        onState(state, cause);
        if (isLeading) speak();
      },
      onAlive(ms) {
        heartbeatMs = ms;
        if (isLeading && Date.now() - spokenAt > SPEAK_AT_MOST_MS) speak();
      },
    });
  }

  function catchUp(to: string): void {
    goal = to;
    if (!own && !reaches(cursor(), to)) read();
  }

  function settle(): void {
    if (isLeading || !own || !reaches(cursor(), goal)) return;
    own.close();
    own = null;
  }

  // ---- what is said

  function hear(word: Word): void {
    if (word.kind === 'hello') return isLeading ? speak() : undefined;
    // What an old leader still says was true when it was said; but who leads does not follow.
    if (isLeading) return;
    heardAt = Date.now();
    clearTimeout(doubt);
    doubt = undefined;
    const at = cursor();
    if (word.kind === 'event') {
      const { after, message } = word;
      if (own) advanceGoal(message.id);
      else if (isNext(after, message, at)) onMessage(message);
      else catchUp(message.id);
      return;
    }
    heartbeatMs = word.heartbeatMs;
    if (own) advanceGoal(word.cursor ?? '');
    else if (word.cursor && at === null) onMessage({ name: '', data: '', id: word.cursor });
    else if (word.cursor && !reaches(at, word.cursor)) catchUp(word.cursor);
    if (!own) onState(word.state);
  }

  function advanceGoal(id: string): void {
    if (id) goal = id;
    settle();
  }

  function say(word: Word): void {
    if (!isClosed) channel.postMessage(word);
  }

  function speak(): void {
    if (!own) return;
    spokenAt = Date.now();
    say({ kind: 'here', cursor: cursor(), state: own.state, heartbeatMs });
  }
}

/** Whether nothing can be missing between a tab at `at` and a message that follows `after`. */
function isNext(after: string | null, message: ParsedEvent, at: string | null): boolean {
  // What the leader has lost for good, others need not have lost.
  if (message.name === 'ps.reset') return after === at;
  if (at === null) return true;
  return reaches(at, after ?? message.id);
}
