import { clsx } from 'clsx';
import { useId } from 'react';
import { controlClass, Field, FieldNote } from '../../ui/field.tsx';
import { Problem } from '../../ui/notice.tsx';
import { Segments } from '../../ui/segments.tsx';
import { FIELDS, FORMATS } from './draft.ts';
import type { Editor } from './use-templates.ts';
import { VariableList } from './variable-list.tsx';

/** The texts of a template, each as it is written. */
export function TemplateEditor({ editor, isReadOnly }: { editor: Editor; isReadOnly: boolean }) {
  const { draft, broken } = editor;
  const problemOf = (field: string) => {
    if (broken?.field === field) return broken.problem;
    const found = editor.preview.data?.findings.find((one) => one.level === 'error' && one.field === field);
    return found && `${found.line ? `Line ${found.line}: ` : ''}${found.message}`;
  };
  return (
    <div className="flex min-w-0 flex-col gap-5">
      {editor.save.error && <Problem error={editor.save.error} />}
      {FIELDS[draft.channel].map(({ name, label, lines, isOptional, help }) => (
        <CodeField
          key={name}
          label={label}
          lines={lines ?? 1}
          value={draft.fields[name] ?? ''}
          onChange={(value) => editor.setField(name, value)}
          error={problemOf(name)}
          help={help}
          isOptional={isOptional ?? false}
          isReadOnly={isReadOnly}
        />
      ))}
      {draft.channel === 'email' && (
        <div className="flex flex-col gap-2">
          <Segments
            label="Format of the body"
            segments={FORMATS.map((format) => ({ ...format, disabled: isReadOnly }))}
            value={draft.format}
            onChange={(format) => editor.set({ format })}
          />
          <CodeField
            label="Body"
            lines={18}
            value={draft.fields.body ?? ''}
            onChange={(value) => editor.setField('body', value)}
            error={problemOf('body')}
            isOptional={false}
            isReadOnly={isReadOnly}
            help={
              draft.format === 'markdown'
                ? 'Markdown with Liquid. A link alone in its paragraph becomes a button.'
                : draft.format === 'blocks'
                  ? 'A list of blocks as JSON: heading, text, button, image, facts, list, columns and more.'
                  : 'Values are made safe for the place they stand in.'
            }
          />
        </div>
      )}
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
      <VariableList preview={editor.preview.data} />
    </div>
  );
}

function CodeField({
  label,
  lines,
  value,
  onChange,
  error,
  help,
  isOptional,
  isReadOnly,
}: {
  label: string;
  lines: number;
  value: string;
  onChange(value: string): void;
  error: string | undefined;
  help?: string | undefined;
  isOptional: boolean;
  isReadOnly: boolean;
}) {
  const id = useId();
  if (lines === 1)
    return (
      <Field label={label} help={help} error={error} isOptional={isOptional}>
        {(ids) => (
          <input
            {...ids}
            value={value}
            readOnly={isReadOnly}
            spellCheck={false}
            onChange={(event) => onChange(event.target.value)}
            className={clsx(controlClass, 'h-8 font-mono text-12 pointer-coarse:h-10')}
          />
        )}
      </Field>
    );
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <label htmlFor={id} className="flex items-baseline justify-between gap-2 font-medium">
        {label}
        {isOptional && <span className="text-12 font-normal text-n10">Optional</span>}
      </label>
      <textarea
        id={id}
        value={value}
        readOnly={isReadOnly}
        spellCheck={false}
        rows={Math.min(40, Math.max(lines, value.split('\n').length))}
        aria-invalid={error ? true : undefined}
        aria-describedby={error || help ? `${id}-help` : undefined}
        onChange={(event) => onChange(event.target.value)}
        className={clsx(controlClass, 'resize-y py-2 font-mono text-12 leading-[18px] [tab-size:2]')}
      />
      <FieldNote id={`${id}-help`} error={error} help={help} />
    </div>
  );
}
