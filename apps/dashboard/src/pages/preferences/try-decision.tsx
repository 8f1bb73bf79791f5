import type { Channel, Priority } from '@pulsestack/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type DecisionQuestion, preferences } from '../../api/preferences.ts';
import { Badge } from '../../ui/badge.tsx';
import { CheckField } from '../../ui/checkbox.tsx';
import { SelectField } from '../../ui/select.tsx';
import { Failed, RowSkeletons } from '../../ui/states.tsx';
import { Lines, OUTCOMES, Until } from '../explain/lines.tsx';
import { CHANNELS, channelName } from '../messages/words.ts';
import { PRIORITY_OPTIONS } from '../notifications/words.ts';
import { checkZone, HERE, TimeZoneField } from './time-zone-field.tsx';
import { InstantField, instantOf, TryFrame } from './try-frame.tsx';
import { useCategories, useDefaults, useWorkflowRules } from './use-preferences.ts';
import { useSettled } from './use-settled.ts';
import { bodyOf } from './words.ts';

type Choice = 'nothing' | 'channel' | 'category' | 'on' | 'snoozed' | 'all' | 'weekly';

const CHOICES: readonly { value: Choice; label: string }[] = [
  { value: 'nothing', label: 'Nothing' },
  { value: 'channel', label: 'This channel off' },
  { value: 'category', label: 'This category off' },
  { value: 'on', label: 'This category on' },
  { value: 'all', label: 'Everything off' },
  { value: 'snoozed', label: 'This category snoozed for a month' },
  { value: 'weekly', label: 'This category as a digest on Mondays' },
];

const GENERAL = 'general';
const NONE = '*';
const MONTH_MS = 30 * 86_400_000;

/** What would become of a message to somebody who does not exist, by the rules of this workspace. */
export function TryDecision() {
  const defaults = useDefaults();
  const categories = useCategories();
  const workflows = useWorkflowRules();
  const [asked, setAsked] = useState({
    channel: 'email' as Channel,
    category: GENERAL,
    workflow: NONE,
    priority: 'normal' as Priority,
    critical: false,
    choice: 'nothing' as Choice,
    timeZone: HERE,
    at: '',
  });
  const set = (part: Partial<typeof asked>) => setAsked({ ...asked, ...part });
  const zoneFault = checkZone(asked.timeZone);
  const rules = defaults.data && workflows.data && !categories.isLoading ? { ...asked } : null;
  const body: DecisionQuestion | null =
    rules && defaults.data && workflows.data && zoneFault === undefined
      ? {
          message: {
            channel: asked.channel,
            category: asked.category,
            ...(asked.workflow === NONE ? {} : { workflow: asked.workflow }),
            priority: asked.priority,
            critical: asked.critical,
            ...instantOf(asked.at),
          },
          ...(asked.timeZone.trim() === '' ? {} : { timeZone: asked.timeZone.trim() }),
          choices: choicesOf(asked),
          defaults: defaults.data,
          categories: Object.fromEntries(categories.items.map((one) => [one.key, bodyOf(one)])),
          workflows: workflows.data.slice(0, 100),
        }
      : null;
  const settled = useSettled(body === null ? null : JSON.stringify(body));
  const answer = useQuery({
    queryKey: ['preferences', 'try', 'decision', settled],
    queryFn: () => preferences.tryDecision(JSON.parse(settled ?? '') as DecisionQuestion),
    enabled: settled !== null,
    placeholderData: keepPreviousData,
    retry: false,
  });
  const error = defaults.error ?? categories.error ?? workflows.error;
  if (error) return <Failed error={error} what="The rules" retry={() => void defaults.refetch()} />;
  if (!rules) return <RowSkeletons rows={6} />;
  return (
    <TryFrame
      about="By the defaults, categories and workflows of this workspace, for somebody who has chosen what you say. Caps count from nothing. For one of your users, use Explain."
      answer={answer}
      question={
        <>
          <div className="grid gap-4 sm:grid-cols-2">
            <SelectField
              label="Channel"
              options={CHANNELS.map((value) => ({ value, label: channelName(value) }))}
              value={asked.channel}
              onChange={(channel) => set({ channel })}
            />
            <SelectField
              label="Category"
              options={[
                ...(categories.items.some((one) => one.key === GENERAL) ? [] : [{ value: GENERAL, label: 'general' }]),
                ...categories.items.map((one) => ({ value: one.key, label: one.name })),
              ]}
              value={asked.category}
              onChange={(category) => set({ category })}
            />
            <SelectField
              label="Workflow"
              options={[
                { value: NONE, label: 'None' },
                ...(workflows.data ?? []).map((one) => ({ value: one.workflow, label: one.name })),
              ]}
              value={asked.workflow}
              onChange={(workflow) => set({ workflow })}
            />
            <SelectField
              label="Priority"
              options={PRIORITY_OPTIONS}
              value={asked.priority}
              onChange={(priority) => set({ priority })}
            />
          </div>
          <SelectField
            label="The user has chosen"
            options={CHOICES}
            value={asked.choice}
            onChange={(choice) => set({ choice })}
          />
          <div className="flex flex-wrap items-start gap-4">
            <TimeZoneField
              label="Time zone of the user"
              className="min-w-52 flex-1"
              field={{
                name: 'timeZone',
                value: asked.timeZone,
                error: zoneFault,
                change: (timeZone) => set({ timeZone }),
                blur() {},
              }}
            />
            <InstantField label="Sent at" value={asked.at} onChange={(at) => set({ at })} />
          </div>
          <CheckField label="Critical message" isChecked={asked.critical} onChange={(critical) => set({ critical })} />
        </>
      }
    >
      {(decision) => (
        <div className="rounded-card border p-4">
          <p className="mb-3 flex flex-wrap items-center gap-3">
            <Badge tone={OUTCOMES[decision.outcome].tone}>{OUTCOMES[decision.outcome].label}</Badge>
            <Until decision={decision} />
          </p>
          <Lines decision={decision} />
        </div>
      )}
    </TryFrame>
  );
}

function choicesOf({
  choice,
  channel,
  category,
  at,
}: {
  choice: Choice;
  channel: Channel;
  category: string;
  at: string;
}) {
  const ofCategory = (value: object) => ({ categories: { [category]: value } });
  switch (choice) {
    case 'nothing':
      return {};
    case 'channel':
      return { channels: { [channel]: false } };
    case 'category':
      return ofCategory({ channels: { [channel]: false } });
    case 'on':
      return ofCategory({ channels: { [channel]: true } });
    case 'all':
      return { all: false };
    case 'weekly':
      return ofCategory({ cadence: { every: 'weekly', weekday: 1, at: '08:00' } });
    case 'snoozed': {
      // To the day, so that the question stays the same while one looks at the answer.
      const from = at === '' ? Date.now() : Date.parse(at);
      const until = new Date(Math.floor((from + MONTH_MS) / 86_400_000) * 86_400_000);
      return ofCategory({ snoozedUntil: until.toISOString() });
    }
  }
}
