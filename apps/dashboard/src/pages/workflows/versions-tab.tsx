import type { Workflow, WorkflowVersion } from '@pulsestack/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { History, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { useCan } from '../../session/use-session.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { BlockSkeleton, Empty, Failed, RowSkeletons } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { ChangeList } from './change-list.tsx';
import { useDiff, useVersions, useWorkflowChanges } from './use-workflows.ts';

const route = getRouteApi('/inside/workflows/$key');

/** Every version there was, what each changed, and the way back to it. */
export function VersionsTab({ workflow }: { workflow: Workflow }) {
  const { version } = route.useSearch();
  const navigate = useNavigate();
  const list = useVersions(workflow.key);
  const newest = list.items[0]?.version;
  const shown = version ?? (workflow.changed || newest === undefined ? 'draft' : String(newest));
  const show = (next: string) =>
    void navigate({
      to: '/workflows/$key',
      params: { key: workflow.key },
      search: { tab: 'versions', version: next },
      replace: true,
      resetScroll: false,
    });
  if (list.error) return <Failed error={list.error} what="Versions" retry={list.retry} />;
  if (list.isLoading) return <RowSkeletons rows={4} />;
  if (list.items.length === 0)
    return (
      <Empty icon={History} title="No version yet">
        Publishing makes the first version. A version never changes, and one click goes back to it.
      </Empty>
    );
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-x-8 gap-y-6 lg:grid-cols-[minmax(280px,360px)_minmax(0,1fr)]">
      <div className="flex min-w-0 flex-col gap-3">
        <ul className="divide-y overflow-hidden rounded-card border">
          {workflow.changed && (
            <Entry isChosen={shown === 'draft'} onClick={() => show('draft')} title="Draft" note="Not published" />
          )}
          {list.items.map((one) => (
            <Entry
              key={one.version}
              isChosen={shown === String(one.version)}
              onClick={() => show(String(one.version))}
              title={`Version ${one.version}`}
              note={one.note}
              version={one}
              isLive={one.version === workflow.version}
            />
          ))}
        </ul>
        {list.hasMore && (
          <Button onClick={list.loadMore} isBusy={list.isLoadingMore}>
            Show older
          </Button>
        )}
      </div>
      <Difference workflow={workflow} shown={shown} />
    </div>
  );
}

function Difference({ workflow, shown }: { workflow: Workflow; shown: string }) {
  const number = Number(shown);
  if (shown === 'draft') return <Compared workflow={workflow} title="The draft against what is live" of={{}} />;
  return number <= 1 ? (
    <div className="flex min-w-0 flex-col gap-3">
      <Head title="The first version" workflow={workflow} version={1} />
      <p className="text-n10">There was nothing before it to compare with.</p>
    </div>
  ) : (
    <Compared
      workflow={workflow}
      title={`Version ${number} against ${number - 1}`}
      of={{ from: number - 1, to: number }}
      version={number}
    />
  );
}

function Compared({
  workflow,
  title,
  of,
  version,
}: {
  workflow: Workflow;
  title: string;
  of: { from?: number; to?: number };
  version?: number;
}) {
  const { data, error, refetch } = useDiff(workflow.key, of);
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <Head title={title} workflow={workflow} {...(version === undefined ? {} : { version })} />
      {error ? (
        <Failed error={error} what="The difference" retry={() => void refetch()} />
      ) : data ? (
        <ChangeList changes={data.changes} />
      ) : (
        <BlockSkeleton />
      )}
    </div>
  );
}

function Head({ title, workflow, version }: { title: string; workflow: Workflow; version?: number }) {
  return (
    <div className="flex min-h-8 flex-wrap items-center justify-between gap-3">
      <h2 className="text-13">{title}</h2>
      {version !== undefined && workflow.version !== version && <RollBack workflow={workflow} version={version} />}
    </div>
  );
}

function RollBack({ workflow, version }: { workflow: Workflow; version: number }) {
  const can = useCan();
  const { rollBack } = useWorkflowChanges();
  const [isAsking, setAsking] = useState(false);
  if (!can('workflows.publish')) return null;
  return (
    <>
      <Button onClick={() => setAsking(true)}>
        <RotateCcw className="size-3.5" aria-hidden />
        Roll back to this
      </Button>
      <Confirm
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={`Let version ${version} run again?`}
        action="Roll back"
        isDangerous={false}
        act={() => rollBack.mutateAsync({ key: workflow.key, version })}
      >
        It is published as a new version and takes the place of the draft
        {workflow.changed && ', whose changes are lost'}. Runs under way stay on their version.
      </Confirm>
    </>
  );
}

function Entry({
  isChosen,
  onClick,
  title,
  note,
  version,
  isLive,
}: {
  isChosen: boolean;
  onClick(): void;
  title: string;
  note: string | null;
  version?: WorkflowVersion;
  isLive?: boolean;
}) {
  return (
    <li>
      <button
        type="button"
        aria-pressed={isChosen}
        onClick={onClick}
        className="flex w-full flex-col gap-0.5 px-3 py-2 text-left -outline-offset-2 hover:bg-n3 aria-pressed:bg-n4"
      >
        <span className="flex items-center gap-2">
          <span className="font-medium">{title}</span>
          {isLive && <Badge tone="success">Live</Badge>}
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
    </li>
  );
}
