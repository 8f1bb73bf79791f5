import type { Schedule } from '@pulsestack/core';
import { useId } from 'react';
import { Button } from '../../ui/button.tsx';
import { controlClass, Field, TextAreaField, TextField } from '../../ui/field.tsx';
import { JsonField } from '../../ui/json-field.tsx';
import { Problem } from '../../ui/notice.tsx';
import { Segments } from '../../ui/segments.tsx';
import { SelectField } from '../../ui/select.tsx';
import type { Bound, Form } from '../../ui/use-form.ts';
import { AudienceFields } from '../explain/audience-fields.tsx';
import { TimeZoneField } from '../preferences/time-zone-field.tsx';
import { useWorkflowRules } from '../preferences/use-preferences.ts';
import { Section } from '../settings/section.tsx';
import { Preview } from './preview.tsx';
import { goesByUsers, type ScheduleValues, useScheduleForm } from './use-schedule-form.ts';
import { WhenFields } from './when-fields.tsx';
import { MISSED_OPTIONS } from './words.ts';

/** When, whom and what; the next fires stand under the time while one writes. */
export function ScheduleForm({
  before,
  onSaved,
  onCancel,
}: {
  before: Schedule | null;
  onSaved(schedule: Schedule): void;
  onCancel(): void;
}) {
  const form = useScheduleForm(before, onSaved);
  return (
    <form onSubmit={form.submit} noValidate className="max-w-[980px]">
      <Section title="Name" about="What you call it; nobody else sees it.">
        <TextField
          label="Name"
          maxLength={120}
          autoComplete="off"
          placeholder="Weekly summary"
          className="w-full"
          field={form.bind('name')}
        />
      </Section>
      <Time form={form} />
      <Section title="To" about="Looked up at each fire: who joins a topic later gets the next one.">
        <div className="w-full">
          <AudienceFields field={form.bind('audience')} needsBroadcast />
        </div>
      </Section>
      <Target form={form} />
      <Limits form={form} />
      {form.problem && <Problem error={form.problem} />}
      <div className="flex justify-end gap-2 py-4">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="primary" isBusy={form.isBusy}>
          {before ? 'Save schedule' : 'Create schedule'}
        </Button>
      </div>
    </form>
  );
}

function Time({ form }: { form: Form<ScheduleValues> }) {
  const { clock, when } = form.values;
  const byUsers = goesByUsers(form.values);
  return (
    <Section title="When" about="By a wall clock: at nine stays at nine when clocks change.">
      <div className="flex w-full flex-col gap-4">
        <WhenFields field={form.bind('when')} />
        {when.every !== 'interval' && (
          <div className="flex flex-col gap-1.5">
            <span className="font-medium" aria-hidden>
              Whose clock
            </span>
            <Segments
              label="Whose clock"
              isWide
              segments={[
                { value: 'zone', label: 'One clock' },
                { value: 'user', label: 'Each user’s own' },
              ]}
              value={clock}
              onChange={(next) => form.set('clock', next)}
            />
          </div>
        )}
        <TimeZoneField
          label={byUsers ? 'Time zone of users without one' : 'Time zone'}
          help={byUsers ? 'Everyone else gets it by the clock of their own zone.' : undefined}
          field={form.bind('timeZone')}
        />
        <Preview values={form.values} />
      </div>
    </Section>
  );
}

function Target({ form }: { form: Form<ScheduleValues> }) {
  const { kind } = form.values;
  const workflows = useWorkflowRules().data ?? [];
  const id = useId();
  return (
    <Section title="What" about="A notification for the inbox, or a workflow with every channel it has.">
      <div className="flex w-full flex-col gap-4">
        <Segments
          label="What"
          isWide
          segments={[
            { value: 'notification', label: 'Notification' },
            { value: 'workflow', label: 'Workflow' },
          ]}
          value={kind}
          onChange={(next) => form.set('kind', next)}
        />
        {kind === 'notification' ? (
          <>
            <TextField label="Title" maxLength={200} autoComplete="off" field={form.bind('title')} />
            <TextAreaField label="Text" isOptional maxLength={10_000} help="Markdown." field={form.bind('body')} />
            <TextField
              label="Link"
              isOptional
              placeholder="https://… or /path"
              autoComplete="off"
              field={form.bind('link')}
            />
          </>
        ) : (
          <>
            <TextField
              label="Workflow"
              isMono
              list={id}
              placeholder="weekly-summary"
              autoComplete="off"
              help="Its key. It must be published when the schedule fires."
              field={form.bind('workflow')}
            />
            <datalist id={id}>
              {workflows.map((one) => (
                <option key={one.workflow} value={one.workflow}>
                  {one.name}
                </option>
              ))}
            </datalist>
            <JsonField label="Payload" rows={4} field={form.bind('payload')} />
          </>
        )}
      </div>
    </Section>
  );
}

function Limits({ form }: { form: Form<ScheduleValues> }) {
  const { missed } = form.values;
  return (
    <Section
      title="Limits"
      about="What becomes of fires that were missed while the server was down, and how long it lasts."
    >
      <div className="grid w-full items-start gap-4 sm:grid-cols-2">
        <SelectField
          label="Missed fires"
          options={MISSED_OPTIONS}
          value={missed}
          onChange={(next) => form.set('missed', next)}
        />
        <TextField
          label="At most late by"
          autoComplete="off"
          help="What is later is not made up for."
          disabled={missed === 'skip'}
          field={form.bind('maxLateness')}
        />
        <Instant label="Begins" field={form.bind('startsAt')} />
        <Instant label="Ends" field={form.bind('endsAt')} />
      </div>
    </Section>
  );
}

function Instant({ label, field }: { label: string; field: Bound<string> }) {
  return (
    <Field label={label} isOptional help="On your own clock." error={field.error}>
      {(ids) => (
        <input
          {...ids}
          type="datetime-local"
          value={field.value}
          onChange={(event) => field.change(event.target.value)}
          onBlur={field.blur}
          className={`${controlClass} tabular h-8 pointer-coarse:h-10`}
        />
      )}
    </Field>
  );
}
