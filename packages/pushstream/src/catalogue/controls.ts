import type { DeclaredEvent } from './catalogue.ts';
import type { JsonSchema } from './schema.ts';

const string: JsonSchema = { type: 'string' };
const integer: JsonSchema = { type: 'integer' };

function control(name: string, summary: string, properties: Record<string, JsonSchema>): DeclaredEvent {
  return {
    name,
    summary,
    tags: ['control'],
    deprecated: null,
    schema: {
      type: 'object',
      properties,
      required: Object.keys(properties).filter((key) => key !== 'cursor' || name === 'ps.reset'),
    },
  };
}

/** What the engine itself says on every stream. */
export const STREAM_CONTROLS: readonly DeclaredEvent[] = [
  control('ps.open', 'The stream begins', {
    cursor: string,
    epoch: string,
    heartbeatMs: integer,
    retryMs: integer,
    conn: string,
  }),
  control('ps.sync', 'Nothing for this reader, but the cursor moved on', {}),
  control('ps.reset', 'Events are missing for good; fetch the state anew and go on from the cursor', {
    reason: { type: 'string', enum: ['expired', 'limit', 'epoch', 'unknown'] },
    cursor: string,
  }),
  control('ps.drain', 'This server stops; come back after retryMs', { retryMs: integer, cursor: string }),
  control('ps.busy', 'No room now; come back after retryMs', { reason: string, retryMs: integer }),
  control('ps.expired', 'The right to read has ended; come back with a new token', {}),
];
