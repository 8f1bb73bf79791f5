import {
  Cadence,
  Category,
  CategoryInput,
  Channel,
  Cron,
  Decision,
  DoNotDisturb,
  Instant,
  PreferenceDefaults,
  Priority,
  QuietHours,
  ScheduleTime,
  Slug,
  SUPPRESSION_REASONS,
  TimeZone,
  UserChoices,
  WorkflowRule,
} from '@pulsestack/core';
import { z } from 'zod';
import { operation } from '../../../kernel/operation.ts';
import { checkCron, fires, localParts, nextFire, onceAt } from '../../../kernel/time/index.ts';
import { noUsage } from '../caps.ts';
import { decide, quietAt, type UserPreferences } from '../decide.ts';
import { toRules } from '../load.ts';
import { addressKey } from '../suppression.ts';

// These answer from what they are given and read nothing, so that dashboards and anyone's tests can ask them.

const at = Instant.optional().meta({ description: 'Now when left out' });
const Fire = z.object({ at: Instant, local: z.string().meta({ examples: ['2026-11-20 09:00'] }) });

const schedule = operation({
  id: 'preferences.trySchedule',
  method: 'POST',
  path: '/v1/try/schedule',
  summary: 'See when a schedule fires next',
  description: 'By the local clock of the zone: what a gap swallows comes after it, what comes twice counts once.',
  allow: 'schedules.read',
  body: z.strictObject({
    when: ScheduleTime,
    timeZone: TimeZone.default('UTC'),
    after: at,
    count: z.number().int().min(1).max(100).default(5),
  }),
  output: z.object({ fires: z.array(Fire) }),
  errors: ['schedule.invalid'],
  transaction: 'none',
  example: { when: { every: 'daily', at: '02:30' }, timeZone: 'America/New_York', count: 3 },
  async run(ctx, { body }) {
    const { when, timeZone } = body;
    const after = body.after === undefined ? ctx.clock.now() : new Date(body.after);
    if (when.every === 'cron') checkCron(when.cron, after);
    const found: Date[] = [];
    for (const fire of firesOf(when, timeZone, after)) {
      if (found.push(fire) === body.count) break;
    }
    return { fires: found.map((fire) => describe(fire, timeZone)) };
  },
});

const quietHours = operation({
  id: 'preferences.tryQuietHours',
  method: 'POST',
  path: '/v1/try/quiet-hours',
  summary: 'See whether it is quiet at an instant',
  allow: 'preferences.read',
  body: z.strictObject({
    quietHours: z.array(QuietHours).max(14).default([]),
    doNotDisturb: DoNotDisturb.optional(),
    channel: Channel.default('email'),
    timeZone: TimeZone.default('UTC'),
    at,
  }),
  output: z.object({
    quiet: z.boolean(),
    mode: z.string().nullable(),
    until: Instant.nullable(),
    local: z.string().nullable(),
  }),
  transaction: 'none',
  example: {
    quietHours: [{ start: '22:00', end: '07:00' }],
    timeZone: 'Europe/Berlin',
    at: '2026-11-20T22:30:00.000Z',
  },
  async run(ctx, { body }) {
    const choices = { quietHours: body.quietHours, doNotDisturb: body.doNotDisturb };
    const quiet = quietAt(
      userOf({ choices, timeZone: body.timeZone }),
      body.channel,
      body.at === undefined ? ctx.clock.now() : new Date(body.at),
    );
    if (!quiet) return { quiet: false, mode: null, until: null, local: null };
    const { at, local } = describe(quiet.ends, body.timeZone);
    return { quiet: true, mode: quiet.mode, until: at, local };
  },
});

