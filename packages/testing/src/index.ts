export { eventually } from './eventually.ts';
export { freePort } from './port.ts';
export {
  type PrivateServer,
  startHaproxy,
  startKafka,
  startNats,
  startNginx,
  startRedis,
} from './servers.ts';
