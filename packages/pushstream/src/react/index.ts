import {
  createContext,
  createElement,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { type HeldStream, type HeldStreamOptions, heldStream } from '../client/held-stream.ts';
import type { EventMap, RegisteredEvents, StreamReset, StreamState } from '../client/options.ts';

export interface UsePushStreamOptions extends HeldStreamOptions {
  /** Events are missing for good: fetch the state anew. */
  onReset?: (reset: StreamReset) => void;
}

/** A stream as components see it; the same object as long as its key is the same. */
export type StreamSource<Events extends EventMap> = Pick<
  HeldStream<Events>,
  'on' | 'watch' | 'state' | 'cursor' | 'error'
>;

export interface PushStreamView<Events extends EventMap> {
  state: StreamState;
  /** Why the server ended it for good, or what is wrong while it waits. */
  error: Error | null;
  /** For `usePushStreamEvent` and `usePushStreamData`. */
  stream: StreamSource<Events>;
}

const StreamContext = createContext<StreamSource<EventMap> | null>(null);

/** Opens a stream for everything inside it. */
export function PushStreamProvider({ children, ...options }: UsePushStreamOptions & { children?: ReactNode }) {
  const { stream } = usePushStream<EventMap>(options);
  return createElement(StreamContext.Provider, { value: stream }, children);
}

/**
 * A stream, open while a component that uses it is on the page. Components with the same address share one connection; without
 * options it is the provider's. On a server nothing is opened.
 *
 * ```tsx
 * const { state, stream } = usePushStream<Events>({ url: '/events' });
 * usePushStreamEvent(stream, 'order.shipped', ({ id }) => show(id));
 * ```
 */
export function usePushStream<Events extends EventMap = RegisteredEvents>(
  options?: UsePushStreamOptions,
): PushStreamView<Events> {
  const outer = useContext(StreamContext);
  // The same object for the same key.
  const own = options ? heldStream<Events>(options) : null;
  const onReset = useLatest(options?.onReset);
  const latest = useLatest(options);

  useEffect(() => {
    if (own && options) own.use(options);
  });
  useEffect(() => {
    if (!own) return undefined;
    if (latest.current) own.use(latest.current);
    const stop = own.onReset((reset) => onReset.current?.(reset));
    const release = own.hold();
    return () => {
      stop();
      release();
    };
  }, [own, latest, onReset]);

  const stream = own ?? (outer as StreamSource<Events> | null);
  if (!stream) throw new Error('usePushStream() without options needs a <PushStreamProvider> around it.');
  return { state: useStreamState(stream), error: stream.error, stream };
}

/** Calls back for each event of a name while the component is on the page. The listener may be another one each time. */
export function usePushStreamEvent<Name extends keyof RegisteredEvents & string>(
  name: Name,
  listener: (data: RegisteredEvents[Name], cursor: string) => void,
): void;
export function usePushStreamEvent<Events extends EventMap, Name extends keyof Events & string>(
  stream: StreamSource<Events>,
  name: Name,
  listener: (data: Events[Name], cursor: string) => void,
): void;
export function usePushStreamEvent(...given: unknown[]): void {
  const outer = useContext(StreamContext);
  const [stream, name, listener] = (given.length === 3 ? given : [outer, ...given]) as [
    StreamSource<EventMap> | null,
    string,
    (data: unknown, cursor: string) => void,
  ];
  const latest = useLatest(listener);
  if (!stream) throw new Error('usePushStreamEvent() needs a stream, or a <PushStreamProvider> around it.');
  useEffect(() => stream.on(name, (data, cursor) => latest.current(data, cursor)), [stream, name, latest]);
}

/** The data of the newest event of a name since the component is on the page; before the first, what is given. */
export function usePushStreamData<Events extends EventMap, Name extends keyof Events & string>(
  stream: StreamSource<Events>,
  name: Name,
): Events[Name] | undefined;
export function usePushStreamData<Events extends EventMap, Name extends keyof Events & string>(
  stream: StreamSource<Events>,
  name: Name,
  initial: Events[Name],
): Events[Name];
export function usePushStreamData<Events extends EventMap, Name extends keyof Events & string>(
  stream: StreamSource<Events>,
  name: Name,
  initial?: Events[Name],
): Events[Name] | undefined {
  const [data, setData] = useState<{ value: Events[Name] | undefined }>({ value: initial });
  usePushStreamEvent(stream, name, (value: Events[Name]) => setData({ value }));
  return data.value;
}

/** The state of the provider's connection, or of a given stream. */
export function usePushStreamState(given?: Pick<StreamSource<EventMap>, 'watch' | 'state'>): StreamState {
  const outer = useContext(StreamContext);
  const stream = given ?? outer;
  if (!stream) throw new Error('usePushStreamState() needs a stream, or a <PushStreamProvider> around it.');
  return useStreamState(stream);
}

function useStreamState(stream: Pick<StreamSource<EventMap>, 'watch' | 'state'>): StreamState {
  const subscribe = useCallback((changed: () => void) => stream.watch(changed), [stream]);
  return useSyncExternalStore(
    subscribe,
    () => stream.state,
    () => 'connecting',
  );
}

function useLatest<Value>(value: Value): { current: Value } {
  const latest = useRef(value);
  useEffect(() => {
    latest.current = value;
  });
  return latest;
}
