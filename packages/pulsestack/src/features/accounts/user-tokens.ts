import type { UserToken } from '@pulsestack/core';
import type { Runtime } from '../../kernel/runtime.ts';
import { ensureUser } from './store/members.ts';
import { signToken } from './tokens.ts';

/** Mints a token that acts as one user in the browser; an unknown user comes into being. Call it outside of transactions. */
export async function mintUserToken(
  runtime: Runtime,
  workspaceId: string,
  userId: string,
  ttlMinutes: number,
): Promise<UserToken> {
  await runtime.db.inWorkspace(workspaceId, (tx) => ensureUser(tx, workspaceId, userId, runtime.clock.now()));
  const { token, expiresAt } = await signToken(runtime, { audience: 'user', workspaceId, userId }, ttlMinutes);
  return { token, expiresAt: expiresAt.toISOString() };
}
