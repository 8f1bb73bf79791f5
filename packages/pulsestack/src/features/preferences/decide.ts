import { createHash } from 'node:crypto';
import type {
  Cadence,
  Channel,
  Decision,
  DecisionLine,
  DoNotDisturb,
  PreferenceValue,
  Priority,
  QuietHours,
  QuietMode,
  ReasonCode,
  UserChoices,
} from '@pulsestack/core';
import { MINUTE_MS, nextFire, quietUntil } from '../../kernel/time/index.ts';
import { type CapUsage, fullCap } from './caps.ts';
import { isCritical, valueOf, type WorkspaceRules } from './merge.ts';
import * as say from './sentences.ts';
import { addressKey } from './suppression.ts';

/** Everything that is known of what one user wants. */
export interface UserPreferences {
  userId: string;
  /** False when there is no such user any more. */
  known: boolean;
  locale: string | null;
  /** The user's own, else that of the workspace, else UTC. */
  timeZone: string;
  /** Null when the user has none, and `timeZone` is that of the workspace. */
  ownTimeZone: string | null;
  rules: WorkspaceRules;
  choices: UserChoices;
}

/** A message that wants to go out. */
export interface Subject {
  userId: string;
  channel: Channel;
  /** Where it would go; null when the user has none. */
  address: string | null;
  category: string;
  workflow: string | null;
  priority: Priority;
  critical: boolean;
  /** Now. */
  at: Date;
  /** When the sender wants it to go. */
  sendAt?: Date | undefined;
  /** The digest of this category before, so that who changes zones does not get two in one day. */
  lastDigestAt?: Date | undefined;
}

type Verdict =
  | { verdict: 'pass' }
  | { verdict: 'skip'; code: ReasonCode }
  | { verdict: 'hold' | 'digest'; code: ReasonCode; until: Date };
type Said = Verdict & { sentence: string; detail?: DecisionLine['detail'] };

/** One layer: what it says of a message. Pure, like everything here. */
type Layer = (preferences: UserPreferences, subject: Subject, usage: CapUsage, critical: boolean) => Said;

const LAYERS: readonly [DecisionLine['layer'], Layer][] = [
  ['suppression', suppression],
  ['consent', consent],
  ['preference', preference],
  ['cap', cap],
  ['quiet_hours', quietHours],
  ['digest', digest],
  ['send_time', sendTime],
];

/**
 * Decides what becomes of a message: it goes, it waits, it joins a digest, or it is not sent. The layers are asked in
 * order until one does not let it pass; each leaves a line that says why, in words for those who support users.
 */
export function decide(preferences: UserPreferences, subject: Subject, usage: CapUsage): Decision {
  const critical = isCritical(preferences.rules, subject);
  const lines: DecisionLine[] = [];
  for (const [layer, ask] of LAYERS) {
    const { sentence, detail, ...said } = ask(preferences, subject, usage, critical);
    lines.push({
      layer,
      verdict: said.verdict,
      code: said.verdict === 'pass' ? null : said.code,
      sentence,
      ...(detail ? { detail } : {}),
    });
    if (said.verdict === 'skip') return { outcome: 'skip', code: said.code, lines };
    if (said.verdict !== 'pass')
      return { outcome: said.verdict, code: said.code, until: said.until.toISOString(), lines };
  }
  return { outcome: 'send', lines };
}

const NEEDS_ADDRESS: ReadonlySet<Channel> = new Set(['email', 'sms', 'whatsapp']);

function suppression({ known, timeZone }: UserPreferences, subject: Subject, usage: CapUsage): Said {
  const { channel, address } = subject;
  if (!known) return { verdict: 'skip', code: 'user.unknown', sentence: say.unknownUser(subject.userId) };
  if (address === null) {
    if (NEEDS_ADDRESS.has(channel))
      return { verdict: 'skip', code: 'user.no_address', sentence: say.noAddress(channel) };
    return { verdict: 'pass', sentence: say.nothingToSuppress(channel) };
  }
  const found = usage.suppressed.get(addressKey(channel, address));
  if (!found) return { verdict: 'pass', sentence: say.notSuppressed(address) };
  return {
    verdict: 'skip',
    code: `suppression.${found.reason}`,
    sentence: say.suppressed(address, found, timeZone),
    detail: { address, reason: found.reason, source: found.source, since: found.since.toISOString() },
  };
}

