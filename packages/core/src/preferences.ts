import { z } from 'zod';
import { Locale, TimeZone, UserId } from './audience.ts';
import { CHANNELS, Channel } from './channel.ts';
import { Duration } from './duration.ts';
import { Instant, line, Slug, text } from './text.ts';

/** `HH:mm` on the clock of a wall. */
export const TimeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 08:30')
  .meta({ description: 'Local time of day', examples: ['08:00'] });

const EndOfDay = z
  .string()
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a time of day such as 07:00, or 24:00')
  .meta({ examples: ['07:00'] });

/** ISO weekday: 1 is Monday, 7 is Sunday. */
export const Weekday = z.number().int().min(1).max(7);

/** On or off for some channels; one that is not named says nothing. */
export const ChannelChoices = z
  .partialRecord(Channel, z.boolean())
  .meta({ description: 'On or off per channel', examples: [{ email: true, sms: false }] });
export type ChannelChoices = z.infer<typeof ChannelChoices>;

/** How often a user reads a category: at once, or collected. */
export const Cadence = z
  .discriminatedUnion('every', [
    z.strictObject({ every: z.literal('instant') }),
    z.strictObject({ every: z.literal('hourly') }),
    z.strictObject({ every: z.literal('daily'), at: TimeOfDay }),
    z.strictObject({ every: z.literal('weekly'), weekday: Weekday, at: TimeOfDay }),
  ])
  .meta({ id: 'Cadence', examples: [{ every: 'daily', at: '08:00' }] });
export type Cadence = z.infer<typeof Cadence>;

export const QUIET_MODES = ['hold', 'drop', 'in_app_only'] as const;
export const QuietMode = z.enum(QUIET_MODES);
export type QuietMode = z.infer<typeof QuietMode>;

/** A window of the local clock in which a user wants silence; the end before the start is on the next day. */
export const QuietHours = z
  .strictObject({
    days: z
      .array(Weekday)
      .min(1)
      .max(7)
      .optional()
      .meta({ description: 'The days it begins on; every day when left out' }),
    start: TimeOfDay,
    end: EndOfDay,
    channels: z
      .array(Channel)
      .min(1)
      .max(CHANNELS.length)
      .optional()
      .meta({ description: 'Which channels keep quiet; all but the inbox when left out' }),
    mode: QuietMode.default('hold').meta({
      description: 'What becomes of a message: it waits, it is dropped, or only the inbox gets it',
    }),
  })
  .meta({ id: 'QuietHours' });
export type QuietHours = z.infer<typeof QuietHours>;

/** Silence until an instant, whatever the clock says. */
export const DoNotDisturb = z
  .strictObject({
    until: Instant,
    channels: z.array(Channel).min(1).max(CHANNELS.length).optional(),
    mode: QuietMode.default('hold'),
  })
  .meta({ id: 'DoNotDisturb' });
export type DoNotDisturb = z.infer<typeof DoNotDisturb>;

/** A kind of messages as users know it. */
export const CategoryInput = z.strictObject({
  name: line(120),
  description: text(1000).default(''),
  defaults: ChannelChoices.default({}).meta({ description: 'On unless said otherwise' }),
  forced: ChannelChoices.default({}).meta({ description: 'What users cannot change' }),
  critical: z
    .boolean()
    .default(false)
    .meta({ description: 'Passes what users have chosen, caps, quiet hours and digests' }),
  digestible: z.boolean().default(true).meta({ description: 'Users may choose to read it as a digest' }),
  cadence: Cadence.optional().meta({ description: 'How often it is read by those who have not chosen' }),
  consent: Slug.nullish().meta({ description: 'The purpose a user must have agreed to' }),
});
export type CategoryInput = z.infer<typeof CategoryInput>;

export const Category = z
  .object({
    key: Slug,
    name: z.string(),
    description: z.string(),
    defaults: ChannelChoices,
    forced: ChannelChoices,
    critical: z.boolean(),
    digestible: z.boolean(),
    cadence: Cadence,
    consent: z.string().nullable(),
  })
  .meta({ id: 'Category' });
export type Category = z.infer<typeof Category>;

/** What a workspace says of one workflow. */
export const WorkflowRuleInput = z.strictObject({
  defaults: ChannelChoices.default({}),
  forced: ChannelChoices.default({}),
});
export const WorkflowRule = z
  .object({
    workflow: Slug,
    name: z.string(),
    category: Slug,
    critical: z.boolean(),
    defaults: ChannelChoices,
    forced: ChannelChoices,
  })
  .meta({ id: 'WorkflowRule' });
export type WorkflowRule = z.infer<typeof WorkflowRule>;

/** What holds for everyone in a workspace who has not chosen. */
export const PreferenceDefaults = z
  .strictObject({
    defaults: ChannelChoices.default({}),
    forced: ChannelChoices.default({}),
    timeZone: TimeZone.default('UTC').meta({ description: 'For users without one' }),
    locale: Locale.default('en'),
    quietHours: z.array(QuietHours).max(14).default([]),
  })
  .meta({ id: 'PreferenceDefaults' });
export type PreferenceDefaults = z.infer<typeof PreferenceDefaults>;

/** At most so many messages in a time. */
export const CapRule = z
  .strictObject({
    key: Slug,
    scope: z
      .enum(['user', 'category', 'workspace'])
      .meta({ description: 'What is counted: each user, each category of each user, or all together' }),
    channel: Channel.optional().meta({ description: 'Every channel when left out' }),
    category: Slug.optional().meta({ description: 'Only this category' }),
    limit: z.number().int().min(1).max(1_000_000),
    window: Duration,
    beyond: z
      .enum(['wait', 'skip'])
      .default('wait')
      .meta({ description: 'A message beyond the limit waits for a place, or is not sent' }),
  })
  .meta({ id: 'CapRule' });
