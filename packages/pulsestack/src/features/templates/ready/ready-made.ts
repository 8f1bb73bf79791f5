import type { TemplateContentInput, WorkflowInput } from '@pulsestack/core';
import type { Json } from '../contents.ts';

/** A workflow with its templates that a workspace installs as it is and changes as it likes. */
export interface ReadyMade {
  key: string;
  name: string;
  description: string;
  /** What the event that starts it carries. */
  sample: Record<string, Json>;
  /** The events of a digest, for previews of what collects them. */
  sampleEvents?: Record<string, Json>[];
  templates: readonly {
    key: string;
    name: string;
    content: TemplateContentInput;
  }[];
  workflow: WorkflowInput;
}

export function readyMade(ready: ReadyMade): ReadyMade {
  return ready;
}
