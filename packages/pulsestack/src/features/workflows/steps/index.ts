import type { Step } from '@pulsestack/core';
import { channelSteps } from './channels.ts';
import { code } from './code.ts';
import { delay } from './delay.ts';
import { digest } from './digest.ts';
import { branch, loop, split, stop } from './flow.ts';
import { http } from './http.ts';
import type { StepKind } from './kind.ts';
import { invoke, updateTopic, updateUser } from './people.ts';
import { throttle } from './throttle.ts';
import { wait } from './wait.ts';

const all: readonly StepKind[] = [
  ...channelSteps,
  delay,
  digest,
  throttle,
  wait,
  branch,
  split,
  loop,
  stop,
  http,
  code,
  updateUser,
  updateTopic,
  invoke,
];

const byType = new Map(all.map((kind) => [kind.type, kind]));

export function kindOf(step: Step): StepKind {
  const kind = byType.get(step.type);
  if (!kind) throw new Error(`this build knows no step "${step.type}"`);
  return kind;
}
