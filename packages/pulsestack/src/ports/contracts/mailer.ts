import { expect, it } from 'vitest';
import type { Mail, Mailer } from '../mailer.ts';

/** What every Mailer promises. `open` gives a mailer and what has arrived at the other side so far. */
export function mailerContract(
  open: () => Promise<{ mailer: Mailer; arrived(): Promise<Mail[]> | Mail[]; close(): Promise<void> }>,
): void {
  it('has handed the mail over when it resolves, with every character of it', async () => {
    const { mailer, arrived, close } = await open();
    const mail = {
      to: 'zoë@example.com',
      subject: 'Grüße – 你好',
      text: 'First line\n.\nA line that begins with a dot\nhttps://example.com/?a=1&b=2',
    };
    await mailer.send(mail);
    expect(await arrived()).toMatchObject([mail]);
    await close();
  });
}
