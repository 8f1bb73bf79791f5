import { useState } from 'react';
import { Notice } from '../../ui/notice.tsx';
import { BlockSkeleton } from '../../ui/states.tsx';
import { LookSwitches } from './look-switches.tsx';
import { type Look, MessageShown, type Theme } from './message-shown.tsx';
import { Findings } from './preview.tsx';
import type { useLookEditor } from './use-looks.ts';

/** A mail in the layout, or with the partial, as it is written at this moment. */
export function LookPreview({ editor }: { editor: ReturnType<typeof useLookEditor> }) {
  const [look, setLook] = useState<Look>('desktop');
  const [theme, setTheme] = useState<Theme>('light');
  const { data: preview, error } = editor.preview;
  const item = preview?.items[0];
  return (
    <section aria-label="Preview" className="sticky top-16 flex min-w-0 flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <LookSwitches look={look} theme={theme} onLook={setLook} onTheme={setTheme} />
      </div>
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
