import { Duration, durationMs, type TraceLine } from '@pulsestack/core';
import type { Config } from '../config.ts';
import { callRemote } from './remote.ts';
import type { Plan } from './virtual-time.ts';

interface Rehearsed {
  state: string;
  sentence: string;
  beginsAt: string;
  endsAt: string;
  trace: TraceLine[];
  messages: {
    step: string;
    channel: string;
    at: string;
    content: Record<string, unknown> | null;
    skipped: { sentence: string } | null;
    decision: { outcome: string; lines: { verdict: string; sentence: string }[] } | null;
  }[];
}

const DEFAULT_UNTIL = '+30d';

interface Options {
  user?: string;
  until?: string;
  payload?: string;
  version?: string;
  'call-code'?: boolean;
  from?: string;
  definition?: string;
  profile?: string;
  events?: string;
}

/**
 * Prints what a workflow would do for a user, and when, up to a time from now. Nothing is sent. A workflow at a server is
 * rehearsed there, one run by itself; one in files is carried out by the real engine, together with all that it meets.
 */
export async function simulate(config: Config, workflow: string | undefined, options: Options): Promise<number> {
  if (!workflow || !options.user) {
    console.error('Say which workflow and which user: pulsestack simulate welcome --user ada');
    return 2;
  }
  const untilMs = offsetMs(options.until ?? DEFAULT_UNTIL);
  const payload = payloadOf(options.payload ?? '{}');
  if (untilMs === null || payload === null) {
    console.error(untilMs === null ? '--until must be such as +30d or +12h.' : '--payload must be a JSON object.');
    return 2;
  }
  const { from, definition, profile, events } = options;
  if (from !== undefined || definition !== undefined)
    return simulateFiles({
      workflow,
      user: options.user,
      payload,
      untilMs,
      from: definition === undefined ? { folder: from ?? '' } : { definition },
      profile,
      events,
    });
  if (profile !== undefined || events !== undefined) {
    console.error('--profile and --events are for workflows in files; name them with --from or --definition.');
    return 2;
  }
  const told = await callRemote<Rehearsed>(config, 'POST', `/v1/workflows/${encodeURIComponent(workflow)}/test`, {
    user: options.user,
    payload,
    ...(options['call-code'] ? { callCode: true } : {}),
    ...(options.version === undefined ? {} : { version: Number(options.version) }),
  });
  for (const line of timeline(told, untilMs)) console.log(line);
  return told.state === 'failed' ? 1 : 0;
}

async function simulateFiles(plan: Plan): Promise<number> {
  // Only here: no other command carries a database with it.
  const { carryThrough, PlanError } = await import('./virtual-time.ts');
  try {
    const { happenings, failed } = await carryThrough(plan);
    for (const { afterMs, text } of happenings) console.log(`${label(afterMs)}  ${text}`);
    return failed ? 1 : 0;
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    console.error(error.message);
    return 2;
  }
}

/** The trace, each message with what it says and what becomes of it. */
export function timeline(told: Rehearsed, untilMs: number): string[] {
  const beginMs = Date.parse(told.beginsAt);
  const messages = [...told.messages];
  const lines: string[] = [];
  for (const line of told.trace) {
    const atMs = Date.parse(line.at);
    if (atMs - beginMs > untilMs) return [...lines, `${label(untilMs)}  … it goes on until ${told.endsAt}`];
    const place = line.step === null ? '' : `${line.step} (${line.type}): `;
    const next = messages.findIndex((one) => one.step === line.step && one.at === line.at);
    const message = line.code.startsWith('message.') && next >= 0 ? messages.splice(next, 1)[0] : undefined;
    lines.push(`${label(atMs - beginMs)}  ${place}${message ? fateOf(message) : line.sentence}`);
  }
  if (Date.parse(told.endsAt) - beginMs <= untilMs)
    lines.push(`${label(Date.parse(told.endsAt) - beginMs)}  ${told.state}: ${told.sentence}`);
  return lines;
}

function fateOf({ content, skipped, decision }: Rehearsed['messages'][number]): string {
  const text = String(content?.title ?? content?.subject ?? content?.body ?? '');
  const why = decision?.lines.find((line) => line.verdict !== 'pass')?.sentence;
  const fate = skipped ? `skipped: ${skipped.sentence}` : `${decision?.outcome ?? 'send'}${why ? `: ${why}` : ''}`;
  return text ? `“${text}” → ${fate}` : fate;
}

/** The time since the beginning: `+3d 02:15:00`. */
function label(ms: number): string {
  const days = Math.floor(ms / 86_400_000);
  return `+${String(days).padStart(3)}d ${new Date(ms - days * 86_400_000).toISOString().slice(11, 19)}`;
}

function offsetMs(until: string): number | null {
  const duration = Duration.safeParse(until.replace(/^\+/, ''));
  return duration.success ? durationMs(duration.data) : null;
}

function payloadOf(text: string): object | null {
  try {
    const payload: unknown = JSON.parse(text);
    return typeof payload === 'object' && payload !== null && !Array.isArray(payload) ? payload : null;
  } catch {
    return null;
  }
}
