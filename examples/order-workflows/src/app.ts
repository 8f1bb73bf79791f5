import type { PulseStack } from '@pulsestack/node';
import { serveWorkflows } from '@pulsestack/node/express';
import express, { type Express } from 'express';
import { sendParcel } from './parcels.ts';
import { orderShipped } from './workflows.ts';

interface Options {
  pulse: PulseStack;
  /** What registering this application told. */
  secret: string | undefined;
  now?: () => number;
}

/** A shop with one thing to do: `POST /orders/17/ship` sends the parcel and starts the workflow. */
export function createShop({ pulse, secret, now = Date.now }: Options): Express {
  const app = express();
  // Before express.json(), because signatures are over the body as it came.
  app.use('/api/pulsestack', serveWorkflows({ workflows: [orderShipped], secret, now }));
  app.use(express.json());
  app.post('/orders/:id/ship', async (request, response) => {
    const { buyer, carrier, items } = request.body as {
      buyer: string;
      carrier: string;
      items: { name: string; price: number }[];
    };
    const { id } = request.params;
    const parcel = sendParcel(id, carrier, new Date(now()));
    const total = items.reduce((sum, item) => sum + item.price, 0);
    // Shipped twice by a double click is shipped once.
    await pulse.trigger(orderShipped, { to: buyer, payload: { id, total, items }, transactionId: `shipped ${id}` });
    response.status(202).json(parcel);
  });
  return app;
}