function consent({ rules, choices }: UserPreferences, subject: Subject, _usage: CapUsage, critical: boolean): Said {
  const category = rules.categories.get(subject.category);
  const purpose = category?.consent;
  if (!category || !purpose) return { verdict: 'pass', sentence: say.noConsentNeeded(nameOf(rules, subject)) };
  const given = choices.consents?.[purpose];
  if (given?.granted)
    return { verdict: 'pass', sentence: say.consented(purpose, given.at.slice(0, 10)), detail: { purpose } };
  if (critical) return { verdict: 'pass', sentence: say.criticalPasses('consent') };
  return {
    verdict: 'skip',
    code: 'consent.missing',
    sentence: say.noConsent(category.name, purpose, given?.at.slice(0, 10) ?? null),
    detail: { purpose },
  };
}

const OFF: Record<PreferenceValue['decidedBy'], ReasonCode> = {
  workspace_forced: 'preference.workspace_forced',
  user_snooze: 'preference.snoozed',
  user_workflow: 'preference.user_workflow',
  user_category: 'preference.user_category',
  user_channel: 'preference.user_channel',
  user_all: 'preference.user_all',
  workflow_default: 'preference.workspace_default',
  category_default: 'preference.workspace_default',
  workspace_default: 'preference.workspace_default',
  product_default: 'preference.workspace_default',
};

function preference(
  { rules, choices, timeZone }: UserPreferences,
  subject: Subject,
  _usage: CapUsage,
  critical: boolean,
): Said {
  // A snooze that ends before the message is to go does not concern it.
  const value = valueOf(rules, choices, { ...subject, critical, at: dueAt(subject) });
  const snoozedUntil = choices.categories?.[subject.category]?.snoozedUntil;
  const sentence = say.preference(value, {
    channel: subject.channel,
    category: nameOf(rules, subject),
    workflow: subject.workflow === null ? null : (rules.workflows.get(subject.workflow)?.name ?? subject.workflow),
    snoozedUntil: snoozedUntil ? say.localTime(new Date(snoozedUntil), timeZone) : '',
    critical,
  });
  const detail = { decidedBy: value.decidedBy };
  return value.enabled
    ? { verdict: 'pass', sentence, detail }
    : { verdict: 'skip', code: OFF[value.decidedBy], sentence, detail };
}

function cap({ timeZone }: UserPreferences, subject: Subject, usage: CapUsage, critical: boolean): Said {
  if (critical) return { verdict: 'pass', sentence: say.criticalPasses('cap') };
  if (isLater(subject)) return { verdict: 'pass', sentence: say.askedLater('cap') };
  const full = fullCap(usage, subject, subject.at);
  if (!full) return { verdict: 'pass', sentence: say.roomLeft(usage.caps.length) };
  const sentence = say.capReached(full, say.localTime(full.freeAt, timeZone));
  const detail = {
    cap: full.cap.key,
    used: full.used,
    limit: full.cap.limit,
    window: full.cap.window,
    freeAt: full.freeAt.toISOString(),
  };
  const code = `cap.${full.cap.scope}` as const;
  return full.cap.beyond === 'skip'
    ? { verdict: 'skip', code, sentence, detail }
    : { verdict: 'hold', code, until: full.freeAt, sentence, detail };
}

function quietHours(preferences: UserPreferences, subject: Subject, _usage: CapUsage, critical: boolean): Said {
  if (critical) return { verdict: 'pass', sentence: say.criticalPasses('quiet_hours') };
  if (isLater(subject)) return { verdict: 'pass', sentence: say.askedLater('quiet_hours') };
  const quiet = quietAt(preferences, subject.channel, subject.at);
  const { timeZone } = preferences;
  if (!quiet) return { verdict: 'pass', sentence: say.notQuiet(say.localTime(subject.at, timeZone)) };
  const detail = { mode: quiet.mode, ends: quiet.ends.toISOString(), timeZone };
  if (quiet.mode === 'drop' || quiet.mode === 'in_app_only') {
    const code = quiet.mode === 'drop' ? 'quiet_hours.dropped' : 'quiet_hours.in_app_only';
    return {
      verdict: 'skip',
      code,
      sentence: say.quietAndSkipped(quiet.mode, subject.channel, say.localTime(quiet.ends, timeZone)),
      detail,
    };
  }
  // Everybody's morning begins at the same minute; the mails need not.
  const until = new Date(quiet.ends.getTime() + spreadMs(subject.userId, quiet.ends));
  return {
    verdict: 'hold',
    code: 'quiet_hours.held',
    until,
    sentence: say.quietAndHeld(say.localTime(quiet.ends, timeZone), say.localTime(until, timeZone)),
    detail,
  };
}

