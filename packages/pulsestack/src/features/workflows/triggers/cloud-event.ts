import { createHash } from 'node:crypto';
import type { CloudEvent, EventInput } from '@pulsestack/core';

const MAX_TRANSACTION_CHARS = 255;

/** What a CloudEvent says in our words. What it carries beside objects is the payload's `data`. */
export function eventOfCloud({ type, subject, source, id, data }: CloudEvent): EventInput {
  const isObject = typeof data === 'object' && data !== null && !Array.isArray(data);
  return {
    name: type,
    ...(subject === undefined ? {} : { to: subject }),
    payload: isObject ? (data as EventInput['payload']) : data === undefined ? {} : { data },
    transactionId: transactionIdOf(`${source} ${id}`),
  };
}

/** A transaction id of any text; two long ones that only differ at their ends stay different. */
export function transactionIdOf(text: string): string {
  if (text.length <= MAX_TRANSACTION_CHARS) return text;
  const digest = createHash('sha256').update(text).digest('base64url');
  return `${text.slice(0, MAX_TRANSACTION_CHARS - digest.length - 1)} ${digest}`;
}