export type CapRule = z.infer<typeof CapRule>;

/** Ten e-mails a minute for each user, until a workspace says otherwise. */
export const DEFAULT_CAPS: readonly CapRule[] = [
  { key: 'email-per-minute', scope: 'user', channel: 'email', limit: 10, window: '1m', beyond: 'wait' },
];

const CategoryChoice = z.strictObject({
  channels: ChannelChoices.optional(),
  cadence: Cadence.optional(),
  snoozedUntil: Instant.optional(),
});
export const WorkflowChoice = z.strictObject({ channels: ChannelChoices.optional() });
export const Consent = z.object({ granted: z.boolean(), at: Instant, source: z.string() });

/** What one user has chosen, and nothing else. */
export const UserChoices = z.object({
  all: z.boolean().optional(),
  channels: ChannelChoices.optional(),
  categories: z.record(z.string(), CategoryChoice).optional(),
  workflows: z.record(z.string(), WorkflowChoice).optional(),
  quietHours: z.array(QuietHours).optional(),
  doNotDisturb: DoNotDisturb.optional(),
  consents: z.record(z.string(), Consent).optional(),
});
export type UserChoices = z.infer<typeof UserChoices>;

const patchedChannels = z.partialRecord(Channel, z.boolean().nullable()).nullable();

/** A merge patch (RFC 7396): what is left out stays, null takes a choice back. */
export const PreferencesPatch = z
  .strictObject({
    all: z.boolean().nullish().meta({ description: 'False turns everything off that is not chosen in particular' }),
    channels: patchedChannels.optional(),
    categories: z
      .record(
        Slug,
        z
          .strictObject({
            channels: patchedChannels.optional(),
            cadence: Cadence.nullish(),
            snoozedUntil: Instant.nullish(),
          })
          .nullable(),
      )
      .nullish(),
    workflows: z.record(Slug, z.strictObject({ channels: patchedChannels.optional() }).nullable()).nullish(),
    quietHours: z.array(QuietHours).max(14).nullish(),
    doNotDisturb: DoNotDisturb.nullish(),
    consents: z.record(Slug, z.boolean()).optional(),
  })
  .meta({ id: 'PreferencesPatch' });
export type PreferencesPatch = z.infer<typeof PreferencesPatch>;

/** Who decided a value; the first that has an opinion. */
export const DECIDED_BY = [
  'workspace_forced',
  'user_snooze',
  'user_workflow',
  'user_category',
  'user_channel',
  'user_all',
  'workflow_default',
  'category_default',
  'workspace_default',
  'product_default',
] as const;

export const PreferenceValue = z
  .object({
    enabled: z.boolean(),
    forced: z.boolean().meta({ description: 'The user cannot change it' }),
    decidedBy: z.enum(DECIDED_BY),
  })
  .meta({ id: 'PreferenceValue' });
export type PreferenceValue = z.infer<typeof PreferenceValue>;

const values = z.record(Channel, PreferenceValue);

/** The preferences of a user as they work: every value, who decided it, and what cannot be changed. */
export const Preferences = z
  .object({
    userId: UserId,
    timeZone: z.string(),
    locale: z.string(),
    all: z.boolean().nullable(),
    channels: ChannelChoices.meta({ description: 'What the user has chosen for whole channels' }),
    categories: z.array(
      z.object({
        key: z.string(),
        name: z.string(),
        description: z.string(),
        critical: z.boolean(),
        digestible: z.boolean(),
        cadence: Cadence,
        snoozedUntil: Instant.nullable(),
        consent: z.object({ purpose: z.string(), granted: z.boolean(), at: Instant.nullable() }).nullable(),
        channels: values,
      }),
    ),
    workflows: z.array(
      z.object({
        workflow: z.string(),
        name: z.string(),
        category: z.string(),
        critical: z.boolean(),
        channels: values,
      }),
    ),
    quietHours: z.array(QuietHours),
    quietHoursDecidedBy: z.enum(['user', 'workspace_default']),
    doNotDisturb: DoNotDisturb.nullable(),
    updatedAt: Instant.nullable(),
  })
  .meta({ id: 'Preferences' });
export type Preferences = z.infer<typeof Preferences>;

/** One change of a user's preferences. */
export const PreferenceChange = z
  .object({
    id: z.string(),
    at: Instant,
    actor: z.object({ kind: z.enum(['member', 'key', 'user', 'system']), id: z.string() }),
    source: z.enum(['api', 'inbox', 'page', 'unsubscribe']),
    changes: z.array(z.object({ path: z.string(), from: z.json(), to: z.json() })),
  })
  .meta({ id: 'PreferenceChange' });
export type PreferenceChange = z.infer<typeof PreferenceChange>;

export const SUPPRESSION_REASONS = ['bounced', 'complained', 'manual'] as const;

/** An address that is never written to. */
export const Suppression = z
  .object({
    channel: Channel,
    address: z.string(),
    reason: z.enum(SUPPRESSION_REASONS),
    source: z.string(),
    evidence: z.record(z.string(), z.json()),
    createdAt: Instant,
  })
  .meta({ id: 'Suppression' });
export type Suppression = z.infer<typeof Suppression>;

export const SuppressionInput = z.strictObject({
  channel: Channel.default('email'),
  address: text(320, 1).refine((address) => !/\s/.test(address), 'must not hold spaces'),
  reason: z.enum(SUPPRESSION_REASONS).default('manual'),
});
export type SuppressionInput = z.infer<typeof SuppressionInput>;
