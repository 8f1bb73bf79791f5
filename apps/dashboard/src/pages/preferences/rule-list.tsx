import type { ChannelRules } from '../../api/preferences.ts';
import { Select } from '../../ui/select.tsx';
import { CHANNELS, channelName } from '../messages/words.ts';
import { type Rule, ruleOf, withRule } from './rules.ts';

const OPTIONS: readonly { value: Rule; label: string; note?: string }[] = [
  { value: 'unset', label: 'As the workspace says' },
  { value: 'on', label: 'On', note: 'Until a user turns it off' },
  { value: 'off', label: 'Off', note: 'Until a user turns it on' },
  { value: 'always', label: 'Always on', note: 'Users cannot change it' },
  { value: 'never', label: 'Always off', note: 'Users cannot change it' },
];

/** The rules of one thing, channel by channel. */
export function RuleList({ value, onChange }: { value: ChannelRules; onChange(rules: ChannelRules): void }) {
  return (
    <fieldset className="flex flex-col">
      <legend className="mb-1.5 font-medium">Channels</legend>
      <div className="grid gap-x-5 gap-y-2 sm:grid-cols-2">
        {CHANNELS.map((channel) => (
          <div key={channel} className="grid grid-cols-[88px_minmax(0,1fr)] items-center gap-2">
            <span className="text-n11">{channelName(channel)}</span>
            <Select
              label={channelName(channel)}
              options={OPTIONS}
              value={ruleOf(value, channel)}
              onChange={(rule) => onChange(withRule(value, channel, rule))}
            />
          </div>
        ))}
      </div>
    </fieldset>
  );
}
