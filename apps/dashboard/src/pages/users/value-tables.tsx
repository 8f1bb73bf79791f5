import type { Channel, Preferences, PreferencesPatch, PreferenceValue } from '@pulsestack/core';
import { BellOff } from 'lucide-react';
import type { ReactNode } from 'react';
import { Badge } from '../../ui/badge.tsx';
import { Menu, MenuChoice, MenuGroup, MenuItem, MenuLine } from '../../ui/menu.tsx';
import { Time } from '../../ui/time.tsx';
import { channelName } from '../messages/words.ts';
import { ChannelTable, cellClass } from '../preferences/channel-table.tsx';
import { State } from '../preferences/rule-matrix.tsx';
import { cadenceText, DECIDED_BY } from '../preferences/words.ts';
import type { Put } from './user-preferences.tsx';

type Category = Preferences['categories'][number];

/** The values by category and by workflow, with who decided each. */
export function ValueTables({ preferences, put }: { preferences: Preferences; put: Put }) {
  const { channels, categories, workflows } = preferences;
  return (
    <>
      <ChannelTable
        label="Channels by category"
        first="Category"
        last="Read"
        rows={[
          {
            id: ' ',
            label: <span className="font-medium">Whole channels</span>,
            cell: (channel) => <WholeChannel channel={channel} chosen={channels[channel]} put={put} />,
          },
          ...categories.map((category) => ({
            id: category.key,
            label: <Name name={category.name} isCritical={category.critical} />,
            cell: (channel: Channel) => (
              <Value
                label={`${channelName(channel)} for ${category.name}`}
                value={category.channels[channel]}
                isOwn={(by) => by === 'user_category' || by === 'user_snooze'}
                put={put && ((on) => put({ categories: { [category.key]: { channels: { [channel]: on } } } }))}
              />
            ),
            end: <Reading category={category} put={put} />,
          })),
        ]}
      />
      {workflows.length > 0 && (
        <ChannelTable
          label="Channels by workflow"
          first="Workflow"
          rows={workflows.map((one) => ({
            id: one.workflow,
            label: <Name name={one.name} isCritical={one.critical} note={one.category} />,
            cell: (channel) => (
              <Value
                label={`${channelName(channel)} for ${one.name}`}
                value={one.channels[channel]}
                isOwn={(by) => by === 'user_workflow'}
                put={put && ((on) => put({ workflows: { [one.workflow]: { channels: { [channel]: on } } } }))}
              />
            ),
          }))}
        />
      )}
    </>
  );
}

function Name({ name, isCritical, note }: { name: string; isCritical: boolean; note?: string }) {
  return (
    <span className="block min-w-0" title={name}>
      <span className="flex min-w-0 flex-wrap items-center gap-x-1.5">
        <span dir="auto" className="min-w-0 truncate text-left">
          {name}
        </span>
        {isCritical && <Badge tone="warning">Critical</Badge>}
      </span>
      {note && <span className="block truncate text-12 text-n10">{note}</span>}
    </span>
  );
}

interface ChoiceMenuProps {
  label: string;
  said: string;
  chosen: boolean | undefined;
  put(on: boolean | null): void;
  children: ReactNode;
}

function ChoiceMenu({ label, said, chosen, put, children }: ChoiceMenuProps) {
  return (
    <Menu
      className="min-w-56"
      trigger={
        <button type="button" aria-label={`${label}: ${said}`} title={said} className={cellClass}>
          {children}
        </button>
      }
    >
      <MenuGroup label="The user has chosen">
        <MenuChoice isChosen={chosen === undefined} onClick={() => put(null)}>
          Nothing
        </MenuChoice>
        <MenuChoice isChosen={chosen === true} onClick={() => put(true)}>
          On
        </MenuChoice>
        <MenuChoice isChosen={chosen === false} onClick={() => put(false)}>
          Off
        </MenuChoice>
      </MenuGroup>
    </Menu>
  );
}

