import { EventSource } from 'eventsource';
import { describe, expect, it } from 'vitest';
import { LISTENED, randomStream } from '../testing/random-stream.ts';
import { createParser } from './parser.ts';

const STREAMS = 1_000;

/** What npm `eventsource` makes of these pieces. */
function byPeer(pieces: readonly Buffer[]): Promise<string[][]> {
  return new Promise((resolve) => {
    const seen: string[][] = [];
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const piece of pieces) controller.enqueue(piece);
        controller.close();
      },
    });
    const headers = { 'content-type': 'text/event-stream' };
    const source = new EventSource('http://test/', { fetch: async () => new Response(body, { headers }) });
    for (const name of LISTENED)
      source.addEventListener(name, (event) => seen.push([name, String(event.data), event.lastEventId]));
    source.addEventListener('error', () => {
      source.close();
      resolve(seen);
    });
  });
}

function byUs(pieces: readonly Buffer[]): string[][] {
  const seen: string[][] = [];
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const parser = createParser({
    onEvent: ({ name, data, id }) => {
      if (LISTENED.includes(name)) seen.push([name, data, id]);
    },
  });
  for (const piece of pieces) parser.push(decoder.decode(piece, { stream: true }));
  return seen;
}

describe('the parser', () => {
  it(`sees in ${STREAMS} random streams what npm eventsource sees`, async () => {
    let events = 0;
    const differing: unknown[] = [];
    for (let seed = 1; seed <= STREAMS; seed += 1) {
      const pieces = randomStream(seed);
      // Of two byte order marks at the start the standard takes one away, and browsers do; the peer takes both.
      if (Buffer.concat(pieces).toString().startsWith('\uFEFF\uFEFF')) continue;
      const [ours, theirs] = [byUs(pieces), await byPeer(pieces)];
      events += ours.length;
      if (JSON.stringify(ours) !== JSON.stringify(theirs))
        differing.push({ seed, ours, theirs, text: Buffer.concat(pieces).toString() });
    }
    expect(differing).toEqual([]);
    expect(events).toBeGreaterThan(STREAMS);
  });
});