export interface Quiet {
  mode: QuietMode;
  ends: Date;
}

// When two windows want different things, the stricter one is obeyed.
const STRICTNESS: readonly QuietMode[] = ['hold', 'in_app_only', 'drop'];

/** Is it quiet for a channel at an instant: what is to be done, and until when. */
export function quietAt({ choices, rules, timeZone }: UserPreferences, channel: Channel, at: Date): Quiet | null {
  const hours = (choices.quietHours ?? rules.defaults.quietHours).filter((one) => concerns(one, channel));
  const disturb = choices.doNotDisturb;
  const silence = disturb && concerns(disturb, channel) ? disturb : undefined;
  const active: Quiet[] = [];
  for (const mode of STRICTNESS) {
    const ends = quietUntil(
      hours.filter((one) => one.mode === mode),
      timeZone,
      at,
    );
    if (ends) active.push({ mode, ends });
  }
  if (silence && Date.parse(silence.until) > at.getTime())
    active.push({ mode: silence.mode, ends: new Date(silence.until) });
  if (active.length === 0) return null;
  const mode = STRICTNESS.findLast((one) => active.some((quiet) => quiet.mode === one)) ?? 'hold';
  return { mode, ends: new Date(Math.max(...active.map((quiet) => quiet.ends.getTime()))) };
}

function concerns(silence: QuietHours | DoNotDisturb, channel: Channel): boolean {
  return silence.channels ? silence.channels.includes(channel) : channel !== 'in_app';
}

const SPREAD_MS = 10 * MINUTE_MS;

/** Up to ten minutes, always the same for one user and one morning. */
function spreadMs(userId: string, ends: Date): number {
  const hash = createHash('sha256').update(`${userId} ${ends.toISOString()}`).digest();
  return Math.floor((hash.readUInt32BE(0) / 2 ** 32) * SPREAD_MS);
}

// The inbox collects by itself, and a webhook is no person.
const NEVER_DIGESTED: ReadonlySet<Channel> = new Set(['in_app', 'webhook']);

function digest(
  { rules, choices, timeZone }: UserPreferences,
  subject: Subject,
  _usage: CapUsage,
  critical: boolean,
): Said {
  if (critical) return { verdict: 'pass', sentence: say.criticalPasses('digest') };
  if (isLater(subject)) return { verdict: 'pass', sentence: say.askedLater('digest') };
  const category = rules.categories.get(subject.category);
  const cadence = cadenceOf({ rules, choices }, subject.category);
  const name = nameOf(rules, subject);
  if (NEVER_DIGESTED.has(subject.channel)) return { verdict: 'pass', sentence: say.neverDigested(subject.channel) };
  if (category?.digestible === false) return { verdict: 'pass', sentence: say.notDigestible(name) };
  if (cadence.every === 'instant') return { verdict: 'pass', sentence: say.instant(name) };
  // What comes at the very instant of a digest is still in it.
  const until = nextFire(cadence, timeZone, new Date(subject.at.getTime() - 1), { lastFire: subject.lastDigestAt });
  if (!until) return { verdict: 'pass', sentence: say.instant(name) };
  return {
    verdict: 'digest',
    code: 'digest.cadence',
    until,
    sentence: say.digested(name, cadence, say.localTime(until, timeZone)),
    detail: { cadence, timeZone },
  };
}

/** How often somebody reads a category. */
export function cadenceOf({ rules, choices }: Pick<UserPreferences, 'rules' | 'choices'>, category: string): Cadence {
  return (
    choices.categories?.[category]?.cadence ?? rules.categories.get(category)?.cadence ?? { every: 'instant' as const }
  );
}

function sendTime({ timeZone }: UserPreferences, subject: Subject): Said {
  if (!subject.sendAt || !isLater(subject)) return { verdict: 'pass', sentence: say.sendNow() };
  const until = subject.sendAt;
  return { verdict: 'hold', code: 'send_time.later', until, sentence: say.sendLater(say.localTime(until, timeZone)) };
}

/** What depends on the moment is asked at the moment of sending, not before. */
function isLater({ at, sendAt }: Subject): boolean {
  return sendAt !== undefined && sendAt > at;
}

function dueAt(subject: Subject): Date {
  return subject.sendAt && isLater(subject) ? subject.sendAt : subject.at;
}

function nameOf(rules: WorkspaceRules, { category }: Subject): string {
  return rules.categories.get(category)?.name ?? category;
}
