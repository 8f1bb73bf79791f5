import type { Mailer } from '../../ports/mailer.ts';

const TIMEOUT_MS = 15_000;

/** Sends the product's own mails through an SMTP server: `smtp://user:password@host:587`. */
export async function createSmtpMailer(options: { url: string; from: string }): Promise<Mailer> {
  const { createTransport } = await import('nodemailer');
  const transport = createTransport(options.url, { from: options.from });
  return {
    async send(mail) {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      await Promise.race([
        transport.sendMail(mail),
        new Promise<never>((_, reject) =>
          signal.addEventListener('abort', () => reject(new Error('the SMTP server did not answer in 15 s'))),
        ),
      ]);
    },
  };
}
