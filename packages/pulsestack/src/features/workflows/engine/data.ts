import { roundsOf } from '../compile.ts';
import type { Data, Json, Live } from './live.ts';
import { lookUpPayload } from './text.ts';

/** What conditions and texts of a run see. */
export function dataOf(live: Live, now: Date): Data {
  const { user, vars, event } = live;
  const digest = vars.digest === undefined ? undefined : live.digests.get(vars.digests[vars.digest] ?? '');
  const data: Data = {
    payload: live.payload,
    user: { ...user },
    event: { id: event.id, name: event.name, at: event.at.toISOString() },
    actor: event.actor,
    steps: stepsOf(live),
    events: (digest?.events ?? []) as unknown as Json,
    digest: { count: digest?.events.length ?? 0, key: digest?.key ?? '', openedAt: digest?.openedAt ?? null },
    workspace: { id: live.workspaceId },
    presence: { online: live.online },
    run: { id: live.id, workflow: live.workflow.key },
    now: now.toISOString(),
  };
  for (const { step, round } of roundsOf(live.workflow.definition.steps, live.position)) {
    if (step.type !== 'loop') continue;
    const list = lookUpPayload(data, step.over);
    data[step.as] = Array.isArray(list) ? ((list[round] ?? null) as Json) : null;
    data.index = round;
  }
  return data;
}

function stepsOf(live: Live): Data {
  const steps: Data = {};
  for (const [id, output] of Object.entries(live.vars.steps)) steps[id] = { ...output, output };
  for (const [id, messageId] of Object.entries(live.vars.messages)) {
    const state = live.states.get(messageId);
    const instant = (at: Date | null | undefined) => at?.toISOString() ?? null;
    steps[id] = {
      ...(steps[id] as Data | undefined),
      messageId,
      state: state?.state ?? null,
      seenAt: instant(state?.seenAt),
      readAt: instant(state?.readAt),
      clickedAt: instant(state?.clickedAt),
    };
  }
  return steps;
}
