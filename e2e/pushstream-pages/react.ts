import {
  PushStreamProvider,
  usePushStream,
  usePushStreamData,
  usePushStreamEvent,
  usePushStreamState,
} from 'pushstream/react';
import { createElement as h, StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';

type Events = { 'test.event': number };

function Reader({ id }: { id: string }) {
  const { state, stream } = usePushStream<Events>({ url: '/events', token: () => 'anyone' });
  const newest = usePushStreamData(stream, 'test.event', 0);
  const [sum, setSum] = useState(0);
  // Another function at each render, as components are written.
  usePushStreamEvent(stream, 'test.event', (data) => setSum((before) => before + data));
  return h('p', { id }, `${state} ${newest} ${sum}`);
}

function Inner() {
  const state = usePushStreamState();
  const [seen, setSeen] = useState<unknown[]>([]);
  usePushStreamEvent('test.event', (data) => setSeen((before) => [...before, data]));
  return h('p', { id: 'inner' }, `${state}: ${seen.join(',')}`);
}

function Page() {
  const [shown, show] = useState(true);
  return h(
    'main',
    null,
    h('button', { type: 'button', onClick: () => show(!shown) }, 'Toggle'),
    shown && h(Reader, { id: 'one' }),
    shown && h(Reader, { id: 'two' }),
    shown && h(PushStreamProvider, { url: '/events', key: 'provider' }, h(Inner)),
  );
}

const root = document.createElement('div');
document.body.append(root);
createRoot(root).render(h(StrictMode, null, h(Page)));
