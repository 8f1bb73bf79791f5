/** What was, what is, and what was taken back. */
export interface History<T> {
  past: readonly T[];
  now: T;
  future: readonly T[];
  /** What the last change was about; the next one about the same is taken back together with it. */
  about: string | null;
}

const KEPT = 100;

export function begin<T>(now: T): History<T> {
  return { past: [], now, future: [], about: null };
}

/** A change. Typing in one field is one change, however many letters. */
export function change<T>(history: History<T>, now: T, about: string | null = null): History<T> {
  if (now === history.now) return history;
  const goesOn = about !== null && about === history.about;
  return { past: goesOn ? history.past : [...history.past, history.now].slice(-KEPT), now, future: [], about };
}

export function undo<T>(history: History<T>): History<T> {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  return { past: history.past.slice(0, -1), now: before, future: [history.now, ...history.future], about: null };
}

export function redo<T>(history: History<T>): History<T> {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.now], now: next, future, about: null };
}
