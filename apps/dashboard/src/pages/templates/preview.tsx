import type { TemplateDetail } from '@pulsestack/core';
import { useState } from 'react';
import type { TemplatePreview } from '../../api/templates.ts';
import { useCan } from '../../session/use-session.ts';
import { Notice } from '../../ui/notice.tsx';
import { Select } from '../../ui/select.tsx';
import { BlockSkeleton } from '../../ui/states.tsx';
import { languageName, PSEUDO } from './draft.ts';
import { LookSwitches } from './look-switches.tsx';
import { type Look, MessageShown, type Theme } from './message-shown.tsx';
import { TestButton, TestResult } from './test-send.tsx';
import { type Editor, usePseudo, useTemplateChanges } from './use-templates.ts';

/** The message as its reader gets it: in each language, wide and narrow, light and dark, and as text. */
export function Preview({ template, editor }: { template: TemplateDetail; editor: Editor }) {
  const can = useCan();
  const { test } = useTemplateChanges(template.key);
  const [chosen, setChosen] = useState<string | undefined>();
  const [look, setLook] = useState<Look>('desktop');
  const [theme, setTheme] = useState<Theme>('light');
  const { data: preview, error } = editor.preview;
  // Whoever writes a language sees it, until she chooses another to look at.
  const wanted = chosen ?? editor.locale ?? undefined;
  const pseudo = usePseudo(editor.asked, wanted !== undefined && wanted in PSEUDO ? [wanted] : []);
  const items = [...(preview?.items ?? []), ...(pseudo.data?.items ?? [])];
  const item = items.find((one) => one.locale === wanted) ?? preview?.items[0];
  const isMail = template.channel === 'email';
  const options = [...(preview?.items ?? []).map((one) => one.locale), ...Object.keys(PSEUDO)];
  return (
    <section aria-label="Preview" className="sticky top-16 flex min-w-0 flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        {isMail && <LookSwitches look={look} theme={theme} onLook={setLook} onTheme={setTheme} />}
        {item && (
          <div className="w-44">
            <Select
              label="Language of the preview"
              options={options.map((value) => ({ value, label: languageName(value) }))}
              value={wanted !== undefined && options.includes(wanted) ? wanted : item.locale}
              onChange={setChosen}
            />
          </div>
        )}
        {can('templates.write') && (isMail || template.channel === 'in_app') && (
          <TestButton
            test={test}
            disabled={editor.isDirty}
            onSend={() => test.mutate({ sample: editor.sample, locale: wanted ?? item?.locale })}
          />
        )}
      </div>
      <TestResult test={test} />
      {error && <Notice tone="danger">{error.message}</Notice>}
      {!preview && !error && <BlockSkeleton lines={6} />}
      {item?.error && <Notice tone="danger">{item.error}</Notice>}
      {item?.content && (
        <MessageShown
          content={item.content}
          look={look}
          theme={theme}
          dir={item.dir}
          title="Preview of the mail"
          className="h-[70dvh] min-h-96"
        />
      )}
      {preview && <Findings findings={preview.findings} />}
    </section>
  );
}

/** What to mend before publishing, and what readers would not see. */
export function Findings({ findings }: { findings: TemplatePreview['findings'] }) {
  const shown = findings.filter(({ level, field }) => level === 'warning' || field === null || /layout$/.test(field));
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
