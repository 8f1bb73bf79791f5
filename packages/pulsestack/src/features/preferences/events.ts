import { STREAM_EVENTS } from '@pulsestack/core';
import { event } from '../../kernel/event.ts';

export const preferencesUpdated = event('preferences.updated', STREAM_EVENTS['preferences.updated'], {
  summary: 'A user, or somebody for them, has changed preferences',
});
