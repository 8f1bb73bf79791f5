import { Cadence, type Channel, type Preferences, type PreferencesPatch, QuietHours } from '@pulsestack/core';
import { channelsOf } from './page.ts';

const DAY_MS = 86_400_000;
export const PAUSES: Record<string, number> = { day: DAY_MS, week: 7 * DAY_MS, month: 30 * DAY_MS };

/**
 * What somebody changed on the page. Only what differs from what was shown becomes a choice, so that saving does not turn
 * every default into a wish of the user.
 */
export function patchOf(form: URLSearchParams, shown: Preferences, now: Date): PreferencesPatch | null {
  const categories: NonNullable<PreferencesPatch['categories']> = {};
  const consents: Record<string, boolean> = {};
  for (const category of shown.categories) {
    const choice: NonNullable<(typeof categories)[string]> = {};
    const channels: Partial<Record<Channel, boolean>> = {};
    for (const channel of channelsOf(shown, category)) {
      const { enabled, forced } = category.channels[channel];
      const wanted = form.has(`channel ${category.key} ${channel}`);
      if (!forced && wanted !== enabled) channels[channel] = wanted;
    }
    if (Object.keys(channels).length > 0) choice.channels = channels;
    if (category.digestible) {
      const cadence = cadenceOf(form, category.key);
      if (!cadence) return null;
      if (JSON.stringify(cadence) !== JSON.stringify(category.cadence)) choice.cadence = cadence;
    }
    const pause = form.get(`pause ${category.key}`);
    const pauseMs = Object.hasOwn(PAUSES, pause ?? '') ? PAUSES[pause ?? ''] : undefined;
    if (pauseMs !== undefined) choice.snoozedUntil = new Date(now.getTime() + pauseMs).toISOString();
    else if (pause === 'none' && category.snoozedUntil !== null) choice.snoozedUntil = null;
    if (Object.keys(choice).length > 0) categories[category.key] = choice;
    if (category.consent) {
      const granted = form.has(`consent ${category.consent.purpose}`);
      if (granted !== category.consent.granted) consents[category.consent.purpose] = granted;
    }
  }
  const quietHours = quietOf(form);
  if (quietHours === null) return null;
  const nothing = form.has('nothing');
  return {
    ...(Object.keys(categories).length > 0 ? { categories } : {}),
    ...(Object.keys(consents).length > 0 ? { consents } : {}),
    ...(quietHours && JSON.stringify(quietHours) !== JSON.stringify(shown.quietHours) ? { quietHours } : {}),
    ...(nothing === (shown.all === false) ? {} : { all: nothing ? false : null }),
  };
}

function cadenceOf(form: URLSearchParams, key: string): Cadence | null {
  const every = form.get(`cadence ${key}`) ?? 'instant';
  const at = form.get(`at ${key}`)?.slice(0, 5);
  const weekday = Number(form.get(`weekday ${key}`));
  const parsed = Cadence.safeParse(
    every === 'weekly' ? { every, weekday, at } : every === 'daily' ? { every, at } : { every },
  );
  return parsed.data ?? null;
}

/** Undefined when the page did not show them. */
function quietOf(form: URLSearchParams): QuietHours[] | null | undefined {
  if (!form.has('quiet')) return undefined;
  if (!form.has('quiet on')) return [];
  const parsed = QuietHours.safeParse({
    start: form.get('quiet start')?.slice(0, 5),
    end: form.get('quiet end')?.slice(0, 5),
    mode: form.get('quiet mode') ?? 'hold',
  });
  return parsed.success ? [parsed.data] : null;
}
