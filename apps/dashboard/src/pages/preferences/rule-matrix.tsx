import type { Channel } from '@pulsestack/core';
import { clsx } from 'clsx';
import { Check, Lock, Minus } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ChannelRules } from '../../api/preferences.ts';
import { Menu, MenuChoice, MenuGroup, MenuLine } from '../../ui/menu.tsx';
import { channelName } from '../messages/words.ts';
import { ChannelTable, cellClass } from './channel-table.tsx';
import { type Effect, effectOf, type Rule, ruleOf, withRule } from './rules.ts';

export interface MatrixRow {
  id: string;
  name: string;
  label: ReactNode;
  rules: ChannelRules;
  above(channel: Channel): Effect;
  /** Absent where the reader may not change it. */
  onChange?: (rules: ChannelRules) => void;
  end?: ReactNode;
}

/** Rules by channel: every cell says what holds, and offers what else could. */
export function RuleMatrix({
  rows,
  ...table
}: {
  label: string;
  first: string;
  last?: string;
  rows: readonly MatrixRow[];
}) {
  return (
    <ChannelTable
      {...table}
      rows={rows.map((row) => ({
        id: row.id,
        label: row.label,
        end: row.end,
        cell: (channel) => <Cell row={row} channel={channel} />,
      }))}
    />
  );
}

function Cell({ row, channel }: { row: MatrixRow; channel: Channel }) {
  const rule = ruleOf(row.rules, channel);
  const above = row.above(channel);
  const effect = effectOf(rule, above);
  const shown = <State effect={effect} isInherited={rule === 'unset' || (above.isForced && !isForcing(rule))} />;
  const { onChange } = row;
  if (!onChange) return <span className="flex h-8 items-center px-2">{shown}</span>;
  return (
    <RuleMenu
      label={`${channelName(channel)} for ${row.name}`}
      rule={rule}
      above={above}
      onChange={(next) => onChange(withRule(row.rules, channel, next))}
    >
      {shown}
    </RuleMenu>
  );
}

const isForcing = (rule: Rule) => rule === 'always' || rule === 'never';

function RuleMenu({
  label,
  rule,
  above,
  onChange,
  children,
}: {
  label: string;
  rule: Rule;
  above: Effect;
  onChange(rule: Rule): void;
  children: ReactNode;
}) {
  const choice = (value: Rule, words: string) => (
    <MenuChoice isChosen={rule === value} onClick={() => onChange(value)}>
      {words}
    </MenuChoice>
  );
  return (
    <Menu
      className="min-w-64"
      trigger={
        <button
          type="button"
          aria-label={`${label}: ${words(effectOf(rule, above), rule === 'unset')}`}
          className={cellClass}
        >
          {children}
        </button>
      }
    >
      {choice('unset', `Nothing in particular (${above.isOn ? 'on' : 'off'})`)}
      <MenuLine />
      <MenuGroup label="Unless users choose">
        {choice('on', 'On')}
        {choice('off', 'Off')}
      </MenuGroup>
      <MenuGroup label="Users cannot change it">
        {choice('always', 'Always on')}
        {choice('never', 'Always off')}
      </MenuGroup>
    </Menu>
  );
}

function words({ isOn, isForced }: Effect, isInherited = false): string {
  const said = isForced ? (isOn ? 'always' : 'never') : isOn ? 'on' : 'off';
  return isInherited ? `${said}, not set here` : said;
}

/** On or off in a cell; pale where somebody else said so. */
export function State({ effect: { isOn, isForced }, isInherited }: { effect: Effect; isInherited: boolean }) {
  const Icon = isForced ? Lock : isOn ? Check : Minus;
  return (
    <span
      className={clsx(
        'flex items-center gap-1.5 whitespace-nowrap',
        isInherited ? 'text-n10' : 'font-semibold text-n12',
      )}
    >
      <Icon className="size-3.5 shrink-0" aria-hidden />
      {isForced ? (isOn ? 'Always' : 'Never') : isOn ? 'On' : 'Off'}
    </span>
  );
}
