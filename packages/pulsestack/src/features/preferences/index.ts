import { feature } from '../../kernel/feature.ts';

export { type CapUsage, chooseWinners, countSend, placesLeft, type SuppressedAddress } from './caps.ts';
export { decide, type Subject, type UserPreferences } from './decide.ts';
export { loadCapUsage, loadPreferences, recordSends } from './load.ts';
export { addressKey, loadSuppressions, suppress } from './suppression.ts';

/** What people want: categories, choices, quiet hours, digests, caps, consent and the suppression list. */
export const preferences = feature({ name: 'preferences' });
