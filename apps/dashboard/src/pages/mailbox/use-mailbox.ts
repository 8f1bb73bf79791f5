import { useQuery } from '@tanstack/react-query';
import { type CaughtMail, development } from '../../api/development.ts';

const EVERY_MS = 3_000;

export interface ShownMail extends CaughtMail {
  id: string;
}

/** The mails the product would have sent, newest first. */
export function useMailbox() {
  return useQuery({
    queryKey: ['mailbox'],
    queryFn: async () =>
      (await development.mails()).mails.map(
        (mail): ShownMail => ({ ...mail, id: `${Date.parse(mail.at)}-${mail.to}` }),
      ),
    refetchInterval: EVERY_MS,
  });
}

/** Text with its addresses, so that they can be links. */
export function partsOf(text: string): { text: string; href: string | null }[] {
  return text
    .split(/(https?:\/\/[^\s]+)/)
    .map((part) => ({ text: part, href: /^https?:\/\//.test(part) ? part : null }));
}
