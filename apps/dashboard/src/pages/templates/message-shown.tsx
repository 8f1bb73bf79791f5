import type { MessageContent } from '@pulsestack/core';
import { clsx } from 'clsx';
import { MailFrame } from '../mailbox/mail-frame.tsx';

export type Look = 'desktop' | 'phone' | 'text';
export type Theme = 'light' | 'dark';

interface MessageShownProps {
  content: MessageContent;
  look: Look;
  theme: Theme;
  dir: 'ltr' | 'rtl';
  title: string;
  className?: string;
}

/** A message as its reader sees it. */
export function MessageShown({ content, look, theme, dir, title, className }: MessageShownProps) {
  if (content.channel === 'email')
    return (
      <div className="overflow-hidden rounded-card border bg-n2">
        <div className="border-b bg-raised px-4 py-3" dir={dir}>
          <p className="truncate font-medium">{content.subject || 'No subject'}</p>
          {content.preheader && <p className="truncate text-n10">{content.preheader}</p>}
        </div>
        {look === 'text' ? (
          <pre
            dir={dir}
            tabIndex={0}
            className={clsx(
              'overflow-auto bg-raised p-4 font-sans text-14 leading-relaxed break-words whitespace-pre-wrap',
              className,
            )}
          >
            {content.text}
          </pre>
        ) : (
          <div className={clsx('mx-auto', look === 'phone' && 'max-w-[375px] border-x')}>
            <MailFrame
              html={content.html}
              text={content.text}
              title={title}
              theme={theme}
              {...(className ? { className } : {})}
            />
          </div>
        )}
      </div>
    );
  const heading = 'title' in content ? content.title : null;
  const body = typeof content.body === 'string' ? content.body : JSON.stringify(content.body, null, 2);
  const link = 'link' in content ? content.link : null;
  return (
    <div dir={dir} className="flex flex-col gap-1 rounded-card border bg-raised p-4">
      {heading && <p className="font-medium break-words">{heading}</p>}
      <p className="break-words whitespace-pre-wrap text-n11">{body}</p>
      {link && <p className="mt-1 truncate font-mono text-12 text-n10">{link}</p>}
      {'actions' in content && content.actions && content.actions.length > 0 && (
        <ul className="mt-2 flex flex-wrap gap-2">
          {content.actions.map((action) => (
            <li key={action.id} className="rounded-control border px-2.5 py-1 text-12 font-medium">
              {action.label}
            </li>
          ))}
        </ul>
      )}
      {content.channel === 'sms' && <p className="mt-2 text-12 text-n10">{content.body.length} characters</p>}
    </div>
  );
}
