import { createServer, type Server } from 'node:net';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { mailerContract } from '../../ports/contracts/mailer.ts';
import type { Mail } from '../../ports/mailer.ts';
import { createSmtpMailer } from './index.ts';

/** The receiving side of RFC 5321, as far as one mail needs it; it answers an order it does not expect with 503. */
async function receive(refuse?: string): Promise<{ url: string; mails: Mail[]; server: Server }> {
  const mails: Mail[] = [];
  const server = createServer((socket) => {
    let recipient = '';
    let body: string[] | null = null;
    let stage: 'greeted' | 'hello' | 'from' | 'to' = 'greeted';
    const say = (line: string) => socket.write(`${line}\r\n`);
    socket.on('error', () => undefined);
    say('220 test ESMTP');
    createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
      if (body) {
        if (line !== '.') return void body.push(line.startsWith('.') ? line.slice(1) : line);
        mails.push(readMail(recipient, body));
        body = null;
        return void say('250 taken');
      }
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === 'EHLO') {
        stage = 'hello';
        return void socket.write('250-test\r\n250-SMTPUTF8\r\n250 8BITMIME\r\n');
      }
      if (verb === 'MAIL' && stage === 'hello') stage = 'from';
      else if (verb === 'RCPT' && stage === 'from') {
        if (refuse) return void say(refuse);
        recipient = /<(.+)>/.exec(line)?.[1] ?? '';
        stage = 'to';
      } else if (verb === 'DATA' && stage === 'to') {
        body = [];
        return void say('354 go on');
      } else if (verb === 'QUIT') {
        say('221 bye');
        return void socket.end();
      } else return void say('503 not now');
      say('250 fine');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  return { url: `smtp://127.0.0.1:${port}`, mails, server };
}

function readMail(to: string, lines: string[]): Mail {
  const empty = lines.indexOf('');
  const headers = lines.slice(0, empty).join('\n').replaceAll(/\n\s+/g, ' ');
  const encoding = /^content-transfer-encoding: (.+)$/im.exec(headers)?.[1] ?? '7bit';
  const content = lines.slice(empty + 1).join('\n');
  const subject = /^subject: (.+)$/im.exec(headers)?.[1] ?? '';
  return { to, subject: decodeWords(subject), text: decode(content, encoding).replaceAll('\r\n', '\n') };
}

function decode(content: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(content, 'base64').toString('utf8');
  if (encoding === 'quoted-printable') return quotedPrintable(content.replaceAll(/=\n/g, ''));
  return content;
}

const quotedPrintable = (text: string) =>
  Buffer.from(
    text.replaceAll(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');

/** Encoded words of RFC 2047. */
function decodeWords(header: string): string {
  return header
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?UTF-8\?([BQ])\?([^?]*)\?=/gi, (_all, kind: string, text: string) =>
      kind.toUpperCase() === 'B'
        ? Buffer.from(text, 'base64').toString('utf8')
        : quotedPrintable(text.replaceAll('_', ' ')),
    );
}

describe('mails by SMTP', () => {
  mailerContract(async () => {
    const { url, mails, server } = await receive();
    return {
      mailer: await createSmtpMailer({ url, from: 'PulseStack <pulse@example.com>' }),
      arrived: () => mails,
      close: async () => void server.close(),
    };
  });

  it('says why when the server refuses', async () => {
    const { url, server } = await receive('550 no such person');
    const mailer = await createSmtpMailer({ url, from: 'pulse@example.com' });
    await expect(mailer.send({ to: 'nobody@example.com', subject: 'Hi', text: 'Hi' })).rejects.toThrow(
      /550 no such person/,
    );
    server.close();
  });
});
