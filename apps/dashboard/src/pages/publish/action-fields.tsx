import { Plus, Trash2 } from 'lucide-react';
import { Button, IconButton } from '../../ui/button.tsx';
import { controlClass, FieldNote } from '../../ui/field.tsx';
import { Select } from '../../ui/select.tsx';
import type { Bound } from '../../ui/use-form.ts';
import { type ActionDraft, type ActionStyle, MAX_ACTIONS } from './draft.ts';

const STYLES: { value: ActionStyle; label: string }[] = [
  { value: 'primary', label: 'Primary' },
  { value: 'secondary', label: 'Secondary' },
  { value: 'danger', label: 'Danger' },
];

/** Up to three buttons; with a link they open a page, without one their press is recorded. */
export function ActionFields({ field }: { field: Bound<ActionDraft[]> }) {
  const change = (index: number, part: Partial<ActionDraft>) =>
    field.change(field.value.map((action, at) => (at === index ? { ...action, ...part } : action)));
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 font-medium">Buttons</legend>
      {field.value.map((action, index) => (
        <div
          key={index}
          className="grid grid-cols-[minmax(0,1fr)_32px] gap-2 max-sm:mb-3 sm:grid-cols-[minmax(0,4fr)_minmax(0,5fr)_124px_32px]"
        >
          <input
            aria-label={`Label of button ${index + 1}`}
            placeholder="Label"
            maxLength={60}
            value={action.label}
            onBlur={field.blur}
            onChange={(event) => change(index, { label: event.target.value })}
            className={`${controlClass} h-8`}
          />
          <input
            aria-label={`Link of button ${index + 1}`}
            placeholder="Link, or none to record the press"
            value={action.link}
            onBlur={field.blur}
            onChange={(event) => change(index, { link: event.target.value })}
            className={`${controlClass} h-8 max-sm:col-span-2 max-sm:row-start-2`}
          />
          <Select
            label={`Look of button ${index + 1}`}
            options={STYLES}
            value={action.style}
            onChange={(style) => change(index, { style })}
            className="max-sm:col-span-2 max-sm:row-start-3"
          />
          <IconButton
            label={`Remove button ${index + 1}`}
            className="max-sm:col-start-2 max-sm:row-start-1"
            onClick={() => field.change(field.value.filter((_, at) => at !== index))}
          >
            <Trash2 className="size-4" aria-hidden />
          </IconButton>
        </div>
      ))}
      {field.value.length < MAX_ACTIONS && (
        <Button
          size="small"
          className="self-start"
          onClick={() =>
            field.change([
              ...field.value,
              { label: '', link: '', style: field.value.length === 0 ? 'primary' : 'secondary' },
            ])
          }
        >
          <Plus className="size-3.5" aria-hidden />
          Add a button
        </Button>
      )}
      <FieldNote
        error={field.error}
        help="With a link it opens a page; without one its press is recorded and announced."
      />
    </fieldset>
  );
}
