import {
  type Channel,
  type ChannelChoices,
  type FieldError,
  type PreferenceChange,
  type PreferencesPatch,
  UserChoices,
} from '@pulsestack/core';
import { isCritical, valueOf, type WorkspaceRules } from './merge.ts';

type Json = PreferenceChange['changes'][number]['from'];
type Plain = { [key: string]: Json };

/** What is wrong with a patch: fields that nobody knows, or fields that the workspace keeps for itself. */
export interface Refusal {
  kind: 'unknown' | 'forced';
  fields: FieldError[];
}

/** Checks a patch against what the workspace has said. Taking a choice back is always allowed. */
export function refusePatch(rules: WorkspaceRules, patch: PreferencesPatch): Refusal | null {
  const unknown: FieldError[] = [];
  const forced: FieldError[] = [];
  const refuse = (list: FieldError[], path: string[], message: string) =>
    list.push({ in: 'body', field: `/${path.map(pointer).join('/')}`, message });

  const refuseForced = (
    path: string[],
    channels: Partial<Record<Channel, boolean | null>> | null | undefined,
    asked: { category: string; workflow: string | null },
  ) => {
    for (const [channel, value] of Object.entries(channels ?? {})) {
      if (value === null) continue;
      const fixed = valueOf(rules, {}, { ...asked, channel: channel as Channel, critical: false, at: new Date(0) });
      if (fixed.forced)
        refuse(
          forced,
          [...path, 'channels', channel],
          `is ${fixed.enabled ? 'on' : 'off'} for everyone by the workspace`,
        );
    }
  };

  refuseForced([], patch.channels, { category: '', workflow: null });
  for (const [key, choice] of Object.entries(patch.categories ?? {})) {
    const path = ['categories', key];
    const category = rules.categories.get(key);
    if (!category) {
      refuse(unknown, path, 'is no category of this workspace');
      continue;
    }
    refuseForced(path, choice?.channels, { category: key, workflow: null });
    if (choice?.snoozedUntil && category.critical)
      refuse(forced, [...path, 'snoozedUntil'], 'cannot be set, because the category is critical');
    if (choice?.cadence && choice.cadence.every !== 'instant' && (category.critical || !category.digestible))
      refuse(forced, [...path, 'cadence'], 'cannot be set, because the category is never read as a digest');
  }
  for (const [key, choice] of Object.entries(patch.workflows ?? {})) {
    const path = ['workflows', key];
    const rule = rules.workflows.get(key);
    if (!rule) refuse(unknown, path, 'is no workflow of this workspace');
    else refuseForced(path, choice?.channels, { category: rule.category, workflow: key });
  }
  if (unknown.length > 0) return { kind: 'unknown', fields: unknown };
  return forced.length > 0 ? { kind: 'forced', fields: forced } : null;
}

/** The choices after a patch, and each value that changed. */
export function applyPatch(
  choices: UserChoices,
  { consents, ...patch }: PreferencesPatch,
  about: { at: Date; source: string },
): { choices: UserChoices; changes: PreferenceChange['changes'] } {
  const before = choices as Plain;
  const after = merge(before, patch as Plain);
  for (const [purpose, granted] of Object.entries(consents ?? {})) {
    const known = choices.consents?.[purpose];
    if (known?.granted === granted) continue;
    after.consents = {
      ...(after.consents as Plain | undefined),
      [purpose]: { granted, at: about.at.toISOString(), source: about.source },
    };
  }
  return { choices: UserChoices.parse(after), changes: [...differences('', before, after)] };
}

/** A merge patch of RFC 7396; objects that became empty say nothing and are left out. Rules and cadences are values, not objects to merge. */
function merge(target: Plain, patch: Plain): Plain {
  const merged: Plain = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    if (value === null) delete merged[key];
    else if (isPlain(value) && !WHOLE.has(key)) {
      const inner = merge(isPlain(merged[key]) ? merged[key] : {}, value);
      if (Object.keys(inner).length > 0) merged[key] = inner;
      else delete merged[key];
    } else merged[key] = value;
  }
  return merged;
}

const WHOLE: ReadonlySet<string> = new Set(['cadence', 'doNotDisturb', 'quietHours']);

function* differences(
  path: string,
  from: Json | undefined,
  to: Json | undefined,
): Generator<PreferenceChange['changes'][number]> {
  const key = path.slice(path.lastIndexOf('/') + 1);
  const inside = (isPlain(from) || isPlain(to)) && !WHOLE.has(key) && !/^\/consents\/[^/]+$/.test(path);
  if (inside) {
    const left = isPlain(from) ? from : {};
    const right = isPlain(to) ? to : {};
    for (const inner of new Set([...Object.keys(left), ...Object.keys(right)]))
      yield* differences(`${path}/${pointer(inner)}`, left[inner], right[inner]);
  } else if (JSON.stringify(from) !== JSON.stringify(to)) yield { path, from: from ?? null, to: to ?? null };
}

/**
 * The patch of "no more of this by e-mail". What was once turned on in particular must not win over it, so it is taken back.
 */
export function unsubscribePatch(
  choices: UserChoices,
  what: 'category' | 'all',
  from: { channel: Channel; category: string; workflow: string | null },
): PreferencesPatch {
  const { channel } = from;
  const off: ChannelChoices = { [channel]: false };
  const unset = { channels: { [channel]: null } };
  if (what === 'category') {
    const chosen = from.workflow !== null && choices.workflows?.[from.workflow]?.channels?.[channel] === true;
    return {
      categories: { [from.category]: { channels: off } },
      ...(chosen && from.workflow !== null ? { workflows: { [from.workflow]: unset } } : {}),
    };
  }
  const turnedOn = <Choice extends { channels?: ChannelChoices | undefined }>(
    all: Record<string, Choice> | undefined,
  ) =>
    Object.fromEntries(
      Object.entries(all ?? {})
        .filter(([, choice]) => choice.channels?.[channel] === true)
        .map(([key]) => [key, unset]),
    );
  return { channels: off, categories: turnedOn(choices.categories), workflows: turnedOn(choices.workflows) };
}

/** May the user turn this off at all? */
export function canChange(
  rules: WorkspaceRules,
  asked: { channel: Channel; category: string; workflow: string | null },
): boolean {
  return (
    !isCritical(rules, { ...asked, critical: false }) &&
    !valueOf(rules, {}, { ...asked, critical: false, at: new Date(0) }).forced
  );
}

function isPlain(value: Json | undefined): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function pointer(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}
