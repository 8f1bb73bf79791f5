import { z } from 'zod';
import { ImageUrl, Instant, JsonObject, text } from './text.ts';

/** The id of a user in your own application: any text of 1–128 visible characters. */
export const UserId = z
  .string()
  .regex(/^[^\s\p{C}/?#]{1,128}$/u, 'must be 1–128 characters without spaces, control characters, slash, ? or #')
  .refine((id) => id.isWellFormed(), 'must be well-formed Unicode')
  .meta({ description: 'Your own id of the user', examples: ['ada'] });

export const Locale = z
  .string()
  .max(35)
  .refine(isLocale, 'must be a BCP 47 language tag such as de-AT')
  .meta({ examples: ['en-GB'] });

export const TimeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'must be an IANA time zone such as Europe/Berlin')
  .meta({ examples: ['Europe/Berlin'] });

const Email = z.email().max(254);
const Phone = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be a phone number in E.164 form such as +4366412345678');

/** What may be said of a user. A field left out stays as it is, null removes it. */
export const UserInput = z.strictObject({
  name: text(200).nullish(),
  email: Email.nullish(),
  phone: Phone.nullish(),
  avatarUrl: ImageUrl.nullish(),
  locale: Locale.nullish(),
  timeZone: TimeZone.nullish(),
  attributes: JsonObject.optional().meta({ description: 'Replaces the attributes as a whole' }),
});
export type UserInput = z.infer<typeof UserInput>;

/** A person who receives. */
export const User = z
  .object({
    id: UserId,
    name: z.string().nullable(),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    avatarUrl: z.string().nullable(),
    locale: z.string().nullable(),
    timeZone: z.string().nullable(),
    attributes: z.record(z.string(), z.json()),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'User' });
export type User = z.infer<typeof User>;

export const TopicKey = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9._:@-]{0,127}$/, 'must be 1–128 characters of letters, digits and . _ : @ -')
  .meta({ description: 'Key of the topic', examples: ['repo:acme.api'] });

/** A list people subscribe to. */
export const Topic = z
  .object({
    key: TopicKey,
    name: z.string().nullable(),
    subscribers: z.number().int().meta({ description: 'How many users are subscribed' }),
    createdAt: Instant,
  })
  .meta({ id: 'Topic' });
export type Topic = z.infer<typeof Topic>;

export const TopicSubscription = z.object({ userId: UserId, createdAt: Instant }).meta({ id: 'TopicSubscription' });
export type TopicSubscription = z.infer<typeof TopicSubscription>;

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone.length > 0;
  } catch {
    return false;
  }
}
