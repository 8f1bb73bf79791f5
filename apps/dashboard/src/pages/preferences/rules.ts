import type { Channel, ChannelChoices } from '@pulsestack/core';
import type { ChannelRules } from '../../api/preferences.ts';

/** What a workspace says of one channel: nothing, a default, or something users cannot change. */
export type Rule = 'unset' | 'on' | 'off' | 'always' | 'never';

export interface Effect {
  isOn: boolean;
  isForced: boolean;
}

/** Where nobody says anything, everything is on. */
export const PRODUCT: Effect = { isOn: true, isForced: false };

export function ruleOf({ defaults, forced }: ChannelRules, channel: Channel): Rule {
  if (forced[channel] !== undefined) return forced[channel] ? 'always' : 'never';
  if (defaults[channel] !== undefined) return defaults[channel] ? 'on' : 'off';
  return 'unset';
}

export function withRule({ defaults, forced }: ChannelRules, channel: Channel, rule: Rule): ChannelRules {
  return {
    defaults: set(defaults, channel, rule === 'on' ? true : rule === 'off' ? false : undefined),
    forced: set(forced, channel, rule === 'always' ? true : rule === 'never' ? false : undefined),
  };
}

function set(choices: ChannelChoices, channel: Channel, value: boolean | undefined): ChannelChoices {
  const { [channel]: _before, ...rest } = choices;
  return value === undefined ? rest : { ...rest, [channel]: value };
}

/** What holds for those who have not chosen: the more particular rule, except where the one above forces. */
export function effectOf(rule: Rule, above: Effect): Effect {
  if (rule === 'always' || rule === 'never') return { isOn: rule === 'always', isForced: true };
  if (above.isForced || rule === 'unset') return above;
  return { isOn: rule === 'on', isForced: false };
}
