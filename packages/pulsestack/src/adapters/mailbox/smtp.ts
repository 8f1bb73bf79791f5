import { type AddressInfo, createServer } from 'node:net';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { CaughtMail, Mailbox } from '../../ports/mailbox.ts';
import { createShelf } from './shelf.ts';

const MAX_MAIL_BYTES = 30_000_000;

/** An SMTP server on this machine that takes every mail and delivers none of them. */
export interface DevMailbox extends Mailbox {
  /** Such as `smtp://127.0.0.1:4025`. */
  url: string;
  close(): Promise<void>;
}

/** Opens the mailbox of development. When its port is taken by another program, a free one is used. */
export async function openDevMailbox(options: { port: number; clock: Clock; log: Log }): Promise<DevMailbox> {
  const { SMTPServer } = await import('smtp-server');
  const { default: PostalMime } = await import('postal-mime');
  const shelf = createShelf();
  let count = 0;

  async function keep(raw: Buffer, envelope: { from: string; to: string[] }): Promise<void> {
    const mail = await PostalMime.parse(raw, { attachmentEncoding: 'base64' });
    const caught: CaughtMail = {
      id: String(++count),
      at: options.clock.now(),
      from: nameOf(mail.from) ?? envelope.from,
      to: envelope.to.join(', '),
      subject: mail.subject ?? '',
      text: mail.text ?? '',
      ...(mail.html ? { html: mail.html } : {}),
      headers: mail.headers.map(({ originalKey, key, value }) => ({ name: originalKey ?? key, value })),
      attachments: mail.attachments.map(({ filename, mimeType, content }) => ({
        filename: filename ?? 'attachment',
        contentType: mimeType,
        bytes: Buffer.byteLength(String(content), 'base64'),
        content: String(content),
      })),
      source: raw.toString('utf8'),
    };
    shelf.add(caught);
  }

  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    size: MAX_MAIL_BYTES,
    // Whatever somebody's application logs in with is right here.
    onAuth: (_auth, _session, done) => done(null, { user: 'anyone' }),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => {
        if (!stream.sizeExceeded) chunks.push(chunk);
      });
      stream.on('end', () => {
        if (stream.sizeExceeded)
          return done(Object.assign(new Error('5.3.4 the mail is larger than 30 MB'), { responseCode: 552 }));
        const { mailFrom, rcptTo } = session.envelope;
        const envelope = { from: mailFrom ? mailFrom.address : '', to: rcptTo.map((one) => one.address) };
        keep(Buffer.concat(chunks), envelope).then(
          () => done(null),
          (error: Error) => done(error),
        );
      });
    },
  });
  server.on('error', (error: Error) => options.log.warn({ err: error }, 'the development mailbox had trouble'));
  const port = (await isFree(options.port)) ? options.port : 0;
  await new Promise<void>((settle) => server.listen(port, '127.0.0.1', settle));
  const { port: opened } = server.server.address() as AddressInfo;
  if (opened !== options.port && options.port !== 0)
    options.log.warn({ port: opened }, `port ${options.port} is taken; the development mailbox listens on ${opened}`);
  return {
    ...shelf,
    url: `smtp://127.0.0.1:${opened}`,
    close: () => new Promise((settle) => server.close(() => settle())),
  };
}

function nameOf(from: { name?: string; address?: string } | undefined): string | null {
  if (!from?.address) return null;
  return from.name ? `${from.name} <${from.address}>` : from.address;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const probe = createServer().once('error', () => settle(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => settle(true)));
  });
}
