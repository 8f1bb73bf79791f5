import { Check, CircleAlert, CloudOff, LoaderCircle } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import type { Editor } from './use-editor.ts';

/** Whether the server has what is on the screen. */
export function SaveNote({ editor: { workflow, save, isReadOnly, problems, retry } }: { editor: Editor }) {
  if (isReadOnly)
    return (
      <span className="text-12 text-n10">
        {workflow.origin === null ? 'Your role can look at it, not change it' : 'Not edited here'}
      </span>
    );
  return (
    <span role="status" className="flex min-h-8 items-center gap-1.5 text-12 text-n10">
      {save.is === 'saved' &&
        (problems.length === 0 ? (
          <>
            <Check className="size-3.5 text-success-text" aria-hidden />
            Saved
          </>
        ) : (
          <>
            <CircleAlert className="size-3.5 text-warning-text" aria-hidden />
            Saved; {problems.length === 1 ? 'one problem keeps' : `${problems.length} problems keep`} it from being
            published
          </>
        ))}
      {(save.is === 'changed' || save.is === 'saving') && (
        <>
          <LoaderCircle className="size-3.5" aria-hidden />
          Saving…
        </>
      )}
      {save.is === 'refused' && (
        <span className="flex items-center gap-1.5 text-danger-text">
          <CircleAlert className="size-3.5 shrink-0" aria-hidden />
          Not saved: mend what is marked first
        </span>
      )}
      {save.is === 'failed' && (
        <span className="flex items-center gap-1.5 text-danger-text">
          <CloudOff className="size-3.5 shrink-0" aria-hidden />
          Not saved: {save.error.message}
          <Button size="small" onClick={retry}>
            Try again
          </Button>
        </span>
      )}
    </span>
  );
}
