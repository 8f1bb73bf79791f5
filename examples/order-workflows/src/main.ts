import { PulseStack } from '@pulsestack/node';
import { createShop } from './app.ts';

const {
  PULSESTACK_KEY = '',
  PULSESTACK_URL = 'http://localhost:4000',
  PULSESTACK_ENDPOINT_SECRET,
  SHOP_PORT = '4200',
} = process.env;

const pulse = new PulseStack({ key: PULSESTACK_KEY, url: PULSESTACK_URL });
createShop({ pulse, secret: PULSESTACK_ENDPOINT_SECRET }).listen(Number(SHOP_PORT), '127.0.0.1', () => {
  console.log(`The shop has its workflows at http://localhost:${SHOP_PORT}/api/pulsestack`);
  if (!PULSESTACK_ENDPOINT_SECRET)
    console.log('It has no PULSESTACK_ENDPOINT_SECRET yet; the README says where it comes from.');
});
