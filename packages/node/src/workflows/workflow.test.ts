import { Step, WorkflowDefinition } from '@pulsestack/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { PulseStack } from '../index.ts';
import { and, type Expression, eq, filtered, gt, gte, lt, lte, ne, not, oneOf, or, truthy, workflow } from './index.ts';

const Order = z.object({
  id: z.string(),
  total: z.number(),
  placedAt: z.string(),
  items: z.array(z.object({ name: z.string(), price: z.number() })),
  note: z.string().optional(),
});

/** One of every kind of step, with expressions wherever they may stand. */
const everything = workflow(
  'every-thing',
  {
    description: 'All of it',
    category: 'orders',
    priority: 'high',
    tags: ['shop'],
    trigger: { event: 'order.placed', if: ({ payload }) => gt(payload.total, 0) },
    payload: Order,
  },
  (step, { payload, user, event }) => {
    const risk = step.run('risk', ({ payload: order }) => ({ score: order.total / 100, list: [order.id] }), {
      output: z.object({ score: z.number(), list: z.array(z.string()) }),
      timeoutMs: 2000,
      retries: 1,
    });
    const seen = step.inApp('hi', {
      title: `Order ${payload.id} of ${filtered(payload.total, "currency: 'EUR'")}`,
      link: `/orders/${payload.id}`,
      data: { order: payload.id, first: payload.items[0]?.name, fixed: 1 },
      actions: [{ id: 'open', label: 'Open', link: '/x' }],
      if: and(lt(risk.score, 5), or(eq(user.locale, 'de'), not(truthy(payload.note)))),
    });
    step.email('mail', { template: 'order', templateData: { total: payload.total }, attachments: ['payload.pdf'] });
    step.sms('text', { body: `${user.name}, thanks` });
    step.push('ping', { title: 'Order', body: 'Thanks', data: { id: payload.id } });
    step.whatsapp('wa', { body: 'Thanks' });
    step.chat('team', { body: `New: ${event.id}` });
    step.webhook('hook', { body: { order: payload.id } });
    step.delay('nap', { for: '1h', if: eq(seen.readAt, null) });
    step.delay('until', { untilPath: payload.placedAt });
    step.delay('morning', { at: '09:00' });
    const collected = step.digest('collect', { window: '10m', key: payload.id, sliding: { max: '1h' } });
    step.throttle('once', { limit: 2, window: '1d', key: payload.id });
    const answer = step.http('ask', {
      url: `https://example.com/${payload.id}`,
      headers: { 'x-id': payload.id },
      body: { count: collected.count },
      expect: { type: 'object', properties: { open: { type: 'boolean' } }, required: ['open'] },
    });
    step.updateUser('remember', { lastOrder: payload.id });
    step.subscribe('follow', `order:${payload.id}`);
    step.unsubscribe('leave', 'newcomers');
    step.branch(
      'big',
      [
        {
          name: 'big',
          if: gte(payload.total, 100),
          steps: () => step.invoke('vip', 'vip', { payload: { id: payload.id } }),
        },
      ],
      () => step.stop('end', { reason: 'Small' }),
    );
    const paid = step.wait('paid', {
      timeout: '3d',
      events: [{ event: 'order.paid', if: (paid) => eq(paid.id, 'x'), steps: () => step.sms('ok', { body: 'Paid' }) }],
      onTimeout: () => step.sms('late', { body: 'Please pay' }),
    });
    step.loop(
      'each',
      payload.items,
      (item, index) => step.inApp('item', { title: `${index} ${item.name}`, if: lte(item.price, 10) }),
      { as: 'thing', max: 5 },
    );
    step.split('ab', [
      { name: 'a', weight: 1, steps: () => step.sms('a', { body: 'A', if: oneOf(user.locale, ['de', 'en']) }) },
      { name: 'b', weight: 1, steps: () => step.sms('b', { body: 'B', if: ne(paid.event, 'order.paid') }) },
    ]);
    step.sms('last', { body: `open: ${answer.open}`, if: eq(answer.open, true) });
  },
);

