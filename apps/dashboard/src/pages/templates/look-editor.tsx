import { Problem } from '../../ui/notice.tsx';
import { Segments } from '../../ui/segments.tsx';
import { CodeField } from './code-field.tsx';
import type { LookKind } from './look-kinds.ts';
import type { useLookEditor } from './use-looks.ts';

interface LookEditorProps {
  kind: LookKind;
  editor: ReturnType<typeof useLookEditor>;
  isReadOnly: boolean;
}

/** The source of a layout or partial, with what is wrong with it said below. */
export function LookEditor({ kind, editor, isReadOnly }: LookEditorProps) {
  const { look, preview } = editor;
  const found = preview.data?.findings.find((one) => one.level === 'error');
  return (
    <div className="flex min-w-0 flex-col gap-5">
      {editor.save.error && <Problem error={editor.save.error} />}
      <CodeField
        label="Name"
        lines={1}
        value={look.name}
        onChange={(name) => editor.set({ name })}
        isReadOnly={isReadOnly}
      />
      <div className="flex flex-col gap-2">
        <Segments
          label="Format"
          segments={kind.formats.map((one) => ({ ...one, disabled: isReadOnly }))}
          value={look.format}
          onChange={(format) => editor.set({ format })}
        />
        <CodeField
          label="Source"
          lines={kind.what === 'layout' ? 24 : 10}
          value={look.source}
          onChange={(source) => editor.set({ source })}
          error={preview.error?.message ?? (found && `${found.line ? `Line ${found.line}: ` : ''}${found.message}`)}
          help={kind.help}
          isReadOnly={isReadOnly}
        />
      </div>
      <CodeField
        label="Sample data"
        lines={4}
        value={editor.sample}
        onChange={editor.setSample}
        error={editor.sampleProblem}
        help="JSON. It is the payload of the preview, and is not kept."
        isOptional
        isReadOnly={false}
      />
    </div>
  );
}
