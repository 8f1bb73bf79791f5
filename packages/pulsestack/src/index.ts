export { openEmbedded } from './adapters/pglite/index.ts';
export { openServer } from './adapters/postgres/index.ts';
export { type App, type AppParts, createApp as createPulseStack } from './app.ts';
export { type Config, ConfigError, loadConfig } from './config.ts';
export { VERSION } from './version.ts';
