export { openServer } from './postgres.ts';
