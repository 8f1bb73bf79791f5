import type { MessageContent, TemplateDetail } from '@pulsestack/core';
import { clsx } from 'clsx';
import { Send } from 'lucide-react';
import { useState } from 'react';
import type { TemplatePreview } from '../../api/templates.ts';
import { useCan } from '../../session/use-session.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Segments } from '../../ui/segments.tsx';
import { Select } from '../../ui/select.tsx';
import { BlockSkeleton } from '../../ui/states.tsx';
import { MailFrame } from '../mailbox/mail-frame.tsx';
import { type Editor, useTemplateChanges } from './use-templates.ts';

type Look = 'desktop' | 'phone' | 'text';

/** The message as its reader gets it: in each language, wide and narrow, light and dark, and as text. */
export function Preview({ template, editor }: { template: TemplateDetail; editor: Editor }) {
  const can = useCan();
  const { test } = useTemplateChanges(template.key);
  const [chosen, setChosen] = useState<string | undefined>();
  const [look, setLook] = useState<Look>('desktop');
  const [theme, setTheme] = useState<'light' | 'dark'>('light');
  const { data: preview, error } = editor.preview;
  const item = preview?.items.find((one) => one.locale === chosen) ?? preview?.items[0];
  const isMail = template.channel === 'email';
  return (
    <section aria-label="Preview" className="sticky top-16 flex min-w-0 flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        {isMail && (
          <>
            <Segments<Look>
              label="Width of the preview"
              segments={[
                { value: 'desktop', label: 'Desktop' },
                { value: 'phone', label: 'Phone' },
                { value: 'text', label: 'Text' },
              ]}
              value={look}
              onChange={setLook}
            />
            <Segments<'light' | 'dark'>
              label="Theme of the preview"
              segments={[
                { value: 'light', label: 'Light' },
                { value: 'dark', label: 'Dark' },
              ]}
              value={theme}
              onChange={setTheme}
            />
          </>
        )}
        {preview && preview.items.length > 1 && item && (
          <div className="w-44">
            <Select
              label="Language of the preview"
              options={preview.items.map(({ locale }) => ({ value: locale, label: nameOf(locale) }))}
              value={item.locale}
              onChange={setChosen}
            />
          </div>
        )}
        {isMail && can('templates.write') && (
          <Button
            className="ml-auto"
            isBusy={test.isPending}
            disabled={editor.isDirty}
            onClick={() => test.mutate({ sample: editor.sample, locale: item?.locale })}
          >
            <Send className="size-3.5" aria-hidden />
            Send to me
          </Button>
        )}
      </div>
      {error && <Notice tone="danger">{error.message}</Notice>}
      {!preview && !error && <BlockSkeleton lines={6} />}
      {item?.error && <Notice tone="danger">{item.error}</Notice>}
      {item?.content && <Shown content={item.content} look={look} theme={theme} dir={item.dir} />}
      {preview && <Findings preview={preview} />}
    </section>
  );
}

function nameOf(locale: string): string {
  return new Intl.DisplayNames(['en'], { type: 'language' }).of(locale) ?? locale;
}

function Shown({
  content,
  look,
  theme,
  dir,
}: {
  content: MessageContent;
  look: Look;
  theme: 'light' | 'dark';
  dir: 'ltr' | 'rtl';
}) {
  if (content.channel === 'email') {
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
            className="max-h-[70dvh] min-h-80 overflow-auto bg-raised p-4 font-sans text-14 leading-relaxed break-words whitespace-pre-wrap"
          >
            {content.text}
          </pre>
        ) : (
          <div className={clsx('mx-auto', look === 'phone' && 'max-w-[375px] border-x')}>
            <MailFrame
              html={inTheme(content.html, theme)}
              text={content.text}
              title="Preview of the mail"
              theme={theme}
              className="h-[70dvh] min-h-96"
            />
          </div>
        )}
      </div>
    );
  }
  const title = 'title' in content ? content.title : null;
  const body = typeof content.body === 'string' ? content.body : JSON.stringify(content.body, null, 2);
  const link = 'link' in content ? content.link : null;
  return (
    <div dir={dir} className="flex flex-col gap-1 rounded-card border bg-raised p-4">
      {title && <p className="font-medium break-words">{title}</p>}
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

/** Answers what the mail asks of its reader's theme: not every browser lets a frame have one of its own. */
function inTheme(html: string, theme: 'light' | 'dark'): string {
  return html.replace(/\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)/g, (_all, asked: string) =>
    asked === theme ? '(min-width:0)' : '(max-width:0)',
  );
}

/** What to mend before publishing, and what readers would not see. */
function Findings({ preview }: { preview: TemplatePreview }) {
  const shown = preview.findings.filter(
    ({ level, field }) => level === 'warning' || field === null || field === 'layout',
  );
  if (shown.length === 0) return null;
  return (
    <ul aria-label="Findings" className="flex flex-col gap-2">
      {shown.map(({ code, message, field, level }, i) => (
        <li key={`${code} ${i}`}>
          <Notice tone={level === 'error' ? 'danger' : 'warning'}>
            {field && <span className="font-medium">{field}: </span>}
            {message}
          </Notice>
        </li>
      ))}
    </ul>
  );
}
