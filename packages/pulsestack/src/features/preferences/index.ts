import { feature } from '../../kernel/feature.ts';
import { suppressionOperations } from './api/suppressions.ts';
import { tryOperations } from './api/try.ts';
import { userPreferenceOperations } from './api/users.ts';
import { workspacePreferenceOperations } from './api/workspace.ts';
import { preferencesUpdated } from './events.ts';
import { ticks } from './jobs.ts';

export { chooseWinners, countSend } from './caps.ts';
export { canChange, unsubscribePatch } from './choices.ts';
export { cadenceOf, decide, type Subject } from './decide.ts';
export { type LinkSubject, messageLinks, pageUrl, readLink, signLink } from './links.ts';
export { loadCapUsage, loadPreferences, loadRules, recordSends } from './load.ts';
export { isCritical } from './merge.ts';
export { changePreferences, getPreferences, registerWorkflow } from './preferences.ts';
export { addressKey, loadSuppressions, suppress } from './suppression.ts';

/** What people want: categories, choices, quiet hours, digests, caps, consent and the suppression list. */
export const preferences = feature({
  name: 'preferences',
  operations: [
    ...userPreferenceOperations,
    ...workspacePreferenceOperations,
    ...suppressionOperations,
    ...tryOperations,
  ],
  events: [preferencesUpdated],
  ticks,
});
