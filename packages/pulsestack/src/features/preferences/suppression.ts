import type { Channel, Suppression, SuppressionInput } from '@pulsestack/core';
import type { Context } from '../../kernel/context.ts';
import type { Transaction } from '../../kernel/tenancy.ts';
import type { SuppressedAddress } from './caps.ts';
import * as store from './store/suppressions.ts';

/** An address in the form in which it is recognised: the same mailbox in other letters is the same. */
export function normalAddress(channel: Channel, address: string): string {
  return channel === 'push' || channel === 'chat' || channel === 'webhook' ? address : address.trim().toLowerCase();
}

/** What a suppressed address is found by. */
export function addressKey(channel: Channel, address: string): string {
  return `${channel} ${normalAddress(channel, address)}`;
}

/** Which of these addresses are suppressed, by `addressKey`. */
export async function loadSuppressions(
  tx: Transaction,
  workspaceId: string,
  addresses: readonly { channel: Channel; address: string }[],
): Promise<Map<string, SuppressedAddress>> {
  if (addresses.length === 0) return new Map();
  const asked = addresses.map(({ channel, address }) => ({ channel, address: normalAddress(channel, address) }));
  const rows = await store.findSuppressed(tx, workspaceId, asked);
  return new Map(
    rows.map((row) => [
      addressKey(row.channel, row.address),
      { reason: row.reason, source: row.source, since: row.created_at },
    ]),
  );
}

/** Nothing is written to this address any more. What is known of it already stays, unless a complaint is worse. */
export async function suppress(
  ctx: Pick<Context, 'tx' | 'workspaceId' | 'clock'>,
  entry: {
    channel: Channel;
    address: string;
    reason: Suppression['reason'];
    source: string;
    evidence?: Suppression['evidence'];
  },
): Promise<void> {
  await suppressAll(ctx, [entry], entry.source, entry.evidence);
}

/** The same for many; returns which were new, by `addressKey`. */
export async function suppressAll(
  ctx: Pick<Context, 'tx' | 'workspaceId' | 'clock'>,
  entries: readonly SuppressionInput[],
  source: string,
  evidence: Suppression['evidence'] = {},
): Promise<ReadonlySet<string>> {
  const distinct = new Map<string, SuppressionInput>();
  for (const one of entries) {
    const key = addressKey(one.channel, one.address);
    if (distinct.get(key)?.reason !== 'complained')
      distinct.set(key, { ...one, address: normalAddress(one.channel, one.address) });
  }
  const fresh = await store.insertSuppressions(
    ctx.tx,
    ctx.workspaceId,
    [...distinct.values()],
    source,
    evidence,
    ctx.clock.now(),
  );
  return new Set(fresh.map((one) => addressKey(one.channel, one.address)));
}
