import { z } from 'zod';

/** The ways a message can take to a person. */
export const CHANNELS = ['in_app', 'email', 'sms', 'push', 'whatsapp', 'chat', 'webhook'] as const;
export const Channel = z.enum(CHANNELS);
export type Channel = z.infer<typeof Channel>;
