import { useState } from 'react';
import type { Promoted } from '../../api/workflows.ts';
import { Button } from '../../ui/button.tsx';
import { CheckField } from '../../ui/checkbox.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Notice, Problem } from '../../ui/notice.tsx';
import { BlockSkeleton, Failed } from '../../ui/states.tsx';
import { ChangeList } from './change-list.tsx';
import { usePromotion } from './use-workflows.ts';

/** Takes over what runs in the sandbox, after showing what that would change. */
export function PromoteDialog({ onClose }: { onClose(): void }) {
  const { preview, promote } = usePromotion();
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const all = preview.data?.workflows ?? [];
  const differing = all.filter((one) => one.changes.length > 0);
  const chosen = differing.filter((one) => one.problems.length === 0 && !left.has(one.key)).map((one) => one.key);
  return (
    <Dialog
      isOpen
      isWide
      onClose={onClose}
      title="Take over from the sandbox"
      description="What is published there is published here, as it is. Users, runs and keys never move."
      onSubmit={(event) => {
        event.preventDefault();
        promote.mutate(chosen, { onSuccess: onClose });
      }}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={chosen.length === 0} isBusy={promote.isPending}>
            Publish {chosen.length === 0 ? 'here' : chosen.length === 1 ? 'one workflow' : `${chosen.length} workflows`}
          </Button>
        </>
      }
    >
      {preview.error ? (
        <Failed error={preview.error} what="The sandbox" retry={() => void preview.refetch()} />
      ) : !preview.data ? (
        <BlockSkeleton lines={5} />
      ) : differing.length === 0 ? (
        <p className="text-n10">
          {all.length === 0 ? 'Nothing is published in the sandbox.' : 'Everything is the same here already.'}
        </p>
      ) : (
        differing.map((one) => (
          <Difference
            key={one.key}
            promoted={one}
            isChosen={!left.has(one.key)}
            onChange={(isChosen) => {
              const next = new Set(left);
              if (isChosen) next.delete(one.key);
              else next.add(one.key);
              setLeft(next);
            }}
          />
        ))
      )}
      {promote.error && <Problem error={promote.error} />}
    </Dialog>
  );
}

function Difference({
  promoted: { key, version, changes, problems },
  isChosen,
  onChange,
}: {
  promoted: Promoted;
  isChosen: boolean;
  onChange(isChosen: boolean): void;
}) {
  return (
    <section aria-label={key} className="flex flex-col gap-3">
      <CheckField
        label={<code>{key}</code>}
        help={version === null ? 'New here' : `Version ${version} runs here`}
        isChecked={isChosen && problems.length === 0}
        disabled={problems.length > 0}
        onChange={onChange}
      />
      {problems.map(({ field, message }) => (
        <Notice key={`${field} ${message}`} tone="danger">
          {message}
        </Notice>
      ))}
      {version !== null && <ChangeList changes={changes} />}
    </section>
  );
}
