import { StrictMode } from 'react';
import { renderToString } from 'react-dom/server';
import { expect, it } from 'vitest';
import { Bell, de, Inbox, Preferences, PulseStackProvider, SoundToggle, Toasts } from './index.ts';

it('renders on a server, where there is no window, and asks nothing of anybody', () => {
  let asked = 0;
  const token = () => {
    asked += 1;
    return 'token';
  };
  const html = renderToString(
    <StrictMode>
      <PulseStackProvider url="http://127.0.0.1:9" token={token} messages={de}>
        <Bell />
        <Inbox />
        <Preferences />
        <SoundToggle />
        <Toasts />
      </PulseStackProvider>
    </StrictMode>,
  );
  expect(html).toContain('aria-label="Mitteilungen"');
  expect(html).toContain('Mitteilungen werden geladen');
  expect(html).toContain('Einstellungen werden geladen');
  expect(asked).toBe(0);
});

it('says where a component belongs that stands alone', () => {
  expect(() => renderToString(<Bell />)).toThrow('must stand inside <PulseStackProvider>');
});
