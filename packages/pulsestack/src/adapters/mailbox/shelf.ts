import type { CaughtMail, Mailbox } from '../../ports/mailbox.ts';

const KEPT = 200;
const MAX_BYTES = 64_000_000;

/** Keeps the newest mails within bounds. */
export function createShelf(): Mailbox & { add(mail: CaughtMail): void } {
  let kept: CaughtMail[] = [];
  return {
    add(mail) {
      kept.unshift(mail);
      let bytes = 0;
      const full = kept.findIndex((one, i) => {
        bytes += one.source.length * 2 + one.text.length + (one.html?.length ?? 0);
        return i >= KEPT || (i > 0 && bytes > MAX_BYTES);
      });
      if (full >= 0) kept.length = full;
    },
    mails: () => kept,
    remove(id) {
      const before = kept.length;
      kept = kept.filter((mail) => mail.id !== id);
      return kept.length < before;
    },
    clear() {
      kept = [];
    },
  };
}