function WholeChannel({ channel, chosen, put }: { channel: Channel; chosen: boolean | undefined; put: Put }) {
  const shown =
    chosen === undefined ? (
      <span className="text-n10">–</span>
    ) : (
      <State effect={{ isOn: chosen, isForced: false }} isInherited={false} />
    );
  if (!put) return <span className="flex h-8 items-center px-2">{shown}</span>;
  return (
    <ChoiceMenu
      label={channelName(channel)}
      said={chosen === undefined ? 'nothing chosen' : chosen ? 'on' : 'off'}
      chosen={chosen}
      put={(on) => put({ channels: { [channel]: on } })}
    >
      {shown}
    </ChoiceMenu>
  );
}

function Value({
  label,
  value,
  isOwn,
  put,
}: {
  label: string;
  value: PreferenceValue | undefined;
  /** Whether it was decided in this very place. */
  isOwn(by: PreferenceValue['decidedBy']): boolean;
  put: ((on: boolean | null) => void) | undefined;
}) {
  if (!value) return null;
  const { enabled, forced, decidedBy } = value;
  const isHere = isOwn(decidedBy);
  const said = forced && decidedBy !== 'workspace_forced' ? 'Critical: users cannot change it' : DECIDED_BY[decidedBy];
  const shown = <State effect={{ isOn: enabled, isForced: forced }} isInherited={!isHere} />;
  // What is forced cannot be chosen by anyone.
  if (!put || forced)
    return (
      <span className="flex h-8 items-center px-2" title={said}>
        {shown}
        <span className="sr-only">, {said}</span>
      </span>
    );
  return (
    <ChoiceMenu
      label={label}
      said={`${enabled ? 'on' : 'off'}, ${said}`}
      chosen={isHere && decidedBy !== 'user_snooze' ? enabled : undefined}
      put={put}
    >
      {shown}
    </ChoiceMenu>
  );
}

const DAY_MS = 86_400_000;
const SNOOZES = [
  { label: 'For a day', days: 1 },
  { label: 'For a week', days: 7 },
  { label: 'For a month', days: 30 },
];
const CADENCES: readonly Category['cadence'][] = [
  { every: 'instant' },
  { every: 'hourly' },
  { every: 'daily', at: '08:00' },
  { every: 'weekly', weekday: 1, at: '08:00' },
];

/** How often the user reads a category, and whether it is snoozed. */
function Reading({ category, put }: { category: Category; put: Put }) {
  const { key, name, cadence, snoozedUntil, critical, digestible } = category;
  const shown = snoozedUntil ? (
    <span className="flex items-center gap-1.5 text-warning-text">
      <BellOff className="size-3.5" aria-hidden />
      <span>
        Snoozed, ends <Time at={snoozedUntil} />
      </span>
    </span>
  ) : (
    <>{cadenceText(cadence)}</>
  );
  if (!put || critical) return shown;
  const set = (change: NonNullable<NonNullable<PreferencesPatch['categories']>[string]>) =>
    put({ categories: { [key]: change } });
  const options = CADENCES.some((one) => same(one, cadence)) ? CADENCES : [...CADENCES, cadence];
  return (
    <Menu
      align="end"
      className="min-w-56"
      trigger={
        <button type="button" className={`${cellClass} -mx-2`}>
          <span className="sr-only">{name} is read: </span>
          {shown}
        </button>
      }
    >
      {digestible && (
        <>
          <MenuGroup label="Read">
            {options.map((one) => (
              <MenuChoice key={cadenceText(one)} isChosen={same(one, cadence)} onClick={() => set({ cadence: one })}>
                {cadenceText(one)}
              </MenuChoice>
            ))}
            <MenuItem onClick={() => set({ cadence: null })}>As the category says</MenuItem>
          </MenuGroup>
          <MenuLine />
        </>
      )}
      <MenuGroup label="Snooze">
        {snoozedUntil && <MenuItem onClick={() => set({ snoozedUntil: null })}>Wake it</MenuItem>}
        {SNOOZES.map(({ label, days }) => (
          <MenuItem
            key={label}
            onClick={() => set({ snoozedUntil: new Date(Date.now() + days * DAY_MS).toISOString() })}
          >
            {label}
          </MenuItem>
        ))}
      </MenuGroup>
    </Menu>
  );
}

const same = (a: Category['cadence'], b: Category['cadence']) => cadenceText(a) === cadenceText(b);
