export { type EmbeddedDatabase, type EmbeddedOptions, openEmbedded } from './pglite.ts';
