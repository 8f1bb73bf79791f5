import type { ReactNode } from 'react';
import { controlClass, Field } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { BlockSkeleton } from '../../ui/states.tsx';

interface Answer<Data> {
  data: Data | undefined;
  error: Error | null;
}

interface TryFrameProps<Data> {
  about: string;
  question: ReactNode;
  answer: Answer<Data>;
  children(data: Data): ReactNode;
}

/** A question at the left, and at the right what the server says to it while it is being changed. */
export function TryFrame<Data>({ about, question, answer, children }: TryFrameProps<Data>) {
  return (
    <div className="grid gap-x-12 gap-y-8 lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
      <div className="flex min-w-0 flex-col gap-4">
        <p className="max-w-reading text-n11">{about}</p>
        {question}
      </div>
      <section aria-label="Answer" aria-live="polite" className="min-w-0 lg:sticky lg:top-20 lg:self-start">
        {answer.error ? (
          <Notice tone="warning">{answer.error.message}</Notice>
        ) : answer.data === undefined ? (
          <BlockSkeleton lines={5} />
        ) : (
          children(answer.data)
        )}
      </section>
    </div>
  );
}

/** An instant on the reader's own clock; now when it is empty. */
export function InstantField({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange(value: string): void;
}) {
  return (
    <Field label={label} isOptional help="On your own clock; now when it is empty." className="min-w-52 flex-1">
      {(ids) => (
        <input
          {...ids}
          type="datetime-local"
          value={value}
          onChange={(event) => onChange(event.target.value)}
          className={`${controlClass} tabular h-8 pointer-coarse:h-10`}
        />
      )}
    </Field>
  );
}

export const instantOf = (local: string) => (local === '' ? {} : { at: new Date(local).toISOString() });
