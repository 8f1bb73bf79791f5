import {
  Category,
  type Channel,
  DECISION_LAYERS,
  type Priority,
  REASONS,
  type UserChoices,
  type WorkflowRule,
} from '@pulsestack/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CapUsage, chooseWinners, countSend, noUsage } from './caps.ts';
import { decide, type Subject, type UserPreferences } from './decide.ts';
import { toRules } from './load.ts';
import { addressKey } from './suppression.ts';

const NOW = new Date('2026-06-15T08:00:00.000Z');

interface Given {
  choices?: UserChoices;
  category?: Partial<Category>;
  workflow?: Partial<WorkflowRule>;
  defaults?: object;
  timeZone?: string;
}

function user({
  choices = {},
  category = {},
  workflow = {},
  defaults = {},
  timeZone = 'Europe/Berlin',
}: Given): UserPreferences {
  const news = Category.parse({
    key: 'news',
    name: 'News',
    description: '',
    defaults: {},
    forced: {},
    critical: false,
    digestible: true,
    cadence: { every: 'instant' },
    consent: null,
    ...category,
  });
  const weekly = {
    workflow: 'weekly',
    name: 'Weekly',
    category: 'news',
    critical: false,
    defaults: {},
    forced: {},
    ...workflow,
  };
  const rules = toRules({
    defaults: { defaults: {}, forced: {}, timeZone: 'UTC', locale: 'en', quietHours: [], ...defaults },
    categories: [news],
    workflows: [weekly],
  });
  return { userId: 'ada', known: true, locale: null, timeZone, ownTimeZone: timeZone, rules, choices };
}

function message(over: Partial<Subject> = {}): Subject {
  return {
    userId: 'ada',
    channel: 'email',
    address: 'ada@example.com',
    category: 'news',
    workflow: 'weekly',
    priority: 'normal',
    critical: false,
    at: NOW,
    ...over,
  };
}

const codeOf = (decision: ReturnType<typeof decide>) => ('code' in decision ? decision.code : null);
const lastLine = (decision: ReturnType<typeof decide>) => decision.lines.at(-1);

describe('the most particular choice wins', () => {
  // default on/off × everything on/off × workflow on/off × critical
  it.each([
    [true, null, null, false, 'send', 'product_default'],
    [false, null, null, false, 'preference.workspace_default', 'workflow_default'],
    [true, false, null, false, 'preference.user_all', 'user_all'],
    [false, true, null, false, 'send', 'user_all'],
    [true, false, true, false, 'send', 'user_workflow'],
    [false, false, true, false, 'send', 'user_workflow'],
    [true, true, false, false, 'preference.user_workflow', 'user_workflow'],
    [false, true, false, false, 'preference.user_workflow', 'user_workflow'],
    [true, false, false, true, 'send', 'product_default'],
    [true, false, null, true, 'send', 'product_default'],
    [false, true, true, true, 'preference.workspace_default', 'workflow_default'],
    [false, null, null, true, 'preference.workspace_default', 'workflow_default'],
  ] as const)(
    'default %s, everything %s, workflow %s, critical %s: %s by %s',
    (byDefault, all, workflow, critical, expected, decidedBy) => {
      const decision = decide(
        user({
          workflow: byDefault ? {} : { defaults: { email: false } },
          choices: {
            ...(all === null ? {} : { all }),
            ...(workflow === null ? {} : { workflows: { weekly: { channels: { email: workflow } } } }),
          },
        }),
        message({ critical }),
        noUsage(),
      );
      expect(codeOf(decision) ?? decision.outcome).toBe(expected);
      const line = decision.lines.find((one) => one.layer === 'preference');
      expect(line?.detail).toEqual({ decidedBy });
      expect(line?.sentence).toMatch(/\.$/);
    },
  );

  const opinion = fc.constantFrom(true, false, undefined);
  it('as a naive model says, whatever is set', () => {
    fc.assert(
      fc.property(
        fc.record({
          forced: fc.tuple(opinion, opinion, opinion),
          chosen: fc.tuple(opinion, opinion, opinion, opinion),
          defaults: fc.tuple(opinion, opinion, opinion),
          snoozed: fc.constantFrom('no', 'over', 'active'),
          critical: fc.constantFrom('no', 'message', 'category', 'workflow'),
          channel: fc.constantFrom<Channel>('in_app', 'email', 'push'),
          other: fc.boolean(),
        }),
        ({ forced, chosen, defaults, snoozed, critical, channel, other }) => {
          // A value for another channel must never matter.
          const on = (value: boolean | undefined) => ({
            ...(value === undefined ? {} : { [channel]: value }),
            sms: other,
          });
          const decision = decide(
            user({
              defaults: { forced: on(forced[0]), defaults: on(defaults[0]) },
              category: { forced: on(forced[1]), defaults: on(defaults[1]), critical: critical === 'category' },
              workflow: { forced: on(forced[2]), defaults: on(defaults[2]), critical: critical === 'workflow' },
              choices: {
                ...(chosen[0] === undefined ? {} : { all: chosen[0] }),
                channels: on(chosen[1]),
                categories: {
                  news: {
                    channels: on(chosen[2]),
                    ...(snoozed === 'no'
                      ? {}
                      : { snoozedUntil: new Date(NOW.getTime() + (snoozed === 'over' ? 0 : 1)).toISOString() }),
                  },
                  elsewhere: { channels: { [channel]: other } },
                },
                workflows: { weekly: { channels: on(chosen[3]) } },
              },
            }),
            message({ channel, critical: critical === 'message' }),
            noUsage(),
          );
          // The model: write opinions down from the weakest to the strongest, and read the last one.
          const opinions: (boolean | undefined)[] = [true, ...defaults];
          if (critical === 'no') opinions.push(...chosen, snoozed === 'active' ? false : undefined);
          opinions.push(...forced);
          const expected = opinions.findLast((one) => one !== undefined);
          expect(decision.outcome === 'send').toBe(expected);
        },
      ),
      { seed: 3, numRuns: 3000 },
    );
  });
});

