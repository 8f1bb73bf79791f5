import { type Feature, feature } from '../../kernel/feature.ts';
import { operations } from './api.ts';
import { listenForInvalidations } from './credentials.ts';
import { memberJoined, memberRemoved, memberUpdated } from './events.ts';
import { ticks } from './jobs.ts';
import { ensureSigningKey, rotateSigningKeys } from './keyring.ts';

export { issueApiKey } from './api-keys.ts';
export { authenticate, principalOf, revokeUserTokens } from './credentials.ts';
export { ensureDevelopment, retireDevelopment, signInDevelopmentOwner } from './development.ts';
export { refuseMember } from './members.ts';
export { REVOKED_CHANNEL, type Revocation } from './revocation.ts';
export { findVerifiedAddress } from './store/members.ts';
export { mintUserToken } from './user-tokens.ts';
export { createWorkspace } from './workspaces.ts';
export { rotateSigningKeys };

/** Who may do what: accounts, sessions, workspaces, members, roles, API keys, user tokens and the audit log. */
export const accounts: Feature = feature({
  name: 'accounts',
  operations,
  events: [memberJoined, memberUpdated, memberRemoved],
  ticks,
  async start(runtime) {
    await ensureSigningKey(runtime);
    await listenForInvalidations(runtime);
  },
});
