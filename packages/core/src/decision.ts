import { z } from 'zod';
import { Instant } from './text.ts';

/** The layers that decide about a message, in the order in which they are asked. */
export const DECISION_LAYERS = [
  'suppression',
  'consent',
  'preference',
  'cap',
  'quiet_hours',
  'digest',
  'send_time',
] as const;

/** Why a message was not sent, or not yet. Codes are promises: they never change meaning. */
export const REASONS = {
  'user.no_address': 'The user has no address for this channel.',
  'user.unknown': 'The user does not exist any more.',
  'channel.no_provider': 'No provider is connected for this channel.',
  'suppression.bounced': 'The address does not exist; a message to it came back.',
  'suppression.complained': 'The person reported a message as spam.',
  'suppression.manual': 'The address was put on the suppression list.',
  'consent.missing': 'The person has not agreed to messages of this kind.',
  'preference.workspace_forced': 'The workspace has turned this off for everyone.',
  'preference.workspace_default': 'The workspace has this off by default, and the user has not turned it on.',
  'preference.user_all': 'The user has turned off everything.',
  'preference.user_channel': 'The user has turned off this channel.',
  'preference.user_category': 'The user has turned off this category.',
  'preference.user_workflow': 'The user has turned off this workflow.',
  'preference.snoozed': 'The user has snoozed this category.',
  'cap.user': 'The user has received as many messages as allowed in this time.',
  'cap.category': 'The user has received as many messages of this category as allowed in this time.',
  'cap.workspace': 'The workspace has sent as many messages as allowed in this time.',
  'quiet_hours.held': 'It is quiet hours; the message waits for their end.',
  'quiet_hours.dropped': 'It is quiet hours, and the user wants nothing to wait.',
  'quiet_hours.in_app_only': 'It is quiet hours; only the inbox receives.',
  'digest.cadence': 'The user reads this category as a digest.',
  'digest.attention_budget': 'A more important message used the last place; this one joins the digest.',
  'send_time.later': 'The message waits for the time that was asked for.',
  'condition.false': 'The condition of the step was not met.',
  'condition.failed': 'The condition of the step could not be evaluated.',
  'throttle.limit': 'The throttle of the workflow let no more through.',
  'digest.merged': 'The event joined a digest that was open already.',
  'message.expired': 'Its time was over before it could be sent.',
  'message.cancelled': 'It was cancelled.',
  'template.failed': 'The template could not be rendered.',
  'provider.refused': 'The provider refused the message for good.',
  'provider.exhausted': 'The provider failed as often as was tried.',
} as const;

export type ReasonCode = keyof typeof REASONS;
export const ReasonCode = z.enum(Object.keys(REASONS) as [ReasonCode, ...ReasonCode[]]);

/** What one layer said. `sentence` is for people who support users; `detail` holds the figures behind it. */
export const DecisionLine = z
  .object({
    layer: z.enum(DECISION_LAYERS),
    verdict: z.enum(['pass', 'skip', 'hold', 'digest']),
    code: ReasonCode.nullable(),
    sentence: z.string(),
    detail: z.record(z.string(), z.json()).optional(),
  })
  .meta({ id: 'DecisionLine' });
export type DecisionLine = z.infer<typeof DecisionLine>;

/** What becomes of a message, with every layer that was asked. */
export const Decision = z
  .discriminatedUnion('outcome', [
    z.object({ outcome: z.literal('send'), lines: z.array(DecisionLine) }),
    z.object({ outcome: z.literal('skip'), code: ReasonCode, lines: z.array(DecisionLine) }),
    z.object({ outcome: z.literal('hold'), code: ReasonCode, until: Instant, lines: z.array(DecisionLine) }),
    z.object({ outcome: z.literal('digest'), code: ReasonCode, until: Instant, lines: z.array(DecisionLine) }),
  ])
  .meta({ id: 'Decision' });
export type Decision = z.infer<typeof Decision>;
