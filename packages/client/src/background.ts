// A browser opens six connections to one server for all its tabs together, unless it speaks HTTP/2. So many hidden tabs may
// keep one; with those that are looked at, enough is left for everything else.
const HIDDEN_STREAMS = 3;
const REST_AFTER_MS = 10_000;

export interface BackgroundOptions {
  /** The server whose connections are shared. */
  name: string;
  /** Let go of the connection; nothing is lost, for the stream is resumed where it was left. */
  rest(): void;
  wake(): void;
}

/** Lets a tab rest that nobody looks at, where others need the connection more. Returns how to stop watching. */
export function watchBackground({ name, rest, wake }: BackgroundOptions): () => void {
  if (typeof document === 'undefined' || typeof navigator === 'undefined' || !navigator.locks) return () => {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  let giveBack: (() => void) | null = null;
  let isResting = false;

  const onChange = () => {
    clearTimeout(timer);
    if (document.visibilityState === 'hidden') {
      timer = setTimeout(() => void settle(), REST_AFTER_MS);
      return;
    }
    giveBack?.();
    giveBack = null;
    if (!isResting) return;
    isResting = false;
    wake();
  };
  document.addEventListener('visibilitychange', onChange);
  onChange();

  return () => {
    document.removeEventListener('visibilitychange', onChange);
    clearTimeout(timer);
    giveBack?.();
  };

  async function settle(): Promise<void> {
    for (let slot = 0; slot < HIDDEN_STREAMS; slot += 1) if (await take(`pulsestack.stream.${name}.${slot}`)) return;
    if (document.visibilityState !== 'hidden') return;
    isResting = true;
    rest();
  }

  /** Resolves with whether the lock was free; it is held until given back. */
  function take(lockName: string): Promise<boolean> {
    return new Promise((resolve) => {
      void navigator.locks.request(lockName, { ifAvailable: true }, (lock) => {
        if (!lock || document.visibilityState !== 'hidden') {
          resolve(false);
          return undefined;
        }
        return new Promise<void>((release) => {
          giveBack = release;
          resolve(true);
        });
      });
    });
  }
}
