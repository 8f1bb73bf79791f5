import { createParser } from 'pushstream/client';

type Seen = [name: string, data: string, id: string][];

/** What the browser's own reader, and ours, make of the same stream: as it comes, and byte by byte. */
async function judge(url: string, names: string[]): Promise<{ theirs: Seen; ours: Seen; bytewise: Seen }> {
  const [theirs, response] = await Promise.all([byBrowser(url, names), fetch(url)]);
  const pieces: Uint8Array[] = [];
  if (response.body)
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) pieces.push(piece);
  const bytes = pieces.flatMap((piece) => [...piece].map((byte) => Uint8Array.of(byte)));
  return { theirs, ours: byUs(pieces, names), bytewise: byUs(bytes, names) };
}

function byBrowser(url: string, names: string[]): Promise<Seen> {
  return new Promise((resolve) => {
    const seen: Seen = [];
    const source = new EventSource(url);
    for (const name of names)
      source.addEventListener(name, ({ data, lastEventId }: MessageEvent<string>) =>
        seen.push([name, data, lastEventId]),
      );
    source.addEventListener('error', () => {
      source.close();
      resolve(seen);
    });
  });
}

function byUs(pieces: readonly Uint8Array[], names: string[]): Seen {
  const seen: Seen = [];
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const parser = createParser({
    onEvent: ({ name, data, id }) => {
      if (names.includes(name)) seen.push([name, data, id]);
    },
  });
  for (const piece of pieces) parser.push(decoder.decode(piece, { stream: true }));
  return seen;
}

Object.assign(globalThis, { judge });
