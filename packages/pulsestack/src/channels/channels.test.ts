import { createHmac } from 'node:crypto';
import type { MessageContent } from '@pulsestack/core';
import { describe, expect, it } from 'vitest';
import { createOutgoing } from '../kernel/outgoing.ts';
import type { Connection, OutgoingMessage, Provider } from '../ports/channel.ts';
import { channelContract, type Vendor } from '../ports/contracts/channel.ts';
import { judge } from './email/smtp/answers.ts';
import { smtp } from './email/smtp/index.ts';
import { providers } from './index.ts';
import { startHttpSink } from './testing/http-sink.ts';
import { startSmtpSink } from './testing/smtp-sink.ts';
import { genericWebhook } from './webhook/generic/index.ts';

const NOW_MS = Date.parse('2026-06-15T08:00:00.000Z');
const SECRET = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
const tools = () => ({ http: createOutgoing({ allowPrivateNetworks: true }), nowMs: () => NOW_MS });

const connectionOf = (provider: Provider, credentials: object, settings: object = {}): Connection =>
  provider.connect({ credentials, settings }, tools());

async function smtpVendor(): Promise<Vendor> {
  const password = 'p@ss word-with-käse';
  const sink = await startSmtpSink({ user: 'relay', password });
  const url = sink.url.replace(encodeURIComponent(password), encodeURIComponent(password));
  const says = (at: 'rcpt' | 'data' | 'auth', code: number, text: string) => () =>
    void sink.script.push({ at, code, text });
  return {
    credentials: { url },
    settings: { from: 'Acme <hi@acme.example>' },
    secrets: [password, encodeURIComponent(password)],
    to: 'zoë@example.com',
    connect: () => connectionOf(smtp, { url }, { from: 'Acme <hi@acme.example>' }),
    answers: {
      refusesAddress: says('rcpt', 550, '5.1.1 no such mailbox'),
      refusesContent: says('data', 554, '5.7.1 looks like spam'),
      refusesCredentials: says('auth', 535, `5.7.8 wrong: ${password}`),
      fails: says('data', 451, '4.3.0 try again'),
      isBusy: says('rcpt', 450, '4.7.1 too many messages'),
      goes: () => sink.close(),
    },
    arrived: () => sink.arrived.map((mail) => ({ key: mail.messageId ?? '', text: mail.text ?? '' })),
    close: () => sink.close(),
  };
}

async function webhookVendor(): Promise<Vendor> {
  const sink = await startHttpSink();
  const credentials = { url: `${sink.url}/in?token=hidden-token-of-mine`, secret: SECRET };
  const says =
    (status: number, headers: Record<string, string> = {}) =>
    () =>
      void sink.script.push({ status, headers, body: `no, ${SECRET}` });
  return {
    credentials,
    secrets: [SECRET, 'hidden-token-of-mine'],
    to: 'ada',
    connect: () => connectionOf(genericWebhook, credentials),
    answers: {
      refusesContent: says(422),
      refusesCredentials: says(401),
      fails: says(502),
      isBusy: says(429),
      asksForPause: says(429, { 'retry-after': new Date(NOW_MS + 120_000).toUTCString() }),
      hangs: () => void sink.script.push({ status: 200, hang: true }),
      goes: () => sink.close(),
    },
    arrived: () =>
      sink.requests.map(({ headers, body }) => ({
        key: headers['webhook-id'] ?? '',
        text: JSON.parse(body).data.body.text,
      })),
    close: () => sink.close(),
  };
}

const VENDORS: Record<string, { content: MessageContent; open: () => Promise<Vendor> }> = {
  smtp: {
    content: { channel: 'email', subject: 'Grüße – 你好', html: '<p>Grüße – 你好</p>', text: 'Grüße – 你好' },
    open: smtpVendor,
  },
  webhook: { content: { channel: 'webhook', body: { text: 'Grüße – 你好' } }, open: webhookVendor },
};

describe.each(providers.map((one) => [one.id, one] as const))('the provider %s', (id, provider) => {
  const vendor = VENDORS[id];
  if (!vendor) throw new Error(`the provider ${id} has no other side to be tested against`);
  channelContract(provider, vendor.content, vendor.open);
});

const message = (change: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  id: 'msg_01jd0c5m8xk7q2w9v4t6r3n1ab',
  workspaceId: 'wsp_01jd0c5m8xk7q2w9v4t6r3n1ab',
  userId: 'ada',
  to: 'ada@example.com',
  category: 'news',
  workflow: null,
  content: { channel: 'email', subject: 'Hi', html: '<p>Hi</p>', text: 'Hi' },
  createdAt: new Date(NOW_MS),
  unsubscribeUrl: null,
  ...change,
});
const options = () => ({ idempotencyKey: 'msg_1', signal: AbortSignal.timeout(5000) });

