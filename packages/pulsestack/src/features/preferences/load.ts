import { type Category, type Channel, DEFAULT_CAPS, PreferenceDefaults } from '@pulsestack/core';
import type { Transaction } from '../../kernel/tenancy.ts';
import { isZone } from '../../kernel/time/index.ts';
import {
  addSend,
  type CapUsage,
  type Counted,
  counterOf,
  counts,
  type Slice,
  staleAt,
  subjectOf,
  usageKey,
} from './caps.ts';
import type { Subject, UserPreferences } from './decide.ts';
import type { WorkspaceRules } from './merge.ts';
import * as usage from './store/caps.ts';
import { type RulesRow, readCaps, readRules, readUsers, type UserRow } from './store/load.ts';
import { loadSuppressions } from './suppression.ts';

/** What belongs to no other category. Every workspace has it, described or not. */
const GENERAL: Category = {
  key: 'general',
  name: 'General',
  description: '',
  defaults: {},
  forced: {},
  critical: false,
  digestible: true,
  cadence: { every: 'instant' },
  consent: null,
};

/** What a workspace has said, with what the product says where it has not. */
export async function loadRules(tx: Transaction, workspaceId: string): Promise<WorkspaceRules> {
  return toRules(await readRules(tx, workspaceId));
}

export function toRules(row: Omit<RulesRow, 'caps'>): WorkspaceRules {
  const categories = new Map(row.categories.map((category) => [category.key, category]));
  if (!categories.has(GENERAL.key)) categories.set(GENERAL.key, GENERAL);
  return {
    defaults: PreferenceDefaults.parse(row.defaults ?? {}),
    categories,
    workflows: new Map(row.workflows.map((rule) => [rule.workflow, rule])),
  };
}

/** What these users want, one entry for each id that was asked for. */
export async function loadPreferences(
  tx: Transaction,
  workspaceId: string,
  userIds: readonly string[],
): Promise<Map<string, UserPreferences>> {
  const rules = await loadRules(tx, workspaceId);
  const rows = new Map((await readUsers(tx, workspaceId, userIds)).map((row) => [row.id, row]));
  return new Map(userIds.map((userId) => [userId, ofUser(rules, userId, rows.get(userId))]));
}

/** One user's part beside that of the workspace. */
export function ofUser(rules: WorkspaceRules, userId: string, row: UserRow | undefined): UserPreferences {
  const own = row?.time_zone && isZone(row.time_zone) ? row.time_zone : null;
  return {
    userId,
    known: row !== undefined,
    locale: row?.locale ?? null,
    timeZone: own ?? rules.defaults.timeZone,
    ownTimeZone: own,
    rules,
    choices: row?.choices ?? {},
  };
}

/**
 * What else `decide` needs of these messages: which addresses are suppressed, and what their caps have let through. The
 * counters stay locked until the transaction ends, so that two workers never both take the last place: decide, count
 * (`countSend`) and `recordSends` in the same transaction, and keep it short.
 */
export async function loadCapUsage(
  tx: Transaction,
  workspaceId: string,
  subjects: readonly Pick<Subject, 'userId' | 'channel' | 'category' | 'address' | 'at'>[],
): Promise<CapUsage> {
  const caps = (await readCaps(tx, workspaceId)) ?? DEFAULT_CAPS;
  const suppressed = await loadSuppressions(
    tx,
    workspaceId,
    subjects.flatMap(({ channel, address }) => (address === null ? [] : [{ channel, address }])),
  );
  const wanted = countersOf(caps, subjects);
  const slices = new Map<string, Slice[]>();
  const [first] = subjects;
  if (first && wanted.size > 0) {
    for (const row of await usage.lockUsage(tx, workspaceId, [...wanted.values()], first.at))
      slices.set(`${row.cap} ${row.subject}`, row.slices);
  }
  return { caps, slices, suppressed };
}

/** Counts what was sent, also what no cap may stop: whoever got a critical message has got one more. */
export async function recordSends(
  tx: Transaction,
  workspaceId: string,
  sends: readonly { userId: string; channel: Channel; category: string; at: Date }[],
): Promise<void> {
  const [first] = sends;
  if (!first) return;
  const caps = (await readCaps(tx, workspaceId)) ?? DEFAULT_CAPS;
  const wanted = countersOf(caps, sends);
  if (wanted.size === 0) return;
  const rows = await usage.lockUsage(tx, workspaceId, [...wanted.values()], first.at);
  const slices = new Map(rows.map((row) => [`${row.cap} ${row.subject}`, row.slices]));
  for (const send of sends) {
    for (const cap of caps) {
      if (!counts(cap, send)) continue;
      const key = usageKey(cap, subjectOf(cap, send));
      slices.set(key, addSend(cap, slices.get(key) ?? [], send.at));
    }
  }
  const byKey = new Map(caps.map((cap) => [counterOf(cap), cap]));
  await usage.writeUsage(
    tx,
    workspaceId,
    rows.map(({ cap, subject }) => {
      const counted = slices.get(`${cap} ${subject}`) ?? [];
      const rule = byKey.get(cap);
      return { cap, subject, slices: counted, staleAt: rule ? staleAt(rule, counted) : first.at };
    }),
  );
}

function countersOf(
  caps: readonly (typeof DEFAULT_CAPS)[number][],
  messages: readonly Counted[],
): Map<string, usage.UsageKey> {
  const wanted = new Map<string, usage.UsageKey>();
  for (const message of messages) {
    for (const cap of caps) {
      if (!counts(cap, message)) continue;
      const subject = subjectOf(cap, message);
      wanted.set(usageKey(cap, subject), { cap: counterOf(cap), subject });
    }
  }
  return wanted;
}
