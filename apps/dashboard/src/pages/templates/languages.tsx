import { useState } from 'react';
import type { TemplatePreview } from '../../api/templates.ts';
import { Badge } from '../../ui/badge.tsx';
import { CheckField } from '../../ui/checkbox.tsx';
import { Notice } from '../../ui/notice.tsx';
import { BlockSkeleton } from '../../ui/states.tsx';
import { languageName, PSEUDO } from './draft.ts';
import { LookSwitches } from './look-switches.tsx';
import { type Look, MessageShown, type Theme } from './message-shown.tsx';
import { type Editor, usePseudo } from './use-templates.ts';

/** The message in every language, side by side, with what each falls back to and what each lacks. */
export function Languages({ editor, isMail }: { editor: Editor; isMail: boolean }) {
  const [look, setLook] = useState<Look>('desktop');
  const [theme, setTheme] = useState<Theme>('light');
  const [withPseudo, setPseudo] = useState(false);
  const { data: preview, error } = editor.preview;
  const pseudo = usePseudo(editor.asked, withPseudo ? Object.keys(PSEUDO) : []);
  const items = [...(preview?.items ?? []), ...(withPseudo ? (pseudo.data?.items ?? []) : [])];
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        {isMail && <LookSwitches look={look} theme={theme} onLook={setLook} onTheme={setTheme} />}
        <CheckField isChecked={withPseudo} onChange={setPseudo} label="Longer, accented and mirrored text too" />
      </div>
      {error && <Notice tone="danger">{error.message}</Notice>}
      {!preview && !error && <BlockSkeleton lines={8} />}
      {preview && preview.items.length === 0 && (
        <Notice tone="warning">Mend what is wrong first; then it is shown here in every language.</Notice>
      )}
      <ul className="grid gap-x-6 gap-y-8 md:grid-cols-2 2xl:grid-cols-3">
        {items.map((item) => (
          <li key={item.locale} className="flex min-w-0 flex-col gap-2">
            <LanguageHead item={item} />
            {item.error && <Notice tone="danger">{item.error}</Notice>}
            {item.content && (
              <MessageShown
                content={item.content}
                look={look}
                theme={theme}
                dir={item.dir}
                title={`The mail in ${languageName(item.locale)}`}
                className="h-[520px]"
              />
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function LanguageHead({ item }: { item: TemplatePreview['items'][number] }) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <h2 className="text-13">{languageName(item.locale)}</h2>
      <code className="text-12 text-n10">{item.locale}</code>
      <span className="ml-auto flex flex-wrap gap-1.5">
        {item.missing.length > 0 && (
          <Badge tone="danger">
            {item.missing.length === 1 ? `${item.missing[0]} missing` : `${item.missing.length} variables missing`}
          </Badge>
        )}
        {item.dir === 'rtl' && <Badge>Right to left</Badge>}
        {item.variant !== null && (
          <Badge tone="info">
            {item.variant === item.locale ? 'Own texts' : `Falls back to ${languageName(item.variant)}`}
          </Badge>
        )}
      </span>
    </div>
  );
}