describe('mails by SMTP', () => {
  it('carries a link that unsubscribes with one click, and signs it', async () => {
    const { generateKeyPairSync } = await import('node:crypto');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const sink = await startSmtpSink();
    const dkimPrivateKey = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const connection = connectionOf(
      smtp,
      { url: sink.url, dkimPrivateKey },
      { from: 'Acme <hi@acme.example>', dkimDomain: 'acme.example', dkimSelector: 'ps1' },
    );
    const unsubscribeUrl = 'https://acme.example/u/abcdef';
    await connection.send(message({ unsubscribeUrl }), options());
    const [mail] = sink.arrived;
    const header = (name: string) => mail?.headers.find((one) => one.key === name)?.value;
    expect(header('list-unsubscribe')).toBe(`<${unsubscribeUrl}>`);
    expect(header('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
    const signed = /\bh=([^;]+);/
      .exec(header('dkim-signature') ?? '')?.[1]
      ?.toLowerCase()
      .replaceAll(/\s/g, '');
    expect(signed?.split(':')).toEqual(
      expect.arrayContaining(['from', 'list-unsubscribe', 'list-unsubscribe-post', 'message-id']),
    );
    await connection.close();
    await sink.close();
  });

  it('sends attachments, copies and headers of a message', async () => {
    const sink = await startSmtpSink();
    const connection = connectionOf(smtp, { url: sink.url });
    await connection.send(
      message({
        content: {
          channel: 'email',
          subject: 'Report',
          html: '<p>Report</p>',
          text: 'Report',
          from: 'Reports <reports@acme.example>',
          replyTo: 'help@acme.example',
          cc: ['cc@example.com'],
          bcc: ['hidden@example.com'],
          headers: { 'X-Campaign': 'q2' },
          attachments: [{ filename: 'a.csv', contentType: 'text/csv', content: Buffer.from('a,b').toString('base64') }],
        },
      }),
      options(),
    );
    const [mail] = sink.arrived;
    expect(mail?.envelope.to.sort()).toEqual(['ada@example.com', 'cc@example.com', 'hidden@example.com']);
    expect(mail?.raw).not.toContain('hidden@example.com');
    expect(mail).toMatchObject({
      from: { address: 'reports@acme.example' },
      replyTo: [{ address: 'help@acme.example' }],
    });
    expect(mail?.headers).toContainEqual(expect.objectContaining({ key: 'x-campaign', value: 'q2' }));
    expect(mail?.attachments).toMatchObject([{ filename: 'a.csv', mimeType: 'text/csv' }]);
    await connection.close();
    await sink.close();
  });

  it.each([
    [550, '5.1.1 unknown', 'RCPT TO', 'refused', 'address'],
    [550, 'no such user', 'RCPT TO', 'refused', 'address'],
    [550, '5.7.1 policy', 'RCPT TO', 'refused', 'content'],
    [552, '5.2.2 mailbox full', 'RCPT TO', 'refused', 'other'],
    [552, '5.3.4 too big', 'DATA', 'refused', 'content'],
    [553, '5.1.8 bad sender', 'MAIL FROM', 'refused', 'content'],
    [554, 'rejected', 'DATA', 'refused', 'content'],
    [535, '5.7.8 no', 'AUTH PLAIN', 'refused', 'auth'],
    [421, '4.3.2 shutting down', 'CONN', 'retry', 'server'],
    [421, 'too many connections', 'CONN', 'retry', 'rate'],
    [452, '4.2.2 full', 'RCPT TO', 'retry', 'server'],
  ])('reads %i %s as %s %s', (responseCode, text, command, outcome, kind) => {
    const read = judge({ message: text, responseCode, response: `${responseCode} ${text}`, command }, []);
    expect([read.outcome, 'class' in read ? read.class : null]).toEqual([outcome, kind]);
  });
});

describe('the signed webhook', () => {
  it('is signed as Standard Webhooks say, and lets nobody replace what signs it', async () => {
    const sink = await startHttpSink();
    const connection = connectionOf(genericWebhook, { url: sink.url, secret: SECRET }, { headers: { 'X-Team': 'a' } });
    const content = {
      channel: 'webhook' as const,
      body: { n: 1 },
      headers: { 'Webhook-Id': 'forged', 'Webhook-Signature': 'forged', 'X-Own': 'b' },
    };
    expect(await connection.send(message({ content }), options())).toMatchObject({ outcome: 'accepted', status: 200 });
    const [request] = sink.requests;
    const headers = request?.headers ?? {};
    expect(headers).toMatchObject({
      'x-team': 'a',
      'x-own': 'b',
      'webhook-id': 'msg_1',
      'content-type': 'application/json',
    });
    expect(headers['webhook-timestamp']).toBe(String(NOW_MS / 1000));
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${request?.body}`;
    const expected = createHmac('sha256', Buffer.alloc(32, 9)).update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${expected}`);
    expect(JSON.parse(request?.body ?? '')).toMatchObject({ type: 'message', data: { userId: 'ada', body: { n: 1 } } });
    await sink.close();
  });

  it('hears 410 as a wish to be left alone, and follows no redirect', async () => {
    const sink = await startHttpSink();
    const connection = connectionOf(genericWebhook, { url: sink.url, secret: SECRET });
    sink.script.push({ status: 410 }, { status: 302, headers: { location: '/elsewhere' } });
    const hook = message({ content: { channel: 'webhook', body: {} } });
    expect(await connection.send(hook, options())).toMatchObject({ outcome: 'refused', gone: true });
    expect(await connection.send(hook, options())).toMatchObject({ outcome: 'refused', status: 302 });
    expect(sink.requests).toHaveLength(2);
    await sink.close();
  });
});
