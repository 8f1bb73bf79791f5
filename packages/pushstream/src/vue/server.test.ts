import { describe, expect, expectTypeOf, it } from 'vitest';
import { createSSRApp, defineComponent, h } from 'vue';
import { renderToString } from 'vue/server-renderer';
import { type PushStreamView, usePushStream } from './index.ts';

type Events = { 'order.shipped': { id: string }; 'price.changed': number };

describe('on a server', () => {
  it('components draw themselves, and nothing is opened', async () => {
    let asked = 0;
    const Price = defineComponent({
      setup() {
        const { state, on, latest } = usePushStream<Events>({
          url: 'http://127.0.0.1:9/events',
          token: () => {
            asked += 1;
            return 'token';
          },
        });
        on('order.shipped', () => {});
        const price = latest('price.changed', 7);
        return () => h('p', `${state.value} ${price.value}`);
      },
    });
    expect(await renderToString(createSSRApp(Price))).toBe('<p>connecting 7</p>');
    expect(asked).toBe(0);
  });
});

it('names and data of events are inferred', () => {
  const check = (view: PushStreamView<Events>) => {
    view.on('order.shipped', (data) => expectTypeOf(data).toEqualTypeOf<{ id: string }>());
    expectTypeOf(view.latest('price.changed').value).toEqualTypeOf<number | undefined>();
    expectTypeOf(view.latest('price.changed', 1).value).toEqualTypeOf<number>();
    // @ts-expect-error: no such event
    view.on('order.lost', () => {});
  };
  expect(check).toBeTypeOf('function');
});
