import type { JsonObject, MessageContent, ReasonCode, Step } from '@pulsestack/core';
import type { z } from 'zod';
import type { Runtime } from '../../../kernel/runtime.ts';
import type { Compiled, Position } from '../compile.ts';

export type Data = z.infer<typeof JsonObject>;
/** Any JSON value. */
export type Json = z.infer<typeof JsonObject>[string];

/** Why a run or a step went the way it went, beyond what becomes of messages. Codes are promises: they never change meaning. */
export const RUN_CODES = {
  'run.finished': 'Every step is done.',
  'run.stopped': 'A stop step ended the run.',
  'run.cancelled': 'It was cancelled.',
  'run.attempts': 'The engine failed on it too often.',
  'step.failed': 'A step failed.',
  'step.condition_false': 'The condition of the step was not met.',
  'step.condition_failed': 'The condition of the step could not be evaluated.',
  'delay.until': 'The run waits until an instant.',
  'delay.past': 'The instant to wait for is over, so it goes on at once.',
  'delay.invalid': 'The instant to wait for cannot be read.',
  'digest.opened': 'The first event opened a digest.',
  'digest.passed': 'No event came in the time before, so this one passes at once.',
  'digest.merged': 'The event joined a digest that was open already.',
  'digest.closed': 'The digest closed and takes all its events along.',
  'digest.handed_over': 'The run that led the digest was cancelled, so this one leads it now.',
  'throttle.passed': 'The throttle let it through.',
  'throttle.limit': 'The throttle of the workflow let no more through.',
  'throttle.invalid': 'The window of the throttle cannot be read.',
  'wait.began': 'The run waits for an event.',
  'wait.met': 'An awaited event came.',
  'wait.timed_out': 'No awaited event came in time.',
  'branch.taken': 'A branch was taken.',
  'split.taken': 'An arm was chosen by the hash of the user.',
  'loop.round': 'A round of the loop begins.',
  'loop.empty': 'The list to loop over is empty or no list.',
  'message.made': 'A message was made.',
  'message.skipped': 'A message was made and not sent.',
  'template.failed': 'The template could not be rendered.',
  'http.answered': 'The server answered.',
  'http.warning': 'The answer is no JSON object, so later steps see nothing of it.',
  'http.failed': 'The request failed.',
  'http.refused': 'The address is private, so no request was made.',
  'http.mismatch': 'The answer does not fit its schema.',
  'code.answered': 'The code of the application answered.',
  'code.retried': 'The code of the application failed and is tried again.',
  'code.failed': 'The code of the application failed.',
  'code.refused': 'The code of the application was not called.',
  'code.mismatch': 'What the code of the application answered does not fit.',
  'user.updated': 'The user was updated.',
  'topic.updated': 'The subscription was changed.',
  'workflow.invoked': 'Another workflow was started.',
  'workflow.not_invoked': 'The other workflow could not be started.',
} as const;
export type RunCode = keyof typeof RUN_CODES;

/** One line of the trace. */
export interface Line {
  at: string;
  step: string | null;
  type: string | null;
  code: RunCode;
  sentence: string;
  detail?: Data;
}

export interface UserFacts {
  id: string;
  name: string | null;
  email: string | null;
  phone: string | null;
  locale: string | null;
  timeZone: string | null;
  attributes: Data;
}

/** What a run carries from commit to commit. */
export interface Vars {
  /** The outputs of steps by their ids. */
  steps: Record<string, Data>;
  /** The last message of each channel step. */
  messages: Record<string, string>;
  /** The digest of each digest step, closed. */
  digests: Record<string, string>;
  /** The digest step whose events are `events`. */
  digest?: string;
  /** How many rounds each loop has. */
  loops: Record<string, number>;
  /** Awaited events that were used up. */
  consumed?: string[];
}

export interface DigestEvent {
  id: string;
  at: string;
  payload: Data;
}

export interface Progress {
  state: string;
  seenAt: Date | null;
  readAt: Date | null;
  clickedAt: Date | null;
}

/** A run in memory, between its claim and its last commit. */
export interface Live {
  id: string;
  workspaceId: string;
  workflow: Compiled;
  user: UserFacts;
  event: { id: string; name: string; at: Date; actor: string | null };
  payload: Data;
  position: Position;
  phase: Phase | null;
  vars: Vars;
  depth: number;
  correlationId: string;
  cancelKey: string | null;
  /** Since when it is ready. */
  dueAt: Date;
  lineCount: number;
  attempts: number;
  /** Loaded when the workflow asks for them. */
  digests: Map<string, DigestEvents>;
  states: Map<string, Progress>;
  heard: Heard[];
  online: boolean;
  /** Nothing is asked outside, so what only code can say is not known. */
  isRehearsal?: true;
  /** The last message it made since its claim. */
  lastMessage?: string;
  // What happened since the last commit:
  lines: Line[];
  effects: Effect[];
  outcome: Outcome;
}

export interface DigestEvents {
  key: string;
  openedAt: string;
  events: DigestEvent[];
}

export interface Heard {
  eventId: string;
  name: string;
  at: Date;
  payload: Data;
}

export type Phase =
  | { kind: 'digest'; id: string }
  | { kind: 'wait'; since: string; until: string }
  /** What failed is tried again; this try is the one of that number. */
  | { kind: 'retry'; attempt: number }
  /** Whatever was asked of the database is answered, and the step goes on with it. */
  | { kind: 'answer'; answer: Data };

/** How far interpretation got. */
export type Outcome =
  | { kind: 'running' }
  | { kind: 'sleep'; until: Date | null }
  | { kind: 'done'; code: RunCode; sentence: string }
  | { kind: 'failed'; code: RunCode; sentence: string }
  /** Only the database can tell how it goes on. */
  | { kind: 'ask'; ask: Ask }
  /** Only a call to the outside can tell. It must be repeatable. */
  | { kind: 'call'; call: (runtime: Runtime, signal: AbortSignal) => Promise<Data> }
  /** Everything up to here must be committed, and states of messages loaded, before the next step is looked at. */
  | { kind: 'commit' };

export type Ask =
  | {
      kind: 'digest.join';
      step: string;
      key: string;
      closesAt: Date;
      /** Sliding: each event moves the end to this, but never beyond `latestAt`. */
      slides: boolean;
      latestAt: Date | null;
      flushAt: number | null;
      lookBackMs: number | null;
    }
  | { kind: 'digest.close'; id: string }
  | { kind: 'throttle'; step: string; key: string; limit: number; resetsAt: Date }
  | { kind: 'wait'; names: string[]; since: Date; until: Date };

export type Effect =
  | {
      kind: 'message';
      id: string;
      step: string;
      line: Line;
      request: ContentRequest;
      /** Set when it is rendered. */
      content?: MessageContent;
    }
  | { kind: 'skipped'; step: string; channel: MessageContent['channel']; code: ReasonCode; sentence?: string }
  | { kind: 'user'; set: Data; remove: string[] }
  | { kind: 'topic'; topic: string; action: 'subscribe' | 'unsubscribe' }
  | { kind: 'invoke'; workflow: string; payload: Data; runId: string; eventId: string; line: Line }
  | { kind: 'unwait' };

/** What a channel step wants to say, before it is rendered. */
export interface ContentRequest {
  channel: MessageContent['channel'];
  step: Step;
  data: Data;
}
