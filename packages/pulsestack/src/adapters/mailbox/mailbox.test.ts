import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../ports/clock.ts';
import { mailerContract } from '../../ports/contracts/mailer.ts';
import { silentLog } from '../../ports/log.ts';
import { createSmtpMailer } from '../smtp/index.ts';
import { createMailbox, openDevMailbox } from './index.ts';

describe('the mailbox of development', () => {
  mailerContract(async () => {
    const mailer = createMailbox(systemClock, silentLog);
    return { mailer, arrived: () => [...mailer.mails()], close: async () => undefined };
  });

  it('keeps the newest 200', async () => {
    const mailbox = createMailbox(systemClock, silentLog);
    for (let i = 0; i < 210; i++) await mailbox.send({ to: 'a@example.com', subject: `${i}`, text: '' });
    expect([mailbox.mails().length, mailbox.mails()[0]?.subject]).toEqual([200, '209']);
  });
});

describe('the mailbox of development as an SMTP server', () => {
  const open = () => openDevMailbox({ port: 0, clock: systemClock, log: silentLog });

  mailerContract(async () => {
    const mailbox = await open();
    return {
      mailer: await createSmtpMailer({ url: mailbox.url, from: 'PulseStack <pulse@example.com>' }),
      arrived: () => mailbox.mails().map((mail) => ({ ...mail, text: mail.text.replaceAll('\r\n', '\n').trimEnd() })),
      close: () => mailbox.close(),
    };
  });

  it('shows a mail with HTML, headers, attachments and source, until it is removed', async () => {
    const mailbox = await open();
    const { createTransport } = await import('nodemailer');
    const transport = createTransport(mailbox.url.replace('://', '://any:password@'));
    await transport.sendMail({
      from: 'Acme <a@acme.example>',
      to: 'ada@example.com',
      subject: 'Report',
      html: '<b>Hi</b>',
      text: 'Hi',
      headers: { 'List-Unsubscribe': '<https://acme.example/u>' },
      attachments: [{ filename: 'a.csv', content: 'a,b' }],
    });
    const [mail] = mailbox.mails();
    expect(mail).toMatchObject({
      from: 'Acme <a@acme.example>',
      to: 'ada@example.com',
      html: expect.stringContaining('<b>Hi</b>'),
    });
    expect(mail?.headers).toContainEqual({ name: 'List-Unsubscribe', value: '<https://acme.example/u>' });
    expect(mail?.attachments).toMatchObject([{ filename: 'a.csv', bytes: 3 }]);
    expect(mail?.source).toContain('Subject: Report');
    expect([mailbox.remove(mail?.id ?? ''), mailbox.remove(mail?.id ?? ''), mailbox.mails().length]).toEqual([
      true,
      false,
      0,
    ]);
    await mailbox.close();
  });

  it('goes elsewhere when another program has its port', async () => {
    const other = createServer();
    await new Promise<void>((settle) => other.listen(0, '127.0.0.1', settle));
    const { port } = other.address() as { port: number };
    const mailbox = await openDevMailbox({ port, clock: systemClock, log: silentLog });
    expect(mailbox.url).not.toContain(`:${port}`);
    await mailbox.close();
    other.close();
  });
});