const digest = operation({
  id: 'preferences.tryDigest',
  method: 'POST',
  path: '/v1/try/digest',
  summary: 'See in which digest an event would be',
  allow: 'preferences.read',
  body: z.strictObject({
    cadence: z.union([Cadence, z.strictObject({ every: z.literal('cron'), cron: Cron })]),
    timeZone: TimeZone.default('UTC'),
    at,
    lastDigestAt: Instant.optional(),
  }),
  output: z.object({ digest: z.boolean(), until: Instant.nullable(), local: z.string().nullable() }),
  errors: ['schedule.invalid'],
  transaction: 'none',
  example: { cadence: { every: 'daily', at: '08:00' }, timeZone: 'Asia/Kolkata' },
  async run(ctx, { body }) {
    const { cadence } = body;
    const now = body.at === undefined ? ctx.clock.now() : new Date(body.at);
    if (cadence.every === 'instant') return { digest: false, until: null, local: null };
    if (cadence.every === 'cron') checkCron(cadence.cron, now);
    const until = nextFire(cadence, body.timeZone, new Date(now.getTime() - 1), {
      lastFire: body.lastDigestAt ? new Date(body.lastDigestAt) : null,
    });
    if (!until) return { digest: false, until: null, local: null };
    const { at, local } = describe(until, body.timeZone);
    return { digest: true, until: at, local };
  },
});

const decision = operation({
  id: 'preferences.tryDecision',
  method: 'POST',
  path: '/v1/try/preferences',
  summary: 'See what would become of a message',
  description: 'Decides with the given rules and choices alone; nothing stored is read, and caps count from nothing.',
  allow: 'preferences.read',
  body: z.strictObject({
    message: z.strictObject({
      channel: Channel,
      address: z.string().max(320).nullish(),
      category: Slug.default('general'),
      workflow: Slug.nullish(),
      priority: Priority.default('normal'),
      critical: z.boolean().default(false),
      at,
      sendAt: Instant.optional(),
    }),
    timeZone: TimeZone.optional(),
    choices: UserChoices.default({}),
    defaults: PreferenceDefaults.optional(),
    categories: z.record(Slug, CategoryInput).default({}),
    workflows: z.array(WorkflowRule).max(100).default([]),
    suppressed: z.enum(SUPPRESSION_REASONS).optional(),
  }),
  output: Decision,
  transaction: 'none',
  example: {
    message: { channel: 'email', address: 'ada@example.com', category: 'news' },
    categories: { news: { name: 'News' } },
    choices: { categories: { news: { channels: { email: false } } } },
  },
  async run(ctx, { body }) {
    const now = body.message.at === undefined ? ctx.clock.now() : new Date(body.message.at);
    const { message } = body;
    const address = message.address ?? (message.channel === 'email' ? 'user@example.com' : null);
    const subject = {
      userId: 'user',
      channel: message.channel,
      address: address ?? (message.channel === 'sms' || message.channel === 'whatsapp' ? '+431234567' : null),
      category: message.category,
      workflow: message.workflow ?? null,
      priority: message.priority,
      critical: message.critical,
      at: now,
      sendAt: message.sendAt === undefined ? undefined : new Date(message.sendAt),
    };
    const categories = Object.entries(body.categories).map(([key, category]) =>
      Category.parse({
        ...category,
        key,
        cadence: category.cadence ?? { every: 'instant' },
        consent: category.consent ?? null,
      }),
    );
    const rules = toRules({ defaults: body.defaults ?? null, categories, workflows: body.workflows });
    const suppressed = new Map(
      body.suppressed && subject.address !== null
        ? [[addressKey(subject.channel, subject.address), { reason: body.suppressed, source: 'given', since: now }]]
        : [],
    );
    const timeZone = body.timeZone ?? rules.defaults.timeZone;
    return decide({ ...userOf({ choices: body.choices, timeZone }), rules }, subject, { ...noUsage(), suppressed });
  },
});

function userOf(part: Pick<UserPreferences, 'choices' | 'timeZone'>): UserPreferences {
  const rules = toRules({ defaults: null, categories: [], workflows: [] });
  return { userId: 'user', known: true, locale: null, ownTimeZone: part.timeZone, rules, ...part };
}

function* firesOf(when: ScheduleTime, zone: string, after: Date): Generator<Date> {
  if (when.every !== 'once') {
    yield* fires(when, zone, after);
    return;
  }
  const fire = onceAt(when.at, zone);
  if (fire > after) yield fire;
}

function describe(fire: Date, zone: string): z.infer<typeof Fire> {
  const { date, time } = localParts(fire, zone);
  return { at: fire.toISOString(), local: `${date} ${time}` };
}

export const tryOperations = [schedule, quietHours, digest, decision];