describe('the layers', () => {
  it('are asked in order; the first that objects decides, and every sentence and code is one that was promised', () => {
    const flags = fc.record({
      suppression: fc.boolean(),
      consent: fc.boolean(),
      preference: fc.boolean(),
      cap: fc.boolean(),
      quiet_hours: fc.boolean(),
      digest: fc.boolean(),
      send_time: fc.boolean(),
    });
    fc.assert(
      fc.property(flags, fc.boolean(), (objects, critical) => {
        const preferences = user({
          category: { consent: objects.consent ? 'newsletter' : null },
          choices: {
            ...(objects.preference ? { all: false } : {}),
            ...(objects.quiet_hours ? { quietHours: [{ start: '06:00', end: '12:00', mode: 'hold' as const }] } : {}),
            ...(objects.digest ? { categories: { news: { cadence: { every: 'daily' as const, at: '18:00' } } } } : {}),
          },
        });
        const usage: CapUsage = {
          ...noUsage(objects.cap ? [{ key: 'one', scope: 'user', limit: 1, window: '1h', beyond: 'wait' }] : []),
          suppressed: new Map(
            objects.suppression
              ? [[addressKey('email', 'ada@example.com'), { reason: 'bounced' as const, source: 'smtp', since: NOW }]]
              : [],
          ),
        };
        const subject = message({
          critical,
          ...(objects.send_time ? { sendAt: new Date(NOW.getTime() + 60_000) } : {}),
        });
        countSend(usage, subject, NOW);
        const decision = decide(preferences, subject, usage);
        // Critical passes all but suppression and the sender's own wish; what depends on the moment is not asked before it.
        const asks = (layer: (typeof DECISION_LAYERS)[number]) =>
          objects[layer] &&
          (layer === 'suppression' ||
            layer === 'send_time' ||
            (!critical && !(objects.send_time && ['cap', 'quiet_hours', 'digest'].includes(layer))));
        const expected = DECISION_LAYERS.findIndex(asks);
        expect(decision.lines.map((line) => line.layer)).toEqual(
          expected === -1 ? DECISION_LAYERS : DECISION_LAYERS.slice(0, expected + 1),
        );
        expect(decision.outcome === 'send').toBe(expected === -1);
        for (const line of decision.lines) {
          expect(line.sentence).toMatch(/^\S.*\.$/);
          expect(line.code === null).toBe(line.verdict === 'pass');
          if (line.code) expect(REASONS).toHaveProperty([line.code]);
        }
        if ('until' in decision) expect(Date.parse(decision.until)).toBeGreaterThan(NOW.getTime());
      }),
      { seed: 5, numRuns: 500 },
    );
  });

  it('say what a support agent must know: figures, local time and zone', () => {
    const usage = noUsage([{ key: 'mails', scope: 'user', channel: 'email', limit: 2, window: '1h', beyond: 'wait' }]);
    countSend(usage, message(), NOW);
    countSend(usage, message(), NOW);
    expect(lastLine(decide(user({}), message(), usage))).toMatchObject({
      code: 'cap.user',
      sentence:
        'The user has received 2 of 2 messages by e-mail allowed in 1h (cap "mails"); the next place is free Monday 2026-06-15 11:01 (Europe/Berlin).',
      detail: { cap: 'mails', used: 2, limit: 2, window: '1h' },
    });
    const digest = decide(
      user({ choices: { categories: { news: { cadence: { every: 'weekly', weekday: 1, at: '08:00' } } } } }),
      message(),
      noUsage(),
    );
    expect(lastLine(digest)?.sentence).toBe(
      'The user reads "News" as a digest every Monday at 08:00; the next one is Monday 2026-06-22 08:00 (Europe/Berlin).',
    );
    expect(
      lastLine(
        decide(
          user({ choices: { categories: { news: { snoozedUntil: '2026-06-20T10:00:00.000Z' } } } }),
          message(),
          noUsage(),
        ),
      )?.sentence,
    ).toBe('The user has snoozed "News" until Saturday 2026-06-20 12:00 (Europe/Berlin).');
  });

  it('say why there is nobody to write to', () => {
    expect(codeOf(decide({ ...user({}), known: false }, message(), noUsage()))).toBe('user.unknown');
    expect(codeOf(decide(user({}), message({ address: null }), noUsage()))).toBe('user.no_address');
    expect(decide(user({}), message({ channel: 'in_app', address: null }), noUsage()).outcome).toBe('send');
  });
});

