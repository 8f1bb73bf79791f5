import { Braces } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { TextAreaField } from './field.tsx';
import { parsed, pretty } from './json.ts';
import type { Bound } from './use-form.ts';

interface JsonFieldProps {
  label: string;
  help?: ReactNode;
  field: Bound<string>;
  rows?: number;
  placeholder?: string;
}

/** JSON as text, put in order on request; Tab leaves it, as it leaves every field. */
export function JsonField({ label, help, field, rows = 8, placeholder }: JsonFieldProps) {
  const { value } = parsed(field.value);
  return (
    <div className="relative">
      <TextAreaField
        label={label}
        help={help}
        field={field}
        isMono
        rows={rows}
        spellCheck={false}
        autoComplete="off"
        {...(placeholder ? { placeholder } : {})}
      />
      <span className="absolute -top-1 right-0">
        <Button
          size="small"
          look="ghost"
          disabled={value === undefined || pretty(value) === field.value}
          onClick={() => field.change(pretty(value))}
        >
          <Braces className="size-3.5" aria-hidden />
          Format
        </Button>
      </span>
    </div>
  );
}

export function Json({ value, label }: { value: unknown; label: string }) {
  return (
    <pre
      role="region"
      tabIndex={0}
      aria-label={label}
      className="max-h-[560px] overflow-auto rounded-card border bg-n2 p-4 leading-relaxed"
    >
      {pretty(value)}
    </pre>
  );
}
