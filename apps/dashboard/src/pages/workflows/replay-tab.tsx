import { Link } from '@tanstack/react-router';
import { GitCompareArrows } from 'lucide-react';
import { useState } from 'react';
import type { Replayed, Tally } from '../../api/workflows.ts';
import { Button } from '../../ui/button.tsx';
import { Notice, Problem } from '../../ui/notice.tsx';
import { Segments } from '../../ui/segments.tsx';
import { BlockSkeleton, Empty } from '../../ui/states.tsx';
import { Count } from '../../ui/time.tsx';
import { channelName } from '../messages/words.ts';
import type { Editor } from './use-editor.ts';
import { useReplay } from './use-trying.ts';

/** The last real events through what runs and through the draft: what would have become of them. */
export function ReplayTab({ editor }: { editor: Editor }) {
  const [limit, setLimit] = useState<'20' | '50' | '200'>('50');
  const replay = useReplay(editor);
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-wrap items-center gap-3">
        <Segments<'20' | '50' | '200'>
          label="How many events"
          segments={[
            { value: '20', label: 'Last 20' },
            { value: '50', label: 'Last 50' },
            { value: '200', label: 'Last 200' },
          ]}
          value={limit}
          onChange={setLimit}
        />
        <Button look="primary" onClick={() => replay.mutate(Number(limit))} isBusy={replay.isPending}>
          <GitCompareArrows className="size-3.5" aria-hidden />
          Replay
        </Button>
      </div>
      {replay.error && <Problem error={replay.error} />}
      {replay.isPending ? (
        <BlockSkeleton lines={6} />
      ) : replay.data ? (
        <Outcome replayed={replay.data} isNew={editor.workflow.version === null} />
      ) : (
        !replay.error && (
          <Empty icon={GitCompareArrows} title="What would the change have done?">
            Events that really came are walked through what is live and through the draft, as if they came now. Nothing
            is sent.
          </Empty>
        )
      )}
    </div>
  );
}

function Outcome({ replayed, isNew }: { replayed: Replayed; isNew: boolean }) {
  const { examined, before, after, silenced, reached } = replayed;
  if (examined === 0) return <Notice>Nothing has started this workflow yet, so there is nothing to compare.</Notice>;
  const lines = join(before, after);
  const same = lines.every((line) => line.before === line.after) && silenced.length + reached.length === 0;
  return (
    <div className="flex max-w-[860px] flex-col gap-6">
      <p className="text-n11">
        {examined === 1 ? 'One event was' : `${examined} events were`} looked at.{' '}
        {same ? 'The draft would have done the same.' : 'This is what would be different:'}
      </p>
      <div
        className="overflow-x-auto rounded-card border"
        role="region"
        tabIndex={0}
        aria-label="Messages, now and with the draft"
      >
        <table className="w-full min-w-[520px] text-left">
          <thead>
            <tr className="border-b bg-n2 text-12 text-n10">
              <th className="px-3 py-2 font-medium">Channel</th>
              <th className="px-3 py-2 font-medium">What becomes of it</th>
              <th className="px-3 py-2 text-right font-medium">{isNew ? 'Nothing runs yet' : 'Live'}</th>
              <th className="px-3 py-2 text-right font-medium">Draft</th>
              <th className="px-3 py-2 text-right font-medium">Difference</th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <tr key={line.id} className="border-b last:border-b-0">
                <th scope="row" className="px-3 py-2 font-medium">
                  {channelName(line.channel)}
                </th>
                <td className="px-3 py-2 text-n11">
                  {WORDS[line.outcome]}
                  {line.code && <code className="ml-2 text-n10">{line.code}</code>}
                </td>
                <td className="tabular px-3 py-2 text-right">
                  <Count value={line.before} />
                </td>
                <td className="tabular px-3 py-2 text-right">
                  <Count value={line.after} />
                </td>
                <td className="tabular px-3 py-2 text-right font-medium">
                  <Difference by={line.after - line.before} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <People title="Would hear nothing any more" users={silenced} />
      <People title="Would hear something now" users={reached} />
    </div>
  );
}

const WORDS: Record<Tally['outcome'], string> = {
  send: 'Sent',
  skip: 'Not sent',
  hold: 'Held',
  digest: 'Joins a digest',
};

function Difference({ by }: { by: number }) {
  if (by === 0) return <span className="text-n10">–</span>;
  return by > 0 ? `+${by}` : `−${-by}`;
}

function People({ title, users }: { title: string; users: readonly string[] }) {
  if (users.length === 0) return null;
  return (
    <section>
      <h2 className="mb-2 text-13">
        {title}: <Count value={users.length} />
      </h2>
      <ul className="flex flex-wrap gap-1.5">
        {users.map((id) => (
          <li key={id} className="max-w-full">
            <Link
              to="/users/$id"
              params={{ id }}
              className="block truncate rounded-control border bg-n2 px-2 py-0.5 hover:border-n8"
            >
              {id}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface Line extends Omit<Tally, 'messages'> {
  id: string;
  before: number;
  after: number;
}

function join(before: readonly Tally[], after: readonly Tally[]): Line[] {
  const lines = new Map<string, Line>();
  const add = (tallies: readonly Tally[], side: 'before' | 'after') => {
    for (const { channel, outcome, code, messages } of tallies) {
      const id = `${channel} ${outcome} ${code ?? ''}`;
      const line = lines.get(id) ?? { id, channel, outcome, code, before: 0, after: 0 };
      lines.set(id, { ...line, [side]: messages });
    }
  };
  add(before, 'before');
  add(after, 'after');
  return [...lines.values()].toSorted((a, b) => a.id.localeCompare(b.id));
}
