import { gt, StepFailed, workflow } from '@pulsestack/node/workflows';
import { z } from 'zod';
import { findParcel } from './parcels.ts';
import { receipt } from './receipt.ts';

const Order = z.object({
  id: z.string(),
  total: z.number(),
  items: z.array(z.object({ name: z.string(), price: z.number() })),
});

/** Tells the buyer that the order has left, and asks two days after it has arrived whether all is well. */
export const orderShipped = workflow(
  'order-shipped',
  { category: 'orders', tags: ['shop'], payload: Order },
  (step, { payload }) => {
    const parcel = step.run(
      'parcel',
      async ({ payload: order, signal }) => {
        const found = await findParcel(order.id, signal);
        if (!found) throw new StepFailed(`the order ${order.id} has no parcel`);
        return found;
      },
      { output: z.object({ carrier: z.string(), days: z.number(), arrives: z.iso.datetime() }), preview: true },
    );
    step.inApp('bell', {
      title: `Order ${payload.id} is on its way`,
      body: `${parcel.carrier} brings it in ${parcel.days} days.`,
      link: `/orders/${payload.id}`,
    });
    step.email('receipt', {
      content: ({ payload: order, user }) => receipt(order, user.name),
      if: gt(payload.total, 0),
    });
    step.delay('arrival', { untilPath: parcel.arrives });
    step.delay('two-days', { for: '2d' });
    step.inApp('ask', { title: `Is all well with order ${payload.id}?`, link: `/orders/${payload.id}/review` });
  },
);
