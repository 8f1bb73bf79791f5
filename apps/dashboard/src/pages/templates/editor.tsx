import { Problem } from '../../ui/notice.tsx';
import { Segments } from '../../ui/segments.tsx';
import { CodeField } from './code-field.tsx';
import { FIELDS, FORMATS, inherited, languageName } from './draft.ts';
import { LocaleTabs } from './locale-tabs.tsx';
import type { Editor } from './use-templates.ts';
import { VariableList } from './variable-list.tsx';

interface EditorProps {
  editor: Editor;
  isReadOnly: boolean;
  onLocale(locale: string | null): void;
}

/** The texts of a template, each as it is written, in one language at a time. */
export function TemplateEditor({ editor, isReadOnly, onLocale }: EditorProps) {
  const { draft, locale } = editor;
  const problemOf = problemsOf(editor);
  return (
    <div className="flex min-w-0 flex-col gap-5">
      {editor.save.error && <Problem error={editor.save.error} />}
      <LocaleTabs editor={editor} isReadOnly={isReadOnly} onLocale={onLocale} />
      <Texts editor={editor} isReadOnly={isReadOnly} />
      {locale === null && (
        <>
          <CodeField
            label="Sample data"
            lines={6}
            value={draft.sample}
            onChange={(sample) => editor.set({ sample })}
            error={problemOf('sample')}
            help="JSON. It is the payload, and fills the preview."
            isOptional
            isReadOnly={isReadOnly}
          />
          <CodeField
            label="Messages of this template"
            lines={6}
            value={draft.messages}
            onChange={(messages) => editor.set({ messages })}
            error={problemOf('messages')}
            help={
              'Locale → key → message in ICU: { "de": { "hello": "Hallo {name}" } }. Use it as {{ "hello" | t: name: user.name }}.'
            }
            isOptional
            isReadOnly={isReadOnly}
          />
        </>
      )}
      <VariableList preview={editor.preview.data} />
    </div>
  );
}

function problemsOf(editor: Editor) {
  const { broken } = editor;
  return (field: string) => {
    if (broken?.field === field) return broken.problem;
    const found = editor.preview.data?.findings.find((one) => one.level === 'error' && one.field === field);
    return found && `${found.line ? `Line ${found.line}: ` : ''}${found.message}`;
  };
}

/** The fields of the channel. In another language an empty one shows what it falls back to. */
function Texts({ editor, isReadOnly }: { editor: Editor; isReadOnly: boolean }) {
  const { draft, locale, texts } = editor;
  const problemOf = problemsOf(editor);
  const own = (name: string) => {
    const place = locale === null ? name : `locales/${locale}/${name}`;
    const value = texts.fields[name] ?? '';
    const back = locale === null || value !== '' ? null : inherited(draft, locale, name);
    return {
      value,
      error: problemOf(place),
      onChange: (text: string) => editor.setField(name, text),
      isReadOnly,
      dir: 'auto' as const,
      placeholder: back?.text.split('\n').slice(0, 12).join('\n'),
      fallsBack: back && `Empty: falls back to ${back.from === null ? 'the default' : languageName(back.from)}.`,
    };
  };
  return (
    <>
      {FIELDS[draft.channel].map(({ name, label, lines, isOptional, help }) => {
        const { fallsBack, ...field } = own(name);
        return (
          <CodeField
            key={`${locale} ${name}`}
            label={label}
            lines={lines ?? 1}
            isOptional={isOptional ?? false}
            help={fallsBack ?? help}
            {...field}
          />
        );
      })}
      {draft.channel === 'email' && <Body key={locale} editor={editor} isReadOnly={isReadOnly} own={own('body')} />}
    </>
  );
}

interface BodyProps {
  editor: Editor;
  isReadOnly: boolean;
  own: Omit<Parameters<typeof CodeField>[0], 'label' | 'lines'> & { fallsBack: string | null };
}

function Body({ editor, isReadOnly, own: { fallsBack, ...field } }: BodyProps) {
  const { format } = editor.texts;
  return (
    <div className="flex flex-col gap-2">
      <Segments
        label="Format of the body"
        segments={FORMATS.map((one) => ({ ...one, disabled: isReadOnly }))}
        value={format}
        onChange={editor.setFormat}
      />
      <CodeField
        label="Body"
        lines={18}
        help={
          fallsBack ??
          (format === 'markdown'
            ? 'Markdown with Liquid. A link alone in its paragraph becomes a button.'
            : format === 'blocks'
              ? 'A list of blocks as JSON: heading, text, button, image, facts, list, columns and more.'
              : 'Values are made safe for the place they stand in.')
        }
        {...field}
      />
    </div>
  );
}
