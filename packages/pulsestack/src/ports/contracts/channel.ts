import type { MessageContent } from '@pulsestack/core';
import { expect, it } from 'vitest';
import type { Connection, OutgoingMessage, Provider, SendOutcome } from '../channel.ts';

/** The other side of a provider: a server that can be told how to answer, and that says what it has understood. */
export interface Vendor {
  /** Credentials and settings that work. The secrets among them are listed apart. */
  credentials: Record<string, unknown>;
  settings?: Record<string, unknown>;
  secrets: string[];
  to: string;
  connect(): Connection;
  /** How the next message is answered; `undefined` where the protocol knows nothing like it. */
  answers: {
    refusesAddress?: () => void;
    refusesContent?: () => void;
    refusesCredentials?: () => void;
    fails?: () => void;
    isBusy?: () => void;
    /** Asks to come back after 120 seconds. */
    asksForPause?: () => void;
    hangs?: () => void;
    goes?: () => Promise<void> | void;
  };
  /** The idempotency key and the text of every message that has arrived. */
  arrived(): { key: string; text: string }[];
  close(): Promise<void>;
}

/** What every provider promises. */
export function channelContract(provider: Provider, content: MessageContent, open: () => Promise<Vendor>): void {
  let counter = 0;
  const message = (vendor: Vendor): OutgoingMessage => ({
    id: `msg_01jd0c5m8xk7q2w9v4t6r3n${String(counter++).padStart(3, '0')}`,
    workspaceId: 'wsp_01jd0c5m8xk7q2w9v4t6r3n1ab',
    userId: 'ada',
    to: vendor.to,
    category: 'general',
    workflow: 'welcome',
    content,
    createdAt: new Date('2026-06-15T08:00:00.000Z'),
    unsubscribeUrl: null,
  });

  async function using(story: (vendor: Vendor, send: (signal?: AbortSignal) => Promise<SendOutcome>) => Promise<void>) {
    const vendor = await open();
    const connection = vendor.connect();
    const one = message(vendor);
    try {
      await story(vendor, async (signal = AbortSignal.timeout(5000)) => {
        const outcome = await connection.send(one, { idempotencyKey: one.id, signal });
        for (const secret of vendor.secrets) expect(JSON.stringify(outcome)).not.toContain(secret);
        return outcome;
      });
    } finally {
      await connection.close();
      await vendor.close();
    }
  }

  it('reads credentials that work, and refuses unknown fields', async () => {
    await using(async (vendor) => {
      expect(provider.credentials.safeParse(vendor.credentials).success).toBe(true);
      expect(provider.credentials.safeParse({ ...vendor.credentials, unknown: 1 }).success).toBe(false);
      expect(provider.settings.safeParse(vendor.settings ?? {}).success).toBe(true);
    });
  });

  it('shows of credentials nothing to send with', async () => {
    await using(async (vendor) => {
      const hints = JSON.stringify(provider.hints(vendor.credentials));
      for (const secret of vendor.secrets) expect(hints).not.toContain(secret);
    });
  });

  it('hands a message over, with the same key each time', async () => {
    await using(async (vendor, send) => {
      expect(await send()).toMatchObject({ outcome: 'accepted' });
      expect(await send()).toMatchObject({ outcome: 'accepted' });
      const [first, second] = vendor.arrived();
      expect(first?.text).toContain('Grüße – 你好');
      expect(first?.key).toBe(second?.key);
    });
  });

  const refusals = [
    ['refusesAddress', 'address'],
    ['refusesContent', 'content'],
    ['refusesCredentials', 'auth'],
  ] as const;
  for (const [answer, kind] of refusals) {
    it(`tells a refusal of the ${kind} from others`, async () => {
      await using(async (vendor, send) => {
        if (!vendor.answers[answer]) return;
        vendor.answers[answer]();
        expect(await send()).toMatchObject({ outcome: 'refused', class: kind, detail: expect.stringMatching(/\S/) });
      });
    });
  }

  const later = [
    ['fails', 'server'],
    ['isBusy', 'rate'],
  ] as const;
  for (const [answer, kind] of later) {
    it(`asks for another try when the other side ${answer === 'fails' ? 'fails' : 'is asked too often'}`, async () => {
      await using(async (vendor, send) => {
        if (!vendor.answers[answer]) return;
        vendor.answers[answer]();
        expect(await send()).toMatchObject({ outcome: 'retry', class: kind });
      });
    });
  }

  it('passes on how long the other side wants to be left alone', async () => {
    await using(async (vendor, send) => {
      if (!vendor.answers.asksForPause) return;
      vendor.answers.asksForPause();
      expect(await send()).toMatchObject({ outcome: 'retry', retryAfterMs: 120_000 });
    });
  });

  it('stops waiting for an answer that does not come', async () => {
    await using(async (vendor, send) => {
      if (!vendor.answers.hangs) return;
      vendor.answers.hangs();
      expect(await send(AbortSignal.timeout(150))).toMatchObject({ outcome: 'retry', class: 'network' });
    });
  });

  it('never rejects because nobody is there', async () => {
    await using(async (vendor, send) => {
      await vendor.answers.goes?.();
      expect(await send()).toMatchObject({ outcome: 'retry', class: 'network' });
    });
  });
}
