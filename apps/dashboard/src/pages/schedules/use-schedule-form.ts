import type { Schedule } from '@pulsestack/core';
import { useQueryClient } from '@tanstack/react-query';
import { type ScheduleBody, schedules } from '../../api/schedules.ts';
import { gathered, parsed, pretty } from '../../ui/json.ts';
import { say } from '../../ui/toast.tsx';
import { checks, useForm } from '../../ui/use-form.ts';
import { audienceOf, type Chosen, checkChosen, chosenOf, NOBODY } from '../explain/audience.ts';
import { checkZone, HERE } from '../preferences/time-zone-field.tsx';
import { SLUG, SLUG_HELP } from '../preferences/words.ts';
import { checkWhen, draftOfWhen, type WhenDraft, whenOf } from './when.ts';

export interface ScheduleValues {
  name: string;
  when: WhenDraft;
  clock: 'zone' | 'user';
  timeZone: string;
  audience: Chosen;
  kind: 'notification' | 'workflow';
  workflow: string;
  payload: string;
  title: string;
  body: string;
  link: string;
  missed: Schedule['missed'];
  maxLateness: string;
  startsAt: string;
  endsAt: string;
}

const DURATION = /^[1-9]\d{0,6}[smhdw]$/;

/** Makes a schedule, or replaces the one given. */
export function useScheduleForm(before: Schedule | null, onSaved: (saved: Schedule) => void) {
  const queryClient = useQueryClient();
  return useForm<ScheduleValues>({
    initial: valuesOf(before),
    checks: {
      name: checks.required('a name'),
      when: checkWhen,
      timeZone: checkZone,
      audience: checkChosen,
      workflow: (workflow, { kind }) => (kind === 'notification' || SLUG.test(workflow.trim()) ? undefined : SLUG_HELP),
      payload: (payload, { kind }) => (kind === 'notification' ? undefined : checkPayload(payload)),
      title: (title, { kind }) => (kind === 'workflow' ? undefined : checks.required('a title')(title)),
      link: (link, { kind }) => (kind === 'workflow' ? undefined : checks.link(link.trim())),
      maxLateness: (text) =>
        DURATION.test(text.trim()) ? undefined : 'Write a number and s, m, h, d or w, such as 1d',
      endsAt: (endsAt, { startsAt }) =>
        endsAt !== '' && startsAt !== '' && endsAt <= startsAt ? 'Choose an end after the beginning' : undefined,
    },
    fields: {
      '/target/workflow': 'workflow',
      '/target/payload': 'payload',
      '/target/notification/title': 'title',
      '/target/notification/body': 'body',
      '/target/notification/link': 'link',
    },
    async submit(values) {
      const body = bodyOf(values, before);
      const saved = await (before ? schedules.replace(before.id, body) : schedules.create(body)).catch(
        (error: unknown) => {
          throw gathered(error, '/target/payload');
        },
      );
      await queryClient.invalidateQueries({ queryKey: ['schedules'] });
      say(before ? 'Saved' : 'Schedule created');
      onSaved(saved);
    },
  });
}

function valuesOf(before: Schedule | null): ScheduleValues {
  const notification = before?.target.kind === 'notification' ? before.target.notification : null;
  const workflow = before?.target.kind === 'workflow' ? before.target : null;
  return {
    name: before?.name ?? '',
    when: draftOfWhen(before?.when),
    clock: before?.inUserZone ? 'user' : 'zone',
    timeZone: before?.timeZone ?? HERE,
    audience: before ? chosenOf(before.audience) : NOBODY,
    kind: before?.target.kind ?? 'notification',
    workflow: workflow?.workflow ?? '',
    payload: pretty(workflow?.payload ?? {}),
    title: notification?.title ?? '',
    body: notification?.body ?? '',
    link: notification?.link ?? '',
    missed: before?.missed ?? 'coalesce',
    maxLateness: before?.maxLateness ?? '1d',
    startsAt: localInput(before?.startsAt),
    endsAt: localInput(before?.endsAt),
  };
}

function bodyOf(values: ScheduleValues, before: Schedule | null): ScheduleBody {
  const { name, timeZone, audience, missed, maxLateness, startsAt, endsAt } = values;
  return {
    name: name.trim(),
    when: whenOf(values.when),
    timeZone: timeZone.trim(),
    inUserZone: goesByUsers(values),
    audience: audienceOf(audience),
    target: targetOf(values, before),
    missed,
    maxLateness: maxLateness.trim(),
    ...(startsAt === '' ? {} : { startsAt: new Date(startsAt).toISOString() }),
    ...(endsAt === '' ? {} : { endsAt: new Date(endsAt).toISOString() }),
  };
}

/** What goes by real time goes by nobody's clock. */
export function goesByUsers({ clock, when }: Pick<ScheduleValues, 'clock' | 'when'>): boolean {
  return clock === 'user' && when.every !== 'interval';
}

function targetOf({ kind, workflow, payload, title, body, link }: ScheduleValues, before: Schedule | null) {
  if (kind === 'workflow')
    return {
      kind,
      workflow: workflow.trim(),
      payload: (parsed(payload).value ?? {}) as Record<string, unknown>,
    };
  // What this form does not show, such as buttons and the category, stays as it was.
  const { link: _link, ...kept } = before?.target.kind === 'notification' ? before.target.notification : {};
  return {
    kind,
    notification: { ...kept, title: title.trim(), body, ...(link.trim() === '' ? {} : { link: link.trim() }) },
  };
}

function checkPayload(text: string): string | undefined {
  const { value, error } = parsed(text);
  if (error !== undefined) return `This is not JSON: ${error}`;
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? undefined
    : 'Write a JSON object, such as { "plan": "pro" }';
}

/** An instant as the browser's own control shows it: local time without zone. */
function localInput(instant: string | null | undefined): string {
  if (!instant) return '';
  const at = new Date(instant);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
