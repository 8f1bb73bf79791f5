import { createElement as h } from 'react';
import { renderToString } from 'react-dom/server';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  PushStreamProvider,
  type StreamSource,
  usePushStream,
  usePushStreamData,
  usePushStreamEvent,
} from './index.ts';

type Events = { 'order.shipped': { id: string }; 'price.changed': number };

let asked = 0;
const options = {
  url: 'http://127.0.0.1:9/events',
  token: () => {
    asked += 1;
    return 'token';
  },
};

function Price() {
  const { state, stream } = usePushStream<Events>(options);
  const price = usePushStreamData(stream, 'price.changed', 7);
  return h('p', null, `${state} ${price}`);
}

function Inner() {
  const { state } = usePushStream();
  usePushStreamEvent('order.shipped', () => {});
  return h('p', null, state);
}

describe('on a server', () => {
  it('components draw themselves, and nothing is opened', async () => {
    expect(renderToString(h(Price))).toBe('<p>connecting 7</p>');
    expect(renderToString(h(PushStreamProvider, options, h(Inner)))).toBe('<p>connecting</p>');
    await new Promise(setImmediate);
    expect(asked).toBe(0);
  });

  it('a hook says what it lacks', () => {
    expect(() => renderToString(h(Inner))).toThrow('<PushStreamProvider>');
  });
});

it('names and data of events are inferred', () => {
  const check = (stream: StreamSource<Events>) => {
    usePushStreamEvent(stream, 'order.shipped', (data) => expectTypeOf(data).toEqualTypeOf<{ id: string }>());
    expectTypeOf(usePushStreamData(stream, 'price.changed')).toEqualTypeOf<number | undefined>();
    expectTypeOf(usePushStreamData(stream, 'price.changed', 1)).toEqualTypeOf<number>();
    // @ts-expect-error: no such event
    usePushStreamEvent(stream, 'order.lost', () => {});
  };
  expect(check).toBeTypeOf('function');
});
