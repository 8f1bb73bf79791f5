import { inApp } from './in-app.ts';
import type { Deed, Tale } from './tale.ts';
import type { Transition } from './transitions.ts';

const pause = (id: string) => ({ id, type: 'delay' as const, for: '5m' });
const yes = { '==': [1, 1] };
const no = { '==': [1, 2] };
// More to reckon than a condition may.
const endless = { all: [{ var: 'payload.many' }, { '>': [{ '+': [{ var: '' }, 1] }, 0] }] };
const many = Array.from({ length: 9000 }, () => 1);
const workflow = (key: string, ...steps: unknown[]) => ({ key, name: key, steps }) as never;
const starts = (...keys: string[]): Deed[] => keys.map((start) => ({ start }));

/** Tales in which, taken together, everything is committed that an engine ever commits. */
export const tales = {
  talking: {
    workflows: () => [
      // Each step has a commit of its own.
      workflow(
        'talking',
        inApp('a', 'a'),
        pause('p1'),
        { id: 'b', type: 'branch', branches: [{ if: yes, steps: [pause('p2'), inApp('c', 'c')] }] },
        pause('p3'),
        {
          id: 's',
          type: 'split',
          arms: [
            { name: 'all', weight: 1000, steps: [pause('p4')] },
            { name: 'nobody', weight: 1, steps: [] },
          ],
        },
        { id: 'l', type: 'loop', over: 'payload.two', as: 'x', max: 5, steps: [inApp('d', 'd {{ x }}'), pause('p5')] },
        { id: 'e', type: 'loop', over: 'payload.none', as: 'x', max: 5, steps: [inApp('f', 'f')] },
        pause('p6'),
        { id: 'u', type: 'update_user', attributes: { plan: 'pro' } },
        pause('p7'),
        { id: 't', type: 'update_topic', topic: 'tellers', action: 'subscribe' },
        pause('p8'),
        inApp('g', 'g', { if: no }),
        pause('p9'),
        inApp('h', 'h', { if: endless }),
        pause('p10'),
        { id: 'i', type: 'sms', body: 'nobody sends it' },
        pause('p11'),
        inApp('j', '{{ payload.missing }}'),
        { id: 'over', type: 'delay', untilPath: 'payload.over' },
        inApp('k', 'k'),
      ),
    ],
    deeds: [{ start: 'talking', payload: { two: [1, 2], many, over: '2020-01-01T00:00:00Z' } }, { pass: '2h' }],
  },
  collecting: {
    workflows: () => [
      workflow('collecting', { id: 'd', type: 'digest', window: '1h' }, inApp('a', '{{ digest.count }}')),
      workflow('looking', { id: 'd', type: 'digest', window: '1h', lookBack: '1h' }, inApp('b', 'at once')),
    ],
    deeds: [...starts('collecting', 'collecting', 'collecting'), { cancel: 0 }, ...starts('looking'), { pass: '2h' }],
  },
  holding: {
    workflows: () => [
      workflow('holding', { id: 't', type: 'throttle', limit: 2, window: '1d' }, inApp('a', 'let through')),
      workflow('unreadable', { id: 't', type: 'throttle', windowPath: 'payload.until' }, inApp('a', 'never')),
    ],
    deeds: [...starts('holding', 'holding', 'holding', 'unreadable'), { pass: '1h' }],
  },
  waiting: {
    workflows: () => [
      workflow('waiting', {
        id: 'w',
        type: 'wait',
        timeout: '1h',
        events: [
          {
            event: 'order.paid',
            if: { var: 'event.payload.whole' },
            steps: [inApp('a', 'paid'), { id: 's', type: 'stop' }],
          },
        ],
        onTimeout: [inApp('b', 'late')],
      }),
    ],
    deeds: [
      { start: 'waiting' },
      { send: 'order.paid', payload: { whole: false } },
      { send: 'order.paid', payload: { whole: true } },
      { pass: '1m' },
      { start: 'waiting' },
      { pass: '2h' },
    ],
  },
  asking: {
    workflows: (url) =>
      ['answered', 'listed', 'failed', 'misfit'].map((key) =>
        workflow(
          key,
          {
            id: 'h',
            type: 'http',
            url: `${url}/${key}`,
            ...(key === 'misfit' ? { expect: { type: 'object', required: ['score'] } } : {}),
          },
          inApp('a', `${key} {{ steps.h.status }}`),
        ),
      ),
    deeds: [...starts('answered', 'listed', 'failed', 'misfit'), { pass: '1h' }],
  },
  coding: {
    endpoints: { sound: 'code', broken: 'failed', odd: 'listed' },
    workflows: () => [
      workflow('coded', { id: 'c', type: 'code', endpoint: 'sound' }, inApp('a', 'says {{ steps.c.word }}')),
      ...['broken', 'odd'].map((endpoint) =>
        workflow(
          `code-${endpoint}`,
          { id: 'c', type: 'code', endpoint, retries: 1, continueOnFailure: true },
          inApp('a', endpoint),
        ),
      ),
    ],
    deeds: [...starts('coded', 'code-odd', 'code-broken'), { pass: '1h' }],
  },
  refused: {
    endpoints: { inside: 'code' },
    workflows: (url) => [
      workflow('refused', { id: 'h', type: 'http', url: `${url}/refused` }, inApp('a', 'never')),
      workflow('code-refused', { id: 'c', type: 'code', endpoint: 'inside' }, inApp('a', 'never')),
    ],
    deeds: [...starts('refused', 'code-refused'), { pass: '1h' }],
  },
  invoking: {
    workflows: () => [
      {
        ...(workflow('strict', inApp('a', 'invoked')) as object),
        payload: { type: 'object', required: ['n'] },
      } as never,
      workflow(
        'invoking',
        { id: 'i', type: 'invoke', workflow: 'strict', payload: { n: 1 } },
        pause('p1'),
        { id: 'j', type: 'invoke', workflow: 'strict', payload: {} },
        inApp('b', 'invoked others'),
      ),
    ],
    deeds: [...starts('invoking'), { pass: '1h' }],
  },
  failing: {
    workflows: () => [
      workflow('no-time', { id: 'd', type: 'delay', untilPath: 'payload.none' }),
      workflow('no-topic', { id: 't', type: 'update_topic', topic: '{{ payload.none }}', action: 'subscribe' }),
      workflow('lost', pause('p1'), inApp('a', 'never')),
    ],
    deeds: [...starts('no-time', 'no-topic', 'lost'), { lose: 2 }, { pass: '1d' }],
  },
  spreading: {
    workflows: () => [workflow('spreading', inApp('a', 'to all'))],
    deeds: [{ start: 'spreading', to: 'topic' }, { pass: '1h' }],
  },
} satisfies Record<string, Tale>;

