import { Tabs } from '@base-ui/react/tabs';
import { Moon, Paperclip, Sun, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { CaughtMail } from '../../api/development.ts';
import { Button } from '../../ui/button.tsx';
import { TabList } from '../../ui/tab-list.tsx';
import { Time } from '../../ui/time.tsx';
import { linkClass } from '../account/frame.tsx';
import { MailFrame } from './mail-frame.tsx';
import { partsOf } from './use-mailbox.ts';

/** One mail, as a person reads it and as machines do. */
export function Letter({ mail, onRemove }: { mail: CaughtMail; onRemove(): void }) {
  const [theme, setTheme] = useState<'light' | 'dark'>('light');
  const hasHtml = mail.html !== undefined;
  const tabs = [
    ...(hasHtml ? [{ value: 'html', label: 'Mail' }] : []),
    { value: 'text', label: 'Text' },
    ...(mail.headers.length > 0 ? [{ value: 'headers', label: 'Headers', count: mail.headers.length }] : []),
    ...(mail.source ? [{ value: 'source', label: 'Source' }] : []),
  ];
  return (
    <article className="flex min-w-0 flex-col">
      <header className="flex items-start gap-4 px-6 pt-5 pb-2">
        <div className="min-w-0 flex-1">
          <h2 className="text-16 break-words">{mail.subject || 'No subject'}</h2>
          <p className="mt-1 break-words text-n10">
            {mail.from && <>{mail.from} to </>}
            {!mail.from && 'To '}
            {mail.to} · <Time at={mail.at} isExact />
          </p>
        </div>
        {hasHtml && (
          <Button
            size="small"
            aria-label={theme === 'light' ? 'Show in dark' : 'Show in light'}
            onClick={() => setTheme(theme === 'light' ? 'dark' : 'light')}
          >
            {theme === 'light' ? <Moon className="size-3.5" aria-hidden /> : <Sun className="size-3.5" aria-hidden />}
          </Button>
        )}
        <Button size="small" aria-label="Delete this mail" onClick={onRemove}>
          <Trash2 className="size-3.5" aria-hidden />
        </Button>
      </header>
      <Tabs.Root key={mail.id} defaultValue={hasHtml ? 'html' : 'text'} className="flex min-h-0 flex-1 flex-col">
        <div className="px-6">
          <TabList label="Forms of the mail" tabs={tabs} />
        </div>
        {hasHtml && (
          <Tabs.Panel value="html" className="flex-1">
            <MailFrame
              html={mail.html}
              text={mail.text}
              title={mail.subject}
              theme={theme}
              className="h-[60dvh] min-h-96"
            />
          </Tabs.Panel>
        )}
        <Tabs.Panel value="text" className="max-w-reading p-6 text-14 break-words whitespace-pre-wrap">
          {partsOf(mail.text).map((part, index) =>
            part.href ? (
              <a key={index} href={part.href} className={`${linkClass} break-all`}>
                {part.text}
              </a>
            ) : (
              part.text
            ),
          )}
        </Tabs.Panel>
        <Tabs.Panel value="headers" className="overflow-x-auto p-6">
          <dl className="grid grid-cols-[minmax(120px,200px)_minmax(0,1fr)] gap-x-4 gap-y-1.5 font-mono text-12">
            {mail.headers.map((header, index) => (
              <div key={index} className="contents">
                <dt className="truncate text-n10">{header.name}</dt>
                <dd className="break-words">{header.value}</dd>
              </div>
            ))}
          </dl>
        </Tabs.Panel>
        <Tabs.Panel value="source" className="p-6">
          <pre
            className="max-h-[60dvh] overflow-auto rounded-control bg-n3 p-3 text-12 break-words whitespace-pre-wrap"
            tabIndex={0}
          >
            {mail.source}
          </pre>
        </Tabs.Panel>
      </Tabs.Root>
      {mail.attachments.length > 0 && (
        <ul className="flex flex-wrap gap-2 border-t px-6 py-3">
          {mail.attachments.map((file) => (
            <li key={file.filename}>
              <a
                download={file.filename}
                href={`data:application/octet-stream;base64,${file.content}`}
                className="inline-flex h-8 items-center gap-1.5 rounded-control border px-2.5 hover:bg-n3"
              >
                <Paperclip className="size-3.5 text-n10" aria-hidden />
                {file.filename}
                <span className="text-12 text-n10">{Math.ceil(file.bytes / 1024)} KB</span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </article>
  );
}
