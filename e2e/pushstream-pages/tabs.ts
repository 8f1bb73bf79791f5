import { createEventStream } from 'pushstream/client';

const seen: number[] = [];
const stream = createEventStream<{ 'test.event': number }>({
  url: '/events',
  shareTabs: new URLSearchParams(location.search).get('reader') ?? true,
  cursor: new URLSearchParams(location.search).get('cursor'),
});
stream.on('test.event', (data) => seen.push(data));
Object.assign(globalThis, { seen, stream });