describe('a workflow in code', () => {
  it('is the definition that the API and the dashboard have, with every kind of step', () => {
    const parsed = WorkflowDefinition.parse(everything.definition);
    const step = (id: string) => parsed.steps.find((one) => one.id === id);
    expect(parsed).toMatchObject({
      key: 'every-thing',
      name: 'Every thing',
      trigger: { event: 'order.placed', if: { '>': [{ var: 'payload.total' }, 0] } },
      payload: { type: 'object', required: ['id', 'total', 'placedAt', 'items'] },
    });
    const { options } = Step as unknown as { options: { shape: { type: { value: string } } }[] };
    expect(kindsIn(parsed.steps)).toEqual(new Set(options.map(({ shape }) => shape.type.value)));
    expect(step('risk')).toMatchObject({
      type: 'code',
      endpoint: 'app',
      retries: 1,
      output: { required: ['score', 'list'] },
    });
    expect(step('hi')).toMatchObject({
      title: "Order {{ payload.id }} of {{ payload.total | currency: 'EUR' }}",
      data: { order: '{{ payload.id }}', first: '{{ payload.items[0].name }}', fixed: 1 },
      if: {
        and: [
          { '<': [{ var: 'steps.risk.score' }, 5] },
          { or: [{ '==': [{ var: 'user.locale' }, 'de'] }, { '!': [{ '!!': [{ var: 'payload.note' }] }] }] },
        ],
      },
    });
    expect(step('until')).toMatchObject({ untilPath: 'payload.placedAt' });
    expect(step('collect')).toMatchObject({ key: 'payload.id', sliding: { max: '1h' } });
    expect(step('ask')).toMatchObject({
      body: { count: '{{ digest.count }}' },
      headers: { 'x-id': '{{ payload.id }}' },
    });
    expect(step('big')).toMatchObject({ branches: [{ steps: [{ id: 'vip' }] }], else: [{ id: 'end' }] });
    expect(step('paid')).toMatchObject({
      events: [{ if: { '==': [{ var: 'event.payload.id' }, 'x'] }, steps: [{ id: 'ok' }] }],
      onTimeout: [{ id: 'late' }],
    });
    expect(step('each')).toMatchObject({
      over: 'payload.items',
      steps: [{ title: '{{ index }} {{ thing.name }}', if: { '<=': [{ var: 'thing.price' }, 10] } }],
    });
    expect([...everything.code.keys()]).toEqual(['risk']);
  });

  it('refuses what could only be found out later: two steps of one id, names that are no ids, no steps, waiting', () => {
    const make =
      (build: Parameters<typeof workflow>[2], key = 'torn') =>
      () =>
        workflow(key, {}, build);
    expect(
      make((step) => {
        step.delay('a', { for: '1m' });
        step.branch('b', [{ if: { '==': [1, 1] }, steps: () => step.delay('a', { for: '1m' }) }]);
      }),
    ).toThrow('The workflow "torn" has two steps "a".');
    expect(make((step) => step.stop('No Slug'))).toThrow('"No Slug" is no id of a step');
    expect(make(() => undefined)).toThrow('has no steps');
    expect(make((step) => step.stop('a'), 'No Slug')).toThrow('no key of a workflow');
    expect(make(async (step) => step.stop('a'))).toThrow('must be written synchronously');
    expect(make((step, { payload }) => step.digest('d', { window: '1m', key: payload['a b'] }))).toThrow(
      '"a b" cannot stand in a path',
    );
  });

  it('knows the types of payloads, outputs and conditions', () => {
    workflow('typed', { payload: Order }, (step, { payload, user }) => {
      expectTypeOf(payload.total).toEqualTypeOf<Expression<number>>();
      expectTypeOf(payload.note).toEqualTypeOf<Expression<string | undefined>>();
      expectTypeOf(user.timeZone).toEqualTypeOf<Expression<string | null>>();
      const made = step.run('made', async ({ payload: order }) => {
        expectTypeOf(order).toEqualTypeOf<z.output<typeof Order>>();
        return { amount: order.total, words: ['a'] };
      });
      expectTypeOf(made.amount).toEqualTypeOf<Expression<number>>();
      // @ts-expect-error -- there is no such field in what the code returns
      expect(String(made.nothing)).toBe('{{ steps.made.nothing }}');
      // @ts-expect-error -- there is no such field in the payload
      expect(String(payload.nothing)).toBe('{{ payload.nothing }}');
      // @ts-expect-error -- a number is not compared with a word
      gt(payload.total, 'much');
      // @ts-expect-error -- a loop goes through a list
      step.loop('l', payload.total, () => step.stop('s'));
      // @ts-expect-error -- a delay has one end
      step.delay('d', { for: '1m', at: '09:00' });
      // @ts-expect-error -- the output does not fit its schema
      step.run('wrong', () => ({ amount: 'much' }), { output: z.object({ amount: z.number() }) });
    });
    const plain = workflow(
      'plain',
      { payload: { type: 'object', properties: { id: { type: 'string' }, n: { type: 'integer' } }, required: ['id'] } },
      (step, { payload }) => {
        expectTypeOf(payload.id).toEqualTypeOf<Expression<string>>();
        expectTypeOf(payload.n).toEqualTypeOf<Expression<number | undefined>>();
        step.stop('s');
      },
    );
    const pulse = new PulseStack({ key: 'sk_test' });
    type Input = Parameters<typeof pulse.trigger<typeof plain>>[1];
    expectTypeOf<Input['payload']>().toEqualTypeOf<{ id: string; n?: number }>();
    // @ts-expect-error -- the payload needs an id
    const wrong: Input = { to: 'ada', payload: { n: 1 } };
    expect(wrong.to).toBe('ada');
    // Without types that were generated any key and payload are taken.
    type Free = Parameters<typeof pulse.trigger<string>>[1];
    expectTypeOf<Free['payload']>().toEqualTypeOf<Record<string, unknown> | undefined>();
  });

  it('says schemas as the server takes them, and which library cannot be used', () => {
    const dated = workflow('dated', { payload: z.object({ at: z.iso.datetime(), pattern: z.string() }) }, (step) =>
      step.stop('s'),
    );
    expect(dated.definition.payload?.properties).toEqual({
      at: { type: 'string', format: 'date-time' },
      pattern: { type: 'string' },
    });
    const schema = { '~standard': { version: 1, vendor: 'old', validate: (value: unknown) => ({ value }) } } as const;
    expect(() => workflow('old', { payload: schema }, (step) => step.stop('s'))).toThrow(
      '"old" cannot say its schemas',
    );
  });
});

/** The kinds of all steps, those inside of others as well. */
function kindsIn(value: unknown): Set<string> {
  const kinds = new Set<string>();
  JSON.stringify(value, (key, inner: unknown) => {
    const { id, type } = (inner ?? {}) as { id?: unknown; type?: unknown };
    if (key !== 'data' && typeof id === 'string' && typeof type === 'string') kinds.add(type);
    return inner;
  });
  return kinds;
}
