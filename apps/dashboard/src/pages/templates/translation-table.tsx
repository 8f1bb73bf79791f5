import type { Translations } from '@pulsestack/core';
import { clsx } from 'clsx';
import { Languages, Plus } from 'lucide-react';
import { useState } from 'react';
import { useCan } from '../../session/use-session.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { controlClass, TextAreaField, TextField } from '../../ui/field.tsx';
import { Problem } from '../../ui/notice.tsx';
import { Empty, Failed, RowSkeletons } from '../../ui/states.tsx';
import { useMessageForm, useTranslationChanges, useTranslations } from './use-templates.ts';

/** Every message in every language, side by side; what is missing is empty. */
export function TranslationTable() {
  const { data, error, refetch } = useTranslations();
  const can = useCan();
  const [isAdding, setAdding] = useState(false);
  if (error) return <Failed error={error} what="Translations" retry={() => void refetch()} />;
  if (!data) return <RowSkeletons rows={4} />;
  const mayWrite = can('templates.write');
  const add = mayWrite && (
    <Button onClick={() => setAdding(true)}>
      <Plus className="size-3.5" aria-hidden />
      Add a message
    </Button>
  );
  return (
    <>
      {data.items.length === 0 ? (
        <Empty icon={Languages} title="Nothing is translated yet" action={add}>
          A message has a key and a text in each language, with plurals where the language has them. Templates say it by{' '}
          <code>{'{{ "greeting" | t }}'}</code>.
        </Empty>
      ) : (
        <div className="flex flex-col gap-3">
          <div className="flex justify-end">{add}</div>
          <Grid locales={data.items} isReadOnly={!mayWrite} />
        </div>
      )}
      {isAdding && <AddMessage locales={data.items.map((one) => one.locale)} onClose={() => setAdding(false)} />}
    </>
  );
}

function Grid({ locales, isReadOnly }: { locales: readonly Translations[]; isReadOnly: boolean }) {
  const keys = [...new Set(locales.flatMap((one) => Object.keys(one.messages)))].sort();
  return (
    <div className="overflow-x-auto rounded-card border" tabIndex={0} role="region" aria-label="Translations">
      <table className="w-full min-w-[640px] border-collapse">
        <thead>
          <tr className="border-b bg-n2 text-left text-12 text-n10">
            <th className="w-1/4 px-3 py-2 font-medium">Key</th>
            {locales.map(({ locale, missing }) => (
              <th key={locale} className="px-3 py-2 font-medium">
                <code>{locale}</code>
                {missing.length > 0 && <span className="ml-2 text-warning-text">{missing.length} missing</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key} className="border-b align-top last:border-b-0">
              <th scope="row" className="px-3 py-2.5 text-left font-normal">
                <code className="text-12 break-all">{key}</code>
              </th>
              {locales.map(({ locale, messages }) => (
                <td key={locale} className="px-2 py-1.5">
                  <Cell
                    key={messages[key] ?? ''}
                    locale={locale}
                    messageKey={key}
                    message={messages[key]}
                    isReadOnly={isReadOnly}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({
  locale,
  messageKey,
  message = '',
  isReadOnly,
}: {
  locale: string;
  messageKey: string;
  message: string | undefined;
  isReadOnly: boolean;
}) {
  const [text, setText] = useState(message);
  const { put } = useTranslationChanges();
  return (
    <textarea
      aria-label={`${messageKey} in ${locale}`}
      value={text}
      rows={1}
      lang={locale}
      readOnly={isReadOnly}
      spellCheck={false}
      onChange={(event) => setText(event.target.value)}
      onBlur={() =>
        text !== message && put.mutate({ locale, messages: { [messageKey]: text.trim() === '' ? null : text } })
      }
      className={clsx(
        controlClass,
        'field-sizing-content min-h-8 resize-none py-1.5 text-12',
        message === '' && 'border-dashed',
      )}
    />
  );
}

function AddMessage({ locales, onClose }: { locales: readonly string[]; onClose(): void }) {
  const form = useMessageForm(locales, onClose);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Add a message"
      onSubmit={form.submit}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" isBusy={form.isBusy}>
            Add message
          </Button>
        </>
      }
    >
      <TextField label="Key" isMono autoComplete="off" placeholder="greeting.hello" field={form.bind('key')} />
      <TextField label="Language" isMono autoComplete="off" placeholder="de" field={form.bind('locale')} />
      <TextAreaField
        label="Message"
        placeholder="{n, plural, one {# reply} other {# replies}}"
        help="In ICU syntax, with plurals and choices."
        isMono
        field={form.bind('message')}
      />
      {form.problem && <Problem error={form.problem} />}
    </Dialog>
  );
}
