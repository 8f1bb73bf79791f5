import { z } from 'zod';
import { TimeZone, UserId } from './audience.ts';
import { Duration, durationMs } from './duration.ts';
import { idSchema } from './ids.ts';
import { Audience, NotificationContent } from './notification.ts';
import { TimeOfDay, Weekday } from './preferences.ts';
import { Instant, JsonObject, line, Slug } from './text.ts';
import { Cron } from './workflow.ts';

/** What a wall clock shows, without a zone: `2026-12-24T18:00`. */
export const LocalDateTime = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/, 'must be a local time such as 2026-12-24T18:00')
  .refine(
    (text) => !Number.isNaN(Date.parse(`${text}Z`)) && new Date(`${text}Z`).toISOString().startsWith(text),
    'must be a date that exists',
  )
  .meta({ examples: ['2026-12-24T18:00'] });

/** Again and again, by the local clock; `interval` alone goes by real time. */
export const Recurring = z.discriminatedUnion('every', [
  z.strictObject({ every: z.literal('hourly'), minute: z.number().int().min(0).max(59).optional() }),
  z.strictObject({ every: z.literal('daily'), at: TimeOfDay, weekdays: z.array(Weekday).min(1).max(7).optional() }),
  z.strictObject({ every: z.literal('weekly'), at: TimeOfDay, weekday: Weekday }),
  z.strictObject({ every: z.literal('cron'), cron: Cron }),
  z.strictObject({
    every: z.literal('interval'),
    of: Duration.refine((text) => durationMs(text) >= 60_000, 'must be at least 1m'),
  }),
]);
export type Recurring = z.infer<typeof Recurring>;

export const Once = z.strictObject({ every: z.literal('once'), at: LocalDateTime });
export const ScheduleTime = z.union([Once, Recurring]);
export type ScheduleTime = z.infer<typeof ScheduleTime>;

/** What a fire does: it starts a workflow, or publishes a notification. */
export const ScheduleTarget = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('workflow'), workflow: Slug, payload: JsonObject.default({}) }),
  z.strictObject({ kind: z.literal('notification'), notification: NotificationContent }),
]);
export type ScheduleTarget = z.infer<typeof ScheduleTarget>;

export const ScheduleInput = z.strictObject({
  name: line(120),
  when: ScheduleTime,
  timeZone: TimeZone.optional().meta({
    description: 'The zone of the local clock; that of the workspace when left out',
  }),
  inUserZone: z
    .boolean()
    .default(false)
    .meta({ description: 'Each user gets it by the clock of their own zone; `timeZone` is for those without one' }),
  audience: Audience,
  target: ScheduleTarget,
  missed: z
    .enum(['coalesce', 'all', 'skip'])
    .default('coalesce')
    .meta({ description: 'Fires that were missed: one of them, all, or none is made up for' }),
  maxLateness: Duration.default('1d').meta({ description: 'What is later than this is not made up for' }),
  startsAt: Instant.optional(),
  endsAt: Instant.optional(),
});
export type ScheduleInput = z.infer<typeof ScheduleInput>;

export const ScheduleId = idSchema('schedule');

export const Schedule = z
  .object({
    ...ScheduleInput.shape,
    id: ScheduleId,
    timeZone: z.string(),
    startsAt: Instant.nullable(),
    endsAt: Instant.nullable(),
    state: z.enum(['active', 'paused', 'done', 'cancelled']),
    nextFireAt: Instant.nullable().meta({ description: 'The next fire, in whichever zone it comes first' }),
    lastFireAt: Instant.nullable(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Schedule' });
export type Schedule = z.infer<typeof Schedule>;

/** One fire of a schedule that has happened. */
export const ScheduleFire = z
  .object({
    fireAt: Instant,
    timeZone: z.string(),
    state: z.enum(['claimed', 'fired', 'skipped', 'failed']),
    covers: z.number().int().meta({ description: 'How many fires it stands for, when some were missed' }),
    recipients: z.number().int().nullable(),
    error: z.string().nullable(),
    firedAt: Instant.nullable(),
  })
  .meta({ id: 'ScheduleFire' });
export type ScheduleFire = z.infer<typeof ScheduleFire>;

export const UpcomingFire = z
  .object({ at: Instant, timeZone: z.string(), local: z.string(), userId: UserId.optional() })
  .meta({ id: 'UpcomingFire' });