describe('quiet hours', () => {
  const night = (over: object = {}) =>
    user({ choices: { quietHours: [{ start: '22:00', end: '07:00', mode: 'hold', ...over }] } });
  const late = new Date('2026-06-15T21:30:00.000Z');

  it('keep a message until the morning of the user, each user at a minute of their own', () => {
    const ends = Date.parse('2026-06-16T05:00:00.000Z');
    const minutes = new Set<string>();
    for (let i = 0; i < 50; i++) {
      const preferences = { ...night(), userId: `user-${i}` };
      const decision = decide(preferences, message({ at: late, userId: `user-${i}` }), noUsage());
      if (decision.outcome !== 'hold') throw new Error('it is night');
      expect(Date.parse(decision.until)).toBeGreaterThanOrEqual(ends);
      expect(Date.parse(decision.until)).toBeLessThan(ends + 10 * 60_000);
      expect(decide(preferences, message({ at: late, userId: `user-${i}` }), noUsage())).toEqual(decision);
      minutes.add(decision.until.slice(0, 16));
    }
    expect(minutes.size).toBeGreaterThan(5);
  });

  it.each([
    ['drop', 'quiet_hours.dropped'],
    ['in_app_only', 'quiet_hours.in_app_only'],
  ] as const)('with "%s" send nothing but to the inbox', (mode, code) => {
    expect(codeOf(decide(night({ mode }), message({ at: late }), noUsage()))).toBe(code);
    expect(decide(night({ mode }), message({ at: late, channel: 'in_app' }), noUsage()).outcome).toBe('send');
    expect(decide(night({ mode }), message({ at: late, critical: true }), noUsage()).outcome).toBe('send');
  });

  it('concern the channels they name, and the inbox only when it is named', () => {
    const inbox = night({ channels: ['in_app'] });
    expect(decide(inbox, message({ at: late }), noUsage()).outcome).toBe('send');
    expect(decide(inbox, message({ at: late, channel: 'in_app' }), noUsage()).outcome).toBe('hold');
  });

  it('of the workspace hold for who has none, and end where the user wants none', () => {
    const defaults = { quietHours: [{ start: '22:00', end: '07:00', mode: 'drop' as const }] };
    expect(codeOf(decide(user({ defaults }), message({ at: late }), noUsage()))).toBe('quiet_hours.dropped');
    expect(decide(user({ defaults, choices: { quietHours: [] } }), message({ at: late }), noUsage()).outcome).toBe(
      'send',
    );
  });

  it('give way to nothing less strict: do not disturb lasts until its end', () => {
    const preferences = user({
      choices: {
        quietHours: [{ start: '22:00', end: '07:00', mode: 'hold' }],
        doNotDisturb: { until: '2026-06-16T12:00:00.000Z', mode: 'drop' },
      },
    });
    expect(lastLine(decide(preferences, message({ at: late }), noUsage()))).toMatchObject({
      code: 'quiet_hours.dropped',
      detail: { ends: '2026-06-16T12:00:00.000Z' },
    });
    const after = new Date('2026-06-16T12:00:00.000Z');
    expect(decide(preferences, message({ at: after }), noUsage()).outcome).toBe('send');
  });
});