export type TaleName = keyof typeof tales;

/** In which tale each transition is seen. */
export const SEEN_IN: Record<Transition, TaleName> = {
  'event.accepted': 'holding',
  'event.fanned_out': 'spreading',
  'run.claimed': 'holding',
  'run.woken': 'talking',
  'run.freed': 'holding',
  'run.saved': 'waiting',
  'run.put_back': 'failing',
  'run.finished': 'holding',
  'run.stopped': 'waiting',
  'run.cancelled': 'collecting',
  'run.attempts': 'failing',
  'step.failed': 'failing',
  'step.condition_false': 'talking',
  'step.condition_failed': 'talking',
  'delay.until': 'talking',
  'delay.past': 'talking',
  'delay.invalid': 'failing',
  'digest.opened': 'collecting',
  'digest.passed': 'collecting',
  'digest.merged': 'collecting',
  'digest.closed': 'collecting',
  'digest.due': 'collecting',
  'digest.handed_over': 'collecting',
  'throttle.passed': 'holding',
  'throttle.limit': 'holding',
  'throttle.invalid': 'holding',
  'wait.began': 'waiting',
  'wait.told': 'waiting',
  'wait.met': 'waiting',
  'wait.timed_out': 'waiting',
  'branch.taken': 'talking',
  'split.taken': 'talking',
  'loop.round': 'talking',
  'loop.empty': 'talking',
  'message.made': 'talking',
  'message.skipped': 'talking',
  'template.failed': 'talking',
  'http.answered': 'asking',
  'http.warning': 'asking',
  'http.failed': 'asking',
  'http.refused': 'refused',
  'http.mismatch': 'asking',
  'code.answered': 'coding',
  'code.retried': 'coding',
  'code.failed': 'coding',
  'code.refused': 'refused',
  'code.mismatch': 'coding',
  'user.updated': 'talking',
  'topic.updated': 'talking',
  'workflow.invoked': 'invoking',
  'workflow.not_invoked': 'invoking',
};
