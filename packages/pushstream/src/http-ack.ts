import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Hub } from './contract.ts';
import { identify, NO_TICKET, type ServeOptions } from './http.ts';
import { answer, crossOrigin, preflight, refuse } from './http-answer.ts';
import { clientOf, queryOf, RequestError } from './request.ts';

const METHODS = 'POST, OPTIONS';
// A cursor and a name; more is no acknowledgement.
const MAX_BODY = 1_024;

/**
 * Answers `POST …/ack` with a body `{"cursor": "…", "client": "…"}`: everything up to the cursor has arrived. 204 also when
 * that was known; 400 when the cursor is none of this log. The body's type does not matter, so `navigator.sendBeacon` will do.
 */
export async function serveAck(
  request: IncomingMessage,
  response: ServerResponse,
  hub: Hub,
  options: ServeOptions,
): Promise<void> {
  const cors = crossOrigin(request, options.cors, 'Retry-After');
  if (request.method === 'OPTIONS') {
    answer(response, 204, { ...cors, ...preflight(request, options.cors, METHODS), Allow: METHODS });
    return;
  }
  if (request.method !== 'POST') {
    answer(response, 405, { ...cors, Allow: METHODS }, 'Acknowledge with POST.');
    return;
  }
  const query = queryOf(request);
  const { access, admitted } = await identify(request, query, options);
  if ('refuse' in access) {
    refuse(response, access, cors);
    return;
  }
  // Only for the connection that a ticket has opened, not for whoever knows its address.
  if (admitted && !admitted.returns) {
    refuse(response, NO_TICKET, cors);
    return;
  }
  try {
    const { cursor, client: named } = await readBody(request);
    const client = clientOf(access.meta, named ?? query.get('client'));
    if (client === undefined) throw new RequestError('Say who acknowledges: {"cursor": "…", "client": "…"}.');
    const outcome = await hub.acknowledge(client, cursor);
    if (outcome === 'foreign')
      throw new RequestError('This cursor is none of this stream; acknowledge the id of an event.');
    answer(response, 204, cors);
  } catch (error) {
    if (error instanceof RequestError) answer(response, 400, cors, error.message);
    else answer(response, 503, { ...cors, 'Retry-After': '1' }, 'This could not be written down; send it again.');
  }
}

async function readBody(request: IncomingMessage): Promise<{ cursor: string; client: string | null }> {
  const body = await bodyOf(request);
  const { cursor, client = null } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  if (typeof cursor !== 'string' || (client !== null && typeof client !== 'string')) {
    throw new RequestError('Send {"cursor": "…"} with the id of the last event that arrived.');
  }
  return { cursor, client };
}

async function bodyOf(request: IncomingMessage & { body?: unknown }): Promise<unknown> {
  // A framework before us may have read it already.
  if (request.readableEnded || request.body !== undefined) {
    return typeof request.body === 'string' ? parse(request.body) : request.body;
  }
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MAX_BODY) throw new RequestError(`An acknowledgement has at most ${MAX_BODY} bytes.`);
    pieces.push(piece);
  }
  return parse(Buffer.concat(pieces).toString());
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RequestError('An acknowledgement is JSON: {"cursor": "…"}.');
  }
}
