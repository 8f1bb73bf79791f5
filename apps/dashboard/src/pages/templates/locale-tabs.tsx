import { clsx } from 'clsx';
import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { useForm } from '../../ui/use-form.ts';
import { canonical, languageName } from './draft.ts';
import type { Editor } from './use-templates.ts';

interface LocaleTabsProps {
  editor: Editor;
  isReadOnly: boolean;
  onLocale(locale: string | null): void;
}

/** The languages the content is written in: the one everybody else gets, those with texts of their own, and the next one. */
export function LocaleTabs({ editor, isReadOnly, onLocale }: LocaleTabsProps) {
  const [dialog, setDialog] = useState<'add' | 'remove' | null>(null);
  const locales = Object.keys(editor.draft.locales).sort();
  const { locale } = editor;
  if (locales.length === 0 && isReadOnly) return null;
  return (
    <div className="flex flex-wrap items-center gap-1.5">
      <nav aria-label="Languages" className="flex flex-wrap items-center gap-1.5">
        {[null, ...locales].map((one) => (
          <button
            key={one ?? 'default'}
            type="button"
            aria-current={locale === one ? 'true' : undefined}
            title={one === null ? 'What everybody gets whose language is not written here' : languageName(one)}
            onClick={() => onLocale(one)}
            className={clsx(
              'h-7 max-w-44 truncate rounded-control border px-2.5 text-12 font-medium transition-colors duration-100 pointer-coarse:h-10',
              locale === one ? 'border-n8 bg-n4 text-n12' : 'text-n11 hover:bg-n3',
            )}
          >
            {one === null ? 'Default' : languageName(one)}
          </button>
        ))}
      </nav>
      {!isReadOnly && (
        <Button look="ghost" onClick={() => setDialog('add')}>
          <Plus className="size-3.5" aria-hidden />
          Add language
        </Button>
      )}
      {locale !== null && !isReadOnly && (
        <Button look="ghost" className="ml-auto" onClick={() => setDialog('remove')}>
          <Trash2 className="size-3.5" aria-hidden />
          Remove
        </Button>
      )}
      {dialog === 'add' && (
        <AddLanguage
          known={locales}
          onClose={() => setDialog(null)}
          onAdd={(added) => {
            editor.addLocale(added);
            setDialog(null);
            onLocale(added);
          }}
        />
      )}
      <Confirm
        isOpen={dialog === 'remove'}
        onClose={() => setDialog(null)}
        title={`Remove ${locale === null ? '' : languageName(locale)}?`}
        action="Remove language"
        act={async () => {
          if (locale !== null) editor.removeLocale(locale);
          setDialog(null);
          onLocale(null);
        }}
      >
        Its readers get the default. Nothing is sent differently before you save and publish.
      </Confirm>
    </div>
  );
}

function AddLanguage({
  known,
  onClose,
  onAdd,
}: {
  known: readonly string[];
  onClose(): void;
  onAdd(locale: string): void;
}) {
  const form = useForm({
    initial: { locale: '' },
    checks: {
      locale: (given) => {
        const locale = canonical(given);
        if (!locale) return 'Enter a language such as de, pt-BR or ar';
        return known.includes(locale) ? `${languageName(locale)} is there already` : undefined;
      },
    },
    async submit({ locale }) {
      onAdd(canonical(locale) ?? locale);
    },
  });
  const typed = canonical(form.values.locale);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Add a language"
      onSubmit={form.submit}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" isBusy={form.isBusy}>
            Add language
          </Button>
        </>
      }
    >
      <TextField
        label="Language"
        isMono
        autoComplete="off"
        placeholder="de-AT"
        help={typed ? languageName(typed) : 'What is left empty falls back: de-AT to de, and de to the default.'}
        field={form.bind('locale')}
      />
    </Dialog>
  );
}
