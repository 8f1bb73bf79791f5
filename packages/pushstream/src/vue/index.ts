import {
  getCurrentScope,
  type MaybeRefOrGetter,
  onScopeDispose,
  type Ref,
  readonly,
  shallowRef,
  toValue,
  watch,
} from 'vue';
import { type HeldStream, type HeldStreamOptions, heldStream, keyOf } from '../client/held-stream.ts';
import type { EventMap, RegisteredEvents, StreamReset, StreamState } from '../client/options.ts';

export interface UsePushStreamOptions extends HeldStreamOptions {
  /** Events are missing for good: fetch the state anew. */
  onReset?: (reset: StreamReset) => void;
}

export interface PushStreamView<Events extends EventMap> {
  readonly state: Readonly<Ref<StreamState>>;
  /** Why the server ended it for good, or what is wrong while it waits. */
  readonly error: Readonly<Ref<Error | null>>;
  /** Calls back for each event of a name until the scope ends, or until what it returns is called. */
  on<Name extends keyof Events & string>(
    name: Name,
    listener: (data: Events[Name], cursor: string) => void,
  ): () => void;
  /** The data of the newest event of a name; before the first, what is given. */
  latest<Name extends keyof Events & string>(name: Name): Readonly<Ref<Events[Name] | undefined>>;
  latest<Name extends keyof Events & string>(name: Name, initial: Events[Name]): Readonly<Ref<Events[Name]>>;
  /** Lets go before the scope ends. */
  close(): void;
}

/**
 * A stream, open while its scope lives: a component, or an effect scope. Scopes with the same address share one connection.
 * Options may be a ref or a getter: where the address changes, the stream does. On a server nothing is opened.
 *
 * ```ts
 * const { state, on } = usePushStream<Events>({ url: '/events' });
 * on('order.shipped', ({ id }) => show(id));
 * ```
 */
export function usePushStream<Events extends EventMap = RegisteredEvents>(
  options: MaybeRefOrGetter<UsePushStreamOptions>,
): PushStreamView<Events> {
  const state = shallowRef<StreamState>('connecting');
  const error = shallowRef<Error | null>(null);
  const listeners = new Map<string, Set<(data: never, cursor: string) => void>>();
  let stream: HeldStream<Events> | null = null;
  let leave: (() => void)[] = [];
  let unwatch = () => {};

  if (typeof window !== 'undefined') {
    unwatch = watch(() => keyOf(toValue(options)), enter, { immediate: true, flush: 'sync' });
    if (getCurrentScope()) onScopeDispose(close);
  }

  return {
    state: readonly(state) as Readonly<Ref<StreamState>>,
    error: readonly(error) as Readonly<Ref<Error | null>>,
    on,
    latest<Name extends keyof Events & string>(name: Name, initial?: Events[Name]) {
      const newest = shallowRef(initial);
      on(name, (data) => {
        newest.value = data;
      });
      return newest as Readonly<Ref<Events[Name]>>;
    },
    close,
  };

  function on<Name extends keyof Events & string>(
    name: Name,
    listener: (data: Events[Name], cursor: string) => void,
  ): () => void {
    let named = listeners.get(name);
    if (!named) {
      listeners.set(name, (named = new Set()));
      forward(name);
    }
    named.add(listener);
    return () => named.delete(listener);
  }

  function enter(): void {
    for (const stop of leave) stop();
    const given = toValue(options);
    const next = heldStream<Events>(given);
    next.use(given);
    stream = next;
    leave = [next.watch(show), next.onReset((reset) => toValue(options).onReset?.(reset))];
    for (const name of listeners.keys()) forward(name);
    leave.push(next.hold());
    show();
  }

  function forward(name: string): void {
    if (!stream) return;
    const stop = stream.on(name as keyof Events & string, (data, cursor) => {
      for (const listener of listeners.get(name) ?? []) listener(data as never, cursor);
    });
    leave.push(stop);
  }

  function show(): void {
    state.value = stream?.state ?? 'closed';
    error.value = stream?.error ?? null;
  }

  function close(): void {
    unwatch();
    for (const stop of leave.splice(0)) stop();
    listeners.clear();
    stream = null;
    show();
  }
}
