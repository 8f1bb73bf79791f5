import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Mail, Mailer } from '../../ports/mailer.ts';

const KEPT = 200;

export interface CapturedMail extends Mail {
  at: Date;
}

/** Catches the product's own mails in development and shows the newest 200 at /dev/mailbox. Nothing leaves the machine. */
export function createMailbox(clock: Clock, log: Log): Mailer & { mails(): readonly CapturedMail[] } {
  const kept: CapturedMail[] = [];
  return {
    async send(mail) {
      kept.unshift({ ...mail, at: clock.now() });
      kept.length = Math.min(kept.length, KEPT);
      log.info({ to: mail.to, subject: mail.subject }, 'mail caught; read it at /dev/mailbox');
    },
    mails: () => kept,
  };
}
