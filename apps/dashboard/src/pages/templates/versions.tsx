import type { TemplateDetail, TemplateVersion } from '@pulsestack/core';
import { History, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { useCan } from '../../session/use-session.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Empty, Failed, RowSkeletons } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { Changes } from './changes.tsx';
import { useTemplateChanges, useVersions } from './use-templates.ts';

/** Every version there was, what each changed, and the way back to it. */
export function Versions({ template }: { template: TemplateDetail }) {
  const list = useVersions(template.key);
  const [chosen, setChosen] = useState<number | 'draft' | null>(null);
  const shown = chosen ?? (template.changed ? 'draft' : (list.items[0]?.version ?? 'draft'));
  if (list.error) return <Failed error={list.error} what="Versions" retry={list.retry} />;
  if (list.isLoading) return <RowSkeletons rows={4} />;
  if (list.items.length === 0)
    return (
      <Empty icon={History} title="No version yet">
        Publishing makes the first version. Each one stays, and one click goes back to it.
      </Empty>
    );
  const before = shown === 'draft' ? 'published' : String(shown - 1);
  return (
    <div className="grid items-start gap-x-8 gap-y-6 lg:grid-cols-[minmax(280px,360px)_minmax(0,1fr)]">
      <div className="flex flex-col gap-3">
        <ul className="divide-y rounded-card border">
          {template.changed && (
            <li>
              <VersionButton
                isChosen={shown === 'draft'}
                onClick={() => setChosen('draft')}
                title="Draft"
                note="Not published"
              />
            </li>
          )}
          {list.items.map((version) => (
            <li key={version.version}>
              <VersionButton
                isChosen={shown === version.version}
                onClick={() => setChosen(version.version)}
                title={`Version ${version.version}`}
                note={version.note}
                version={version}
              />
            </li>
          ))}
        </ul>
        {list.hasMore && (
          <Button onClick={list.loadMore} isBusy={list.isLoadingMore}>
            Show older
          </Button>
        )}
      </div>
      <div className="flex min-w-0 flex-col gap-3">
        <div className="flex min-h-8 items-center justify-between gap-3">
          <h2 className="text-13">
            {shown === 'draft'
              ? 'The draft against what is live'
              : shown === 1
                ? 'The first version'
                : `Version ${shown} against ${shown - 1}`}
          </h2>
          {typeof shown === 'number' && <RollBack template={template} version={shown} />}
        </div>
        {shown === 1 ? (
          <p className="text-n10">There was nothing before it to compare with.</p>
        ) : (
          <Changes templateKey={template.key} from={before} to={String(shown)} />
        )}
      </div>
    </div>
  );
}

function VersionButton({
  isChosen,
  onClick,
  title,
  note,
  version,
}: {
  isChosen: boolean;
  onClick(): void;
  title: string;
  note: string | null;
  version?: TemplateVersion;
}) {
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      onClick={onClick}
      className="flex w-full flex-col gap-0.5 px-3 py-2 text-left -outline-offset-2 hover:bg-n3 aria-pressed:bg-n4"
    >
      <span className="flex items-center gap-2">
        <span className="font-medium">{title}</span>
        {version?.live && <Badge tone="success">Live</Badge>}
        {version && (
          <span className="ml-auto text-12 text-n10">
            <Time at={version.publishedAt} />
          </span>
        )}
      </span>
      {(note || version) && (
        <span className="truncate text-12 text-n10">
          {[note, version?.publishedBy.name].filter(Boolean).join(' · ')}
        </span>
      )}
    </button>
  );
}

function RollBack({ template, version }: { template: TemplateDetail; version: number }) {
  const can = useCan();
  const { rollBack } = useTemplateChanges(template.key);
  const [isAsking, setAsking] = useState(false);
  if (!can('workflows.publish') || template.published?.version === version) return null;
  return (
    <>
      <Button onClick={() => setAsking(true)}>
        <RotateCcw className="size-3.5" aria-hidden />
        Publish this again
      </Button>
      <Confirm
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={`Go back to version ${version}?`}
        action="Publish it again"
        act={async () => {
          await rollBack.mutateAsync(version);
          setAsking(false);
        }}
      >
        It becomes the newest version and replaces the draft.
      </Confirm>
    </>
  );
}
