import type { Provider } from '../ports/channel.ts';
import { smtp } from './email/smtp/index.ts';
import { genericWebhook } from './webhook/generic/index.ts';

/** Every provider that can be connected: one folder and one line each. */
export const providers: readonly Provider[] = [smtp, genericWebhook];
