import { CHANNELS, type PreferenceChange, type Preferences, type PreferenceValue } from '@pulsestack/core';
import type { UserPreferences } from './decide.ts';
import { valueOf } from './merge.ts';
import type { ChangeRow } from './store/choices.ts';

/** The preferences as they work for a user at this moment. */
export function toPreferences(preferences: UserPreferences, now: Date, updatedAt: Date | null): Preferences {
  const { choices, rules, userId, timeZone } = preferences;
  const values = (category: string, workflow: string | null): Preferences['categories'][number]['channels'] =>
    Object.fromEntries(
      CHANNELS.map((channel) => [
        channel,
        valueOf(rules, choices, { channel, category, workflow, critical: false, at: now }),
      ]),
    ) as Record<(typeof CHANNELS)[number], PreferenceValue>;
  return {
    userId,
    timeZone,
    locale: preferences.locale ?? rules.defaults.locale,
    all: choices.all ?? null,
    channels: choices.channels ?? {},
    categories: [...rules.categories.values()].map((category) => {
      const chosen = choices.categories?.[category.key];
      const consent = category.consent === null ? undefined : choices.consents?.[category.consent];
      const snoozed = chosen?.snoozedUntil !== undefined && Date.parse(chosen.snoozedUntil) > now.getTime();
      return {
        key: category.key,
        name: category.name,
        description: category.description,
        critical: category.critical,
        digestible: category.digestible && !category.critical,
        cadence: chosen?.cadence ?? category.cadence,
        snoozedUntil: snoozed ? (chosen.snoozedUntil ?? null) : null,
        consent:
          category.consent === null
            ? null
            : { purpose: category.consent, granted: consent?.granted ?? false, at: consent?.at ?? null },
        channels: values(category.key, null),
      };
    }),
    workflows: [...rules.workflows.values()].map((rule) => ({
      workflow: rule.workflow,
      name: rule.name,
      category: rule.category,
      critical: rule.critical,
      channels: values(rule.category, rule.workflow),
    })),
    quietHours: choices.quietHours ?? rules.defaults.quietHours,
    quietHoursDecidedBy: choices.quietHours ? 'user' : 'workspace_default',
    doNotDisturb:
      choices.doNotDisturb && Date.parse(choices.doNotDisturb.until) > now.getTime() ? choices.doNotDisturb : null,
    updatedAt: updatedAt?.toISOString() ?? null,
  };
}

export function toChange(row: ChangeRow): PreferenceChange {
  return {
    id: row.id,
    at: row.at.toISOString(),
    actor: { kind: row.actor_kind, id: row.actor_id },
    source: row.source,
    changes: row.changes,
  };
}
