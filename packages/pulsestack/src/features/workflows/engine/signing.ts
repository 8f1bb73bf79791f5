import { createHmac } from 'node:crypto';
import type { Runtime } from '../../../kernel/runtime.ts';

const PURPOSE = 'workflow http step';

/** The secrets that requests of a workspace are signed with, the newest first; more than one only while master keys rotate. */
export function signingSecrets(runtime: Pick<Runtime, 'seal'>, workspaceId: string): Buffer[] {
  return runtime.seal.digests(workspaceId, PURPOSE);
}

/** The headers of Standard Webhooks: whoever checks one of the signatures knows that the request is ours and fresh. */
export function signRequest(
  runtime: Pick<Runtime, 'seal' | 'clock'>,
  workspaceId: string,
  id: string,
  body: string,
): Record<string, string> {
  const timestamp = Math.floor(runtime.clock.nowMs() / 1000);
  const signatures = signingSecrets(runtime, workspaceId).map(
    (secret) => `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
  );
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signatures.join(' ') };
}
