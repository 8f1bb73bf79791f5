import { clsx } from 'clsx';
import { Check, Copy as CopyIcon } from 'lucide-react';
import { useCopy } from './use-copy.ts';

export function Copy({ text, label, className }: { text: string; label: string; className?: string }) {
  const { isCopied, copy } = useCopy(text);
  return (
    <button
      type="button"
      onClick={copy}
      aria-label={isCopied ? 'Copied' : label}
      title={isCopied ? 'Copied' : label}
      className={clsx(
        'inline-flex size-6 shrink-0 items-center justify-center rounded-control text-n10 hover:bg-n4 hover:text-n12',
        className,
      )}
    >
      {isCopied ? (
        <Check className="size-3.5 text-success-text" aria-hidden />
      ) : (
        <CopyIcon className="size-3.5" aria-hidden />
      )}
    </button>
  );
}
