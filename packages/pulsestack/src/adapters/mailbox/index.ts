import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { CaughtMail, Mailbox } from '../../ports/mailbox.ts';
import type { Mailer } from '../../ports/mailer.ts';
import { createShelf } from './shelf.ts';

export { type DevMailbox, openDevMailbox } from './smtp.ts';

/** Catches the product's own mails in memory, without a server. Nothing leaves the process. */
export function createMailbox(clock: Clock, log: Log): Mailer & Mailbox {
  const shelf = createShelf();
  let count = 0;
  return {
    async send(mail) {
      const caught: CaughtMail = {
        id: String(++count),
        at: clock.now(),
        from: '',
        headers: [],
        attachments: [],
        source: '',
        ...mail,
      };
      shelf.add(caught);
      log.info({ to: mail.to, subject: mail.subject }, 'mail caught; read it at /mailbox');
    },
    ...shelf,
  };
}
