import { createPulseStack, type PulseStack, type TokenSource } from '@pulsestack/client';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { type Announcer, createAnnouncer } from './announcer.ts';
import { AnnouncerRegion } from './announcer-region.tsx';
import { en } from './messages/en.ts';
import type { Messages } from './messages/messages.ts';

export interface PulseStackProviderProps {
  /** Where the server is. Default: the page's own origin. */
  url?: string;
  /** A user token, or a function that fetches one from your server. */
  token: TokenSource;
  /** Whether arrivals are heard until the person chooses. Default: false. */
  sound?: boolean;
  /** What the components say. Default: English. */
  messages?: Messages;
  /** `auto` follows the page: its `data-theme`, or what the system prefers. */
  theme?: 'light' | 'dark' | 'auto';
  children?: ReactNode;
}

export interface PulseStackContext {
  stack: PulseStack;
  messages: Messages;
  theme: 'light' | 'dark' | 'auto';
  announcer: Announcer;
}

const Context = createContext<PulseStackContext | null>(null);

/**
 * Gives the components below it one user's inbox. Nothing is asked of the server before one of them is shown.
 *
 * ```tsx
 * <PulseStackProvider url="https://notify.example.com" token={() => fetchToken()}>
 *   <Bell />
 *   <Toasts />
 * </PulseStackProvider>
 * ```
 */
export function PulseStackProvider({
  url,
  token,
  sound,
  messages = en,
  theme = 'auto',
  children,
}: PulseStackProviderProps) {
  const { stack, announcer } = useStack(url, token, sound);
  const context = useMemo(() => ({ stack, messages, theme, announcer }), [stack, messages, theme, announcer]);
  return (
    <Context.Provider value={context}>
      {children}
      <AnnouncerRegion announcer={announcer} messages={messages} />
    </Context.Provider>
  );
}

export function usePulseStackContext(): PulseStackContext {
  const context = useContext(Context);
  if (!context) throw new Error('PulseStack components must stand inside <PulseStackProvider>.');
  return context;
}

function useStack(url: string | undefined, token: TokenSource, sound: boolean | undefined) {
  // A function written in the JSX is a new one with every render, yet the same source of tokens.
  const latest = useRef(token);
  useEffect(() => {
    latest.current = token;
  });
  const fixed = typeof token === 'string' ? token : null;
  const [made, setMade] = useState(() => make());
  if (made.url !== url || made.fixed !== fixed) setMade(make());

  useEffect(() => {
    clearTimeout(made.closing);
    return () => {
      // StrictMode takes every effect back and runs it again at once; only what stays away is really gone.
      made.closing = setTimeout(() => made.stack.close());
    };
  }, [made]);
  return made;

  function make() {
    const stack = createPulseStack({ url, sound, token: fixed ?? (() => read(latest.current)) });
    return {
      url,
      fixed,
      stack,
      announcer: createAnnouncer(stack),
      closing: undefined as ReturnType<typeof setTimeout> | undefined,
    };
  }
}

async function read(token: TokenSource): Promise<string> {
  return typeof token === 'string' ? token : token();
}
