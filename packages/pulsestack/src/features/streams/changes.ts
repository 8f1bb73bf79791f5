import { streams } from '@pulsestack/core';
import type { FeedControl } from 'pushstream/relay';
import { type Runtime, resource } from '../../kernel/runtime.ts';
import type { Revocation } from '../accounts/index.ts';

/** What those who hold readers elsewhere must do, too. */
export type ReadersChange =
  | { kind: 'revoked'; revocation: Revocation }
  | { kind: 'erased'; workspaceId: string; userId: string }
  | { kind: 'unsubscribed'; workspaceId: string; topic: string; users: readonly string[] | null };

type Listener = (change: ReadersChange) => void;

const listeners = resource(() => new Set<Listener>());

export function tellReadersChanged(runtime: Runtime, change: ReadersChange): void {
  for (const listener of listeners.of(runtime)) listener(change);
}

/** Hears of every change in this installation, until the returned function is called. */
export function onReadersChanged(runtime: Runtime, listener: Listener): () => void {
  listeners.of(runtime).add(listener);
  return () => listeners.of(runtime).delete(listener);
}

/** The change in the words of a feed of this workspace; null when it is not concerned. */
export function toFeedControls(change: ReadersChange, workspaceId: string): FeedControl[] {
  switch (change.kind) {
    case 'revoked': {
      const { kind, id } = change.revocation;
      if (change.revocation.workspaceId !== workspaceId) return [];
      return [{ revoked: kind === 'workspace' ? {} : { [kind]: id } }];
    }
    case 'erased':
      if (change.workspaceId !== workspaceId) return [];
      return [{ erased: { stream: streams.user(change.userId), about: change.userId } }];
    case 'unsubscribed':
      if (change.workspaceId !== workspaceId) return [];
      // Whoever stays subscribed comes back at once.
      return change.users === null ? [{ revoked: {} }] : change.users.map((user) => ({ revoked: { user } }));
  }
}
