import type { MessageStory } from '@pulsestack/core';
import { Bell } from 'lucide-react';
import { MailFrame } from '../mailbox/mail-frame.tsx';
import { plainOf } from './plain.ts';

/** What the person saw, in the shape of the channel. */
export function Frame({ message }: { message: Pick<MessageStory, 'content' | 'to'> }) {
  const { content } = message;
  if (!content)
    return (
      <p className="rounded-card border border-dashed px-4 py-10 text-center text-n10">
        Nothing was written: it never came so far.
      </p>
    );
  switch (content.channel) {
    case 'email':
      return (
        <figure className="overflow-hidden rounded-card border">
          <figcaption className="border-b bg-n2 px-4 py-3">
            <p className="font-medium break-words" dir="auto">
              {content.subject}
            </p>
            {message.to && <p className="truncate text-12 text-n10">to {message.to}</p>}
          </figcaption>
          <MailFrame html={content.html} text={content.text} title={content.subject} className="h-[480px]" />
        </figure>
      );
    case 'in_app':
    case 'push':
      return (
        <Phone>
          <div className="flex gap-3 rounded-[14px] bg-n3 p-3.5">
            <span className="flex size-8 shrink-0 items-center justify-center rounded-full bg-n5 text-n11" aria-hidden>
              <Bell className="size-4" />
            </span>
            <div className="min-w-0 text-14" dir="auto">
              <p className="leading-snug font-semibold break-words">{content.title}</p>
              <p className="mt-0.5 leading-snug break-words whitespace-pre-wrap text-n11">
                {content.channel === 'in_app' ? plainOf(content.body) : content.body}
              </p>
            </div>
          </div>
        </Phone>
      );
    case 'webhook':
      return (
        <pre className="max-h-[480px] overflow-auto rounded-card border bg-n2 p-4 text-12" tabIndex={0}>
          {JSON.stringify(content.body, null, 2)}
        </pre>
      );
    default:
      return (
        <Phone>
          <p
            dir="auto"
            className="w-fit max-w-[85%] rounded-[16px] rounded-bl-[4px] bg-n4 px-3.5 py-2.5 text-14 break-words whitespace-pre-wrap"
          >
            {content.body}
          </p>
        </Phone>
      );
  }
}

function Phone({ children }: { children: React.ReactNode }) {
  return (
    <figure className="mx-auto w-full max-w-[360px]">
      <div className="flex min-h-72 flex-col gap-4 overflow-hidden rounded-[28px] border-[6px] border-n5 bg-n1 p-4 pt-8">
        {children}
      </div>
      <figcaption className="sr-only">How it looks on a phone</figcaption>
    </figure>
  );
}
