import type { Category } from '@pulsestack/core';
import { Button } from '../../ui/button.tsx';
import { CheckField } from '../../ui/checkbox.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextAreaField, TextField } from '../../ui/field.tsx';
import { Problem } from '../../ui/notice.tsx';
import { CadenceFields } from './cadence-fields.tsx';
import { RuleList } from './rule-list.tsx';
import { useCategoryForm } from './use-preferences.ts';

interface CategoryDialogProps {
  category: Category | null;
  taken: readonly string[];
  isReadOnly: boolean;
  onClose(): void;
}

/** Makes a category or changes one. Mounted while it is open. */
export function CategoryDialog({ category, taken, isReadOnly, onClose }: CategoryDialogProps) {
  const form = useCategoryForm(category, taken, onClose);
  const { critical, digestible, cadence, rules } = form.values;
  return (
    <Dialog
      isOpen
      isWide
      onClose={onClose}
      title={category ? category.name : 'New category'}
      onSubmit={form.submit}
      footer={
        <>
          <Button onClick={onClose}>{isReadOnly ? 'Close' : 'Cancel'}</Button>
          {!isReadOnly && (
            <Button type="submit" look="primary" isBusy={form.isBusy}>
              {category ? 'Save' : 'Create category'}
            </Button>
          )}
        </>
      }
    >
      {/* Where every field is disabled, the keyboard still needs something to scroll by. */}
      <div role="group" aria-label="Category" {...(isReadOnly ? { tabIndex: 0 } : {})}>
        <fieldset disabled={isReadOnly} className="flex flex-col gap-4">
          <div className="grid gap-4 sm:grid-cols-2">
            <TextField
              label="Name"
              maxLength={120}
              autoComplete="off"
              placeholder="News"
              help="As users read it."
              field={form.bind('name')}
            />
            <TextField
              label="Key"
              isMono
              disabled={category !== null || isReadOnly}
              autoComplete="off"
              placeholder="news"
              help="What your code calls it. It stays."
              field={form.bind('key')}
            />
          </div>
          <TextAreaField
            label="Description"
            isOptional
            rows={2}
            maxLength={1000}
            help="Stands under the name on the preference page."
            field={form.bind('description')}
          />
          <RuleList value={rules} onChange={(next) => form.set('rules', next)} />
          <CheckField
            label="Critical"
            help="Passes what users have chosen, caps, quiet hours and digests. For sign-in codes and security, not for what you find important."
            isChecked={critical}
            onChange={(next) => form.set('critical', next)}
            disabled={isReadOnly}
          />
          {!critical && (
            <>
              <CheckField
                label="May be read as a digest"
                help="Users may choose to have it collected."
                isChecked={digestible}
                onChange={(next) => form.set('digestible', next)}
                disabled={isReadOnly}
              />
              {digestible && (
                <CadenceFields
                  label="Read by those who have not chosen"
                  value={cadence}
                  disabled={isReadOnly}
                  onChange={(next) => form.set('cadence', next)}
                />
              )}
            </>
          )}
          <TextField
            label="Consent"
            isOptional
            isMono
            autoComplete="off"
            placeholder="marketing"
            help="The purpose a user must have agreed to. Without it nobody is written to who has not said yes."
            field={form.bind('consent')}
          />
          {form.problem && <Problem error={form.problem} />}
        </fieldset>
      </div>
    </Dialog>
  );
}