describe('digests', () => {
  const daily = user({ choices: { categories: { news: { cadence: { every: 'daily', at: '10:00' } } } } });
  it('take what comes up to their very instant', () => {
    expect(decide(daily, message(), noUsage())).toMatchObject({ outcome: 'digest', until: '2026-06-15T08:00:00.000Z' });
    expect(decide(daily, message({ at: new Date(NOW.getTime() + 1) }), noUsage())).toMatchObject({
      outcome: 'digest',
      until: '2026-06-16T08:00:00.000Z',
    });
  });
  it('leave the inbox and what is critical alone', () => {
    expect(decide(daily, message({ channel: 'in_app' }), noUsage()).outcome).toBe('send');
    expect(decide(daily, message({ critical: true }), noUsage()).outcome).toBe('send');
  });
  it('keep twelve hours from the one before, for who has travelled', () => {
    const travelled = { ...daily, timeZone: 'America/New_York' };
    expect(decide(travelled, message({ lastDigestAt: NOW, at: new Date(NOW.getTime() + 1) }), noUsage())).toMatchObject(
      {
        until: '2026-06-16T14:00:00.000Z',
      },
    );
  });
});

describe('caps', () => {
  it('never let more through in any window than they allow, and always free a place when they say so', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom('1m', '90m', '1d'),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.boolean()), { minLength: 5, maxLength: 60 }),
        (limit, window, arrivals) => {
          const windowMs = { '1m': 60_000, '90m': 5_400_000, '1d': 86_400_000 }[window] ?? 0;
          const usage = noUsage([{ key: 'cap', scope: 'user', limit, window, beyond: 'wait' }]);
          const sent: number[] = [];
          let now = NOW.getTime();
          for (const [step, patient] of arrivals) {
            now += (step * windowMs) / 40;
            let decision = decide(user({}), message({ at: new Date(now) }), usage);
            if (decision.outcome === 'hold' && patient) {
              now = Date.parse(decision.until);
              decision = decide(user({}), message({ at: new Date(now) }), usage);
              expect(decision.outcome).toBe('send');
            }
            if (decision.outcome !== 'send') continue;
            countSend(usage, message(), new Date(now));
            sent.push(now);
            const within = sent.filter((at) => at > now - windowMs);
            expect(within.length).toBeLessThanOrEqual(limit);
          }
          for (const slices of usage.slices.values()) expect(slices.length).toBeLessThanOrEqual(62);
        },
      ),
      { seed: 29, numRuns: 300 },
    );
  });

  it('count each user, or each category of each user, or all together', () => {
    const spent = (scope: 'user' | 'category' | 'workspace') => {
      const usage = noUsage([{ key: 'one', scope, limit: 1, window: '1h', beyond: 'skip' }]);
      countSend(usage, message(), NOW);
      return (over: Partial<Subject>) => codeOf(decide(user({}), message(over), usage));
    };
    expect([spent('user')({}), spent('user')({ category: 'x' }), spent('user')({ userId: 'bob' })]).toEqual([
      'cap.user',
      'cap.user',
      null,
    ]);
    expect([spent('category')({}), spent('category')({ category: 'x' })]).toEqual(['cap.category', null]);
    expect([spent('workspace')({}), spent('workspace')({ userId: 'bob', category: 'x' })]).toEqual([
      'cap.workspace',
      'cap.workspace',
    ]);
  });

  it('give a place that gets free to the most important, of equals to the oldest', () => {
    const at = (minute: number) => new Date(NOW.getTime() + minute * 60_000);
    const pending = [
      { id: 'a', priority: 'normal', createdAt: at(0) },
      { id: 'b', priority: 'high', createdAt: at(2) },
      { id: 'c', priority: 'high', createdAt: at(1) },
      { id: 'd', priority: 'low', createdAt: at(0) },
    ] satisfies { id: string; priority: Priority; createdAt: Date }[];
    const { winners, rest } = chooseWinners(pending, 2);
    expect(winners.map((one) => one.id)).toEqual(['c', 'b']);
    expect(rest.map((one) => one.id)).toEqual(['a', 'd']);
    expect(chooseWinners(pending, 0).winners).toEqual([]);
  });
});
