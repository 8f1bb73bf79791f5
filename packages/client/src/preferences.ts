import { PulseStackError } from './error.ts';
import type { Http } from './http.ts';
import type { Cadence, Channel, Preferences, PreferencesPatch, QuietHours, Readable } from './types.ts';

export interface PreferenceSnapshot {
  /** What the user wants, with what this tab has just changed; null until known. */
  preferences: Preferences | null;
  /** A change is on its way. */
  saving: boolean;
  /** Why they could not be loaded, or why the last change was taken back. */
  error: PulseStackError | null;
}

/** What the user wants to receive, loaded when somebody subscribes. A change shows at once, and is taken back when it is refused. */
export interface PreferenceStore extends Readable<PreferenceSnapshot> {
  setChannel(category: string, channel: Channel, enabled: boolean): Promise<void>;
  setCadence(category: string, cadence: Cadence): Promise<void>;
  /** Null ends the snooze. */
  snooze(category: string, until: Date | null): Promise<void>;
  setConsent(purpose: string, granted: boolean): Promise<void>;
  setQuietHours(windows: readonly QuietHours[]): Promise<void>;
  /** False turns everything off that is not chosen in particular; true takes that back. */
  setEverything(enabled: boolean): Promise<void>;
  /** Any change, as the API takes it. Rejects never: look at `error`. */
  change(patch: PreferencesPatch): Promise<void>;
  reload(): Promise<void>;
}

interface Options {
  http: Http;
  retain(): () => void;
}

/** One change on its way: how it looks before the server has answered. */
interface Pending {
  patch: PreferencesPatch;
  apply(preferences: Preferences): Preferences;
}

const PATH = '/v1/me/preferences';

export function createPreferences({ http, retain }: Options): PreferenceStore & { hear(): void } {
  const listeners = new Set<() => void>();
  let known: Preferences | null = null;
  let error: PulseStackError | null = null;
  let pending: Pending[] = [];
  let snapshot: PreferenceSnapshot = { preferences: null, saving: false, error: null };
  let loading: Promise<void> | null = null;
  // One at a time, so that the answer of an earlier change never covers that of a later one.
  let last: Promise<void> = Promise.resolve();

  return {
    getSnapshot: () => snapshot,
    subscribe(listener) {
      listeners.add(listener);
      const release = retain();
      if (known === null) void reload();
      return () => {
        listeners.delete(listener);
        release();
      };
    },
    setChannel(category, channel, enabled) {
      return begin({
        patch: { categories: { [category]: { channels: { [channel]: enabled } } } },
        apply: (preferences) =>
          inCategory(preferences, category, (one) => ({
            ...one,
            channels: { ...one.channels, [channel]: { ...one.channels[channel], enabled, decidedBy: 'user_category' } },
          })),
      });
    },
    setCadence: (category, cadence) =>
      begin({
        patch: { categories: { [category]: { cadence } } },
        apply: (preferences) => inCategory(preferences, category, (one) => ({ ...one, cadence })),
      }),
    snooze(category, until) {
      const snoozedUntil = until?.toISOString() ?? null;
      return begin({
        patch: { categories: { [category]: { snoozedUntil } } },
        apply: (preferences) => inCategory(preferences, category, (one) => ({ ...one, snoozedUntil })),
      });
    },
    setConsent: (purpose, granted) =>
      begin({
        patch: { consents: { [purpose]: granted } },
        apply: (preferences) => ({
          ...preferences,
          categories: preferences.categories.map((one) =>
            one.consent?.purpose === purpose ? { ...one, consent: { ...one.consent, granted } } : one,
          ),
        }),
      }),
    setQuietHours: (windows) =>
      begin({
        patch: { quietHours: [...windows] },
        apply: (preferences) => ({ ...preferences, quietHours: [...windows], quietHoursDecidedBy: 'user' }),
      }),
    setEverything(enabled) {
      const all = enabled ? null : false;
      return begin({ patch: { all }, apply: (preferences) => ({ ...preferences, all }) });
    },
    change: (patch) => begin({ patch, apply: (preferences) => preferences }),
    reload,
    hear() {
      // Heard of our own changes as well; their answer has said it already.
      if (listeners.size > 0 && pending.length === 0) void reload();
      else if (pending.length === 0) known = null;
    },
  };

  function begin(change: Pending): Promise<void> {
    pending = [...pending, change];
    error = null;
    show();
    last = last.then(() => send(change));
    return last;
  }

  async function send(change: Pending): Promise<void> {
    try {
      known = await http.patch<Preferences>(PATH, { body: change.patch });
    } catch (cause) {
      error = asError(cause);
    }
    pending = pending.filter((one) => one !== change);
    show();
  }

  function reload(): Promise<void> {
    loading ??= http
      .get<Preferences>(PATH)
      .then(
        (answer) => {
          known = answer;
          error = null;
        },
        (cause: unknown) => {
          error = asError(cause);
        },
      )
      .finally(() => {
        loading = null;
        show();
      });
    return loading;
  }

  function show(): void {
    const preferences = known && pending.reduce((shown, change) => change.apply(shown), known);
    snapshot = { preferences, saving: pending.length > 0, error };
    for (const listener of listeners) listener();
  }
}

type Category = Preferences['categories'][number];

function inCategory(preferences: Preferences, key: string, change: (category: Category) => Category): Preferences {
  return {
    ...preferences,
    categories: preferences.categories.map((one) => (one.key === key ? change(one) : one)),
  };
}

function asError(cause: unknown): PulseStackError {
  return cause instanceof PulseStackError
    ? cause
    : new PulseStackError('client.failed', 'The preferences could not be reached.', { cause });
}
