import type { Cadence, Channel, DecisionLine, PreferenceValue } from '@pulsestack/core';
import { localParts } from '../../kernel/time/index.ts';
import type { Full, SuppressedAddress } from './caps.ts';

// What the layers of a decision say, for people who answer "why did I not get it?".

const CHANNEL_NAMES: Record<Channel, string> = {
  in_app: 'the inbox',
  email: 'e-mail',
  sms: 'SMS',
  push: 'push',
  whatsapp: 'WhatsApp',
  chat: 'chat',
  webhook: 'webhook',
};
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** `Monday 2026-06-15 09:00 (Europe/Berlin)`. */
export function localTime(at: Date, zone: string): string {
  const { date, time, weekday } = localParts(at, zone);
  return `${weekdayName(weekday)} ${date} ${time} (${zone})`;
}

function weekdayName(weekday: number): string {
  return WEEKDAYS[weekday - 1] ?? '';
}

export const unknownUser = (userId: string) => `There is no user "${userId}" any more.`;
export const noAddress = (channel: Channel) => `The user has no address for ${CHANNEL_NAMES[channel]}.`;
export const nothingToSuppress = (channel: Channel) =>
  `There is no address of ${CHANNEL_NAMES[channel]} that could be suppressed.`;
export const notSuppressed = (address: string) => `${address} is not on the suppression list.`;

export function suppressed(address: string, { reason, source, since }: SuppressedAddress, zone: string): string {
  const why = {
    bounced: 'a message to it came back',
    complained: 'its owner reported a message as spam',
    manual: 'it was put there by hand',
  }[reason];
  return `${address} is on the suppression list since ${localTime(since, zone)}: ${why} (${source}).`;
}

export const noConsentNeeded = (category: string) => `The category "${category}" needs no consent.`;
export const consented = (purpose: string, date: string) => `The user agreed to "${purpose}" on ${date}.`;
export const noConsent = (category: string, purpose: string, withdrawn: string | null) =>
  withdrawn
    ? `The category "${category}" needs consent to "${purpose}", which the user refused on ${withdrawn}.`
    : `The category "${category}" needs consent to "${purpose}", which the user has never given.`;

export function criticalPasses(layer: DecisionLine['layer']): string {
  const what = {
    consent: 'consent',
    cap: 'caps',
    quiet_hours: 'quiet hours',
    digest: 'digests',
    suppression: '',
    preference: '',
    send_time: '',
  }[layer];
  return `The message is critical and passes ${what}.`;
}

export const askedLater = (layer: 'cap' | 'quiet_hours' | 'digest') =>
  `The message is for later; ${{ cap: 'caps are', quiet_hours: 'quiet hours are', digest: 'digests are' }[layer]} asked when its time has come.`;

export function preference(
  { enabled, decidedBy }: PreferenceValue,
  about: { channel: Channel; category: string; workflow: string | null; snoozedUntil: string; critical: boolean },
): string {
  const channel = CHANNEL_NAMES[about.channel];
  const on = enabled ? 'on' : 'off';
  const critical = about.critical ? 'The message is critical, so what the user has chosen does not count; ' : '';
  switch (decidedBy) {
    case 'workspace_forced':
      return enabled
        ? `The workspace has made ${channel} mandatory here; users cannot turn it off.`
        : `The workspace has turned off ${channel} here for everyone.`;
    case 'user_snooze':
      return `The user has snoozed "${about.category}" until ${about.snoozedUntil}.`;
    case 'user_workflow':
      return `The user has turned ${on} ${channel} for the workflow "${about.workflow}".`;
    case 'user_category':
      return `The user has turned ${on} ${channel} for the category "${about.category}".`;
    case 'user_channel':
      return `The user has turned ${on} ${channel} altogether.`;
    case 'user_all':
      return `The user has turned ${on} everything.`;
    case 'workflow_default':
      return `${critical || 'The user has not chosen; '}${channel} is ${on} by default for the workflow "${about.workflow}".`;
    case 'category_default':
      return `${critical || 'The user has not chosen; '}${channel} is ${on} by default for the category "${about.category}".`;
    case 'workspace_default':
      return `${critical || 'The user has not chosen; '}${channel} is ${on} by default in this workspace.`;
    case 'product_default':
      return `${critical || 'The user has not chosen; '}${channel} is on unless somebody turns it off.`;
  }
}

export const roomLeft = (caps: number) => (caps === 0 ? 'The workspace has no caps.' : 'No cap is reached.');

export function capReached({ cap, used }: Full, freeAt: string): string {
  const who = {
    user: 'The user has received',
    category: 'The user has received in this category',
    workspace: 'The workspace has sent',
  }[cap.scope];
  const what = cap.channel ? ` by ${CHANNEL_NAMES[cap.channel]}` : '';
  const next = cap.beyond === 'skip' ? 'this one is not sent' : `the next place is free ${freeAt}`;
  return `${who} ${used} of ${cap.limit} messages${what} allowed in ${cap.window} (cap "${cap.key}"); ${next}.`;
}

export const notQuiet = (now: string) => `It is ${now} for the user, which is outside quiet hours.`;
export const quietAndHeld = (ends: string, until: string) =>
  `It is quiet hours until ${ends}; the message waits until ${until}.`;
export const quietAndSkipped = (mode: 'drop' | 'in_app_only', channel: Channel, ends: string) =>
  mode === 'drop'
    ? `It is quiet hours until ${ends}, and the user wants what comes in them to be dropped.`
    : `It is quiet hours until ${ends}; only the inbox receives, not ${CHANNEL_NAMES[channel]}.`;

export const neverDigested = (channel: Channel) => `Digests do not concern ${CHANNEL_NAMES[channel]}.`;
export const notDigestible = (category: string) => `The category "${category}" is never read as a digest.`;
export const instant = (category: string) => `The user reads "${category}" at once.`;

export function digested(category: string, cadence: Cadence, until: string): string {
  const rhythm = {
    instant: () => 'at once',
    hourly: () => 'every hour',
    daily: (at: string) => `every day at ${at}`,
    weekly: (at: string) => `every ${cadence.every === 'weekly' ? weekdayName(cadence.weekday) : 'week'} at ${at}`,
  }[cadence.every]('at' in cadence ? cadence.at : '');
  return `The user reads "${category}" as a digest ${rhythm}; the next one is ${until}.`;
}

export const sendNow = () => 'It may go now.';
export const sendLater = (until: string) => `The sender asked for ${until}.`;
