import { describe, expect, it } from 'vitest';
import { systemClock } from '../../ports/clock.ts';
import { mailerContract } from '../../ports/contracts/mailer.ts';
import { silentLog } from '../../ports/log.ts';
import { createMailbox } from './index.ts';

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
