import { detailOf, type SendOutcome } from '../../../ports/channel.ts';

/** What nodemailer tells of a failure. */
export interface SmtpFailure {
  message: string;
  code?: string;
  responseCode?: number;
  response?: string;
  command?: string;
}

const AUTH_CODES = new Set([530, 534, 535, 538]);
const ADDRESS_CODES = new Set([550, 551, 553]);

/**
 * Reads the answer of a server by RFC 5321 and, where it gives one, the enhanced status code of RFC 3463: 4xx is worth
 * another try, 5xx is for good; the second digit of the enhanced code says whether the address, the content or we are at fault.
 */
export function judge(failure: SmtpFailure, secrets: readonly (string | undefined)[]): SendOutcome {
  const status = failure.responseCode;
  const detail = detailOf(failure.response ?? failure.message, secrets);
  if (status === undefined) {
    if (failure.code === 'EAUTH') return { outcome: 'refused', class: 'auth', detail };
    if (failure.code === 'EENVELOPE' || failure.code === 'EMESSAGE')
      return { outcome: 'refused', class: failure.code === 'EENVELOPE' ? 'address' : 'content', detail };
    return { outcome: 'retry', class: 'network', detail };
  }
  const enhanced = /\b([245])\.(\d{1,3})\.(\d{1,3})\b/.exec(failure.response ?? '');
  if (status < 500)
    return { outcome: 'retry', class: isRate(status, enhanced, detail) ? 'rate' : 'server', status, detail };
  return { outcome: 'refused', class: classOf(status, enhanced, failure.command ?? ''), status, detail };
}

function isRate(status: number, enhanced: RegExpExecArray | null, detail: string): boolean {
  if (enhanced && Number(enhanced[2]) === 7) return true;
  return (
    (status === 421 || status === 450 || status === 451 || status === 452) &&
    /\b(rate|too many|throttl|limit)/i.test(detail)
  );
}

function classOf(
  status: number,
  enhanced: RegExpExecArray | null,
  command: string,
): Extract<SendOutcome, { outcome: 'refused' }>['class'] {
  if (AUTH_CODES.has(status) || /^AUTH/i.test(command)) return 'auth';
  const [subject, detail] = [Number(enhanced?.[2]), Number(enhanced?.[3])];
  // 5.1.7 and 5.1.8 speak of our own sender address.
  if (subject === 1) return detail === 7 || detail === 8 ? 'content' : 'address';
  if (subject === 2) return detail === 1 ? 'address' : detail === 3 ? 'content' : 'other';
  if (subject === 3) return detail === 4 ? 'content' : 'other';
  if (subject === 6 || subject === 7) return 'content';
  if (enhanced) return 'other';
  if (ADDRESS_CODES.has(status) && /^RCPT/i.test(command)) return 'address';
  return status === 552 || status === 554 ? 'content' : 'other';
}
