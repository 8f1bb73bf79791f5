import type { MessageContent } from '@pulsestack/core';
import type { SendMailOptions } from 'nodemailer';
import { z } from 'zod';
import { type Connection, detailOf, type OutgoingMessage, provider, type Tools } from '../../../ports/channel.ts';
import { HttpFailure } from '../../../ports/http-client.ts';
import { judge, type SmtpFailure } from './answers.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = 25_000;
const MAX_CONNECTIONS = 8;
// nodemailer signs no more than it knows by name; receivers demand that what unsubscribes is signed.
const SIGNED_HEADERS =
  'From:Sender:Reply-To:Subject:Date:Message-ID:To:Cc:MIME-Version:Content-Type:Content-Transfer-Encoding:List-Id:List-Unsubscribe:List-Unsubscribe-Post';

/** Any server that speaks SMTP. Connections are kept and shared; a message keeps its Message-ID over every try. */
export const smtp = provider({
  id: 'smtp',
  channel: 'email',
  name: 'SMTP',
  concurrency: MAX_CONNECTIONS * 2,
  credentials: z.strictObject({
    url: z
      .url({ protocol: /^smtps?$/, error: 'must be smtp://user:password@host:port or smtps://…' })
      .max(2048)
      .meta({ examples: ['smtp://user:password@mail.example.com:587'] }),
    dkimPrivateKey: z
      .string()
      .max(8192)
      .optional()
      .meta({ description: 'PEM; signs with DKIM together with the domain and the selector' }),
  }),
  settings: z.strictObject({
    from: z
      .string()
      .min(3)
      .max(320)
      .optional()
      .meta({ description: 'Sender of messages that name none', examples: ['Acme <hello@acme.example>'] }),
    replyTo: z.string().min(3).max(320).optional(),
    maxConnections: z.number().int().min(1).max(100).default(MAX_CONNECTIONS),
    dkimDomain: z.hostname().optional(),
    dkimSelector: z
      .string()
      .regex(/^[a-z0-9._-]{1,63}$/i)
      .optional(),
  }),
  hints: ({ url, dkimPrivateKey }) => {
    const { protocol, username, host } = new URL(url);
    const user = username ? `${decodeURIComponent(username)}:••••@` : '';
    return { url: `${protocol}//${user}${host}`, ...(dkimPrivateKey ? { dkimPrivateKey: '••••' } : {}) };
  },
  connect({ credentials, settings }, tools): Connection {
    const url = new URL(credentials.url);
    const secrets = [decodeURIComponent(url.password), credentials.dkimPrivateKey];
    const fallback = `PulseStack <pulsestack@${url.hostname}>`;
    let opening: ReturnType<typeof open> | undefined;
    return {
      async send(message, { signal }) {
        try {
          const transport = await (opening ??= open(url, credentials, settings, tools));
          const mail = compose(message, settings.from ?? fallback, settings.replyTo);
          const info = await giveUp(transport.sendMail(mail), signal);
          return { outcome: 'accepted', id: info.messageId, detail: detailOf(info.response, secrets) };
        } catch (error) {
          if (error instanceof HttpFailure) {
            // The name may resolve next time.
            opening = undefined;
            if (error.kind === 'refused') return { outcome: 'refused', class: 'other', detail: error.message };
            return { outcome: 'retry', class: 'network', detail: error.message };
          }
          return judge(error as SmtpFailure, secrets);
        }
      },
      async close() {
        (await opening?.catch(() => undefined))?.close();
      },
    };
  },
});

async function open(
  url: URL,
  { dkimPrivateKey }: { dkimPrivateKey?: string | undefined },
  settings: { maxConnections: number; dkimDomain?: string | undefined; dkimSelector?: string | undefined },
  tools: Tools,
) {
  const { createTransport } = await import('nodemailer');
  const secure = url.protocol === 'smtps:';
  const [resolved] = await tools.http.resolve(url.hostname);
  const { dkimDomain, dkimSelector } = settings;
  return createTransport({
    pool: true,
    // The address that was checked, so that the name cannot mean another one in between; certificates are for the name.
    host: resolved?.address ?? url.hostname,
    port: url.port ? Number(url.port) : secure ? 465 : 587,
    secure,
    tls: { servername: url.hostname, ...tlsOptions(url) },
    ...(url.username
      ? { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }
      : {}),
    maxConnections: settings.maxConnections,
    maxMessages: Number.POSITIVE_INFINITY,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: ANSWER_TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(dkimPrivateKey && dkimDomain && dkimSelector
      ? {
          dkim: {
            domainName: dkimDomain,
            keySelector: dkimSelector,
            privateKey: dkimPrivateKey,
            headerFieldNames: SIGNED_HEADERS,
          },
        }
      : {}),
  });
}

/** `?tls=insecure` accepts any certificate: for a relay on a private network with one of its own. */
function tlsOptions(url: URL): { rejectUnauthorized?: boolean } {
  return url.searchParams.get('tls') === 'insecure' ? { rejectUnauthorized: false } : {};
}

/** The mail of a message. Its Message-ID is made of the message's id, so a repeated try is recognised as the same mail. */
function compose(message: OutgoingMessage, from: string, replyTo: string | undefined): SendMailOptions {
  const content = asEmail(message.content);
  const sender = content.from ?? from;
  const { unsubscribeUrl } = message;
  const answerTo = content.replyTo ?? replyTo;
  return {
    from: sender,
    to: message.to,
    subject: content.subject,
    text: content.text,
    ...(content.html ? { html: content.html } : {}),
    ...(answerTo ? { replyTo: answerTo } : {}),
    ...(content.cc ? { cc: content.cc } : {}),
    ...(content.bcc ? { bcc: content.bcc } : {}),
    messageId: `<${message.id}@${domainOf(sender)}>`,
    date: message.createdAt,
    headers: {
      ...content.headers,
      'X-PulseStack-Message': message.id,
      ...(unsubscribeUrl
        ? { 'List-Unsubscribe': `<${unsubscribeUrl}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }
        : {}),
    },
    attachments: (content.attachments ?? []).map(({ filename, contentType, content }) => ({
      filename,
      contentType,
      content,
      encoding: 'base64' as const,
    })),
  };
}

type EmailContent = Extract<MessageContent, { channel: 'email' }>;

function asEmail(content: MessageContent): EmailContent {
  if (content.channel !== 'email') throw new Error(`a ${content.channel} message was given to an e-mail provider`);
  return content;
}

function domainOf(sender: string): string {
  return /@([^\s>@]+)>?\s*$/.exec(sender)?.[1] ?? 'pulsestack.invalid';
}

/** nodemailer cannot be told to stop, so whoever waits stops waiting; the sockets have time limits of their own. */
async function giveUp<T>(sending: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(Object.assign(new Error('the SMTP server did not answer in time'), { code: 'ETIMEDOUT' }));
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([sending, aborted]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
  }
}
