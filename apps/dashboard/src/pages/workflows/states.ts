import type { Workflow } from '@pulsestack/core';
import type { Tone } from '../../ui/badge.tsx';

/** What a workflow does now, in a word. */
export function stateOf({ status, version }: Workflow): { label: string; tone: Tone } {
  switch (status) {
    case 'draft':
      return { label: 'Draft', tone: 'neutral' };
    case 'published':
      return { label: `Live, version ${version}`, tone: 'success' };
    case 'off':
      return { label: 'Off', tone: 'neutral' };
    case 'archived':
      return { label: 'Archived', tone: 'neutral' };
  }
}

export const STATUS_OPTIONS = [
  { value: 'published', label: 'Published' },
  { value: 'draft', label: 'Draft' },
  { value: 'off', label: 'Off' },
];
