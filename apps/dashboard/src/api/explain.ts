import type { Audience, Channel, Decision, Priority } from '@pulsestack/core';
import { call } from './session.ts';

export interface Question {
  channels: readonly Channel[];
  category: string;
  workflow?: string;
  priority: Priority;
  critical: boolean;
}

export interface Explained {
  channel: Channel;
  to: string | null;
  decision: Decision;
  sentence: string | null;
}

export interface Reason {
  channel: Channel;
  outcome: Decision['outcome'];
  code: string | null;
  sentence: string | null;
  users: number;
  examples: string[];
}

interface Answer {
  user: Explained[] | null;
  audience: { examined: number; complete: boolean; reasons: Reason[] } | null;
}

/** What would become of a message, and why; nothing is sent. */
export const explain = (body: Question & ({ user: string } | { audience: Audience; limit: number })) =>
  call<Answer>('POST', '/v1/explain', { body });
