import { UserId } from '@pulsestack/core';
import { z } from 'zod';
import { event } from '../../kernel/event.ts';

export const preferencesUpdated = event(
  'preferences.updated',
  z.object({ userId: UserId, source: z.string(), changed: z.array(z.string()) }),
  { summary: 'A user, or somebody for them, has changed preferences' },
);
