import type { EventSink, EventSource } from '@pulsestack/core';
import { MailWarning, Pause, Pencil, Play, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { MenuItem, RowMenu } from '../../ui/menu.tsx';
import { Count, Time } from '../../ui/time.tsx';
import { useBusChanges } from './use-bus.ts';

interface RowProps<Item> {
  item: Item;
  onEdit(): void;
}

export function SourceRow({ item, onEdit, onRefusals }: RowProps<EventSource> & { onRefusals(): void }) {
  const { source, removeSource } = useBusChanges();
  return (
    <Row
      item={item}
      what="Listening"
      onEdit={onEdit}
      onPause={() => source.mutate({ id: item.id, active: !item.active })}
      remove={{
        action: 'Stop listening',
        words: 'Workflows are no longer started by its messages. The topic and what is on it stay with the broker.',
        act: () => removeSource.mutateAsync(item.id),
      }}
      extra={
        <MenuItem icon={MailWarning} onClick={onRefusals}>
          What was refused
        </MenuItem>
      }
      figures={
        <>
          <span>
            <Count value={item.received} /> received
          </span>
          {item.refused > 0 && (
            <Button size="small" look="ghost" className="-my-1" onClick={onRefusals}>
              <Count value={item.refused} /> refused
            </Button>
          )}
        </>
      }
    />
  );
}

export function SinkRow({ item, onEdit }: RowProps<EventSink>) {
  const { sink, removeSink } = useBusChanges();
  return (
    <Row
      item={item}
      what="Forwarding"
      onEdit={onEdit}
      onPause={() => sink.mutate({ id: item.id, active: !item.active })}
      remove={{
        action: 'Stop forwarding',
        words: 'Events of this workspace no longer go to the topic. What is on it stays with the broker.',
        act: () => removeSink.mutateAsync(item.id),
      }}
      figures={
        <>
          <span className="min-w-0 truncate font-mono">{item.events.join(', ')}</span>
          <span>
            <Count value={item.sent} /> sent
          </span>
        </>
      }
    />
  );
}

interface FrameProps {
  item: EventSource | EventSink;
  what: string;
  figures: ReactNode;
  extra?: ReactNode;
  onEdit(): void;
  onPause(): void;
  remove: { action: string; words: string; act(): Promise<unknown> };
}

function Row({ item, what, figures, extra, onEdit, onPause, remove }: FrameProps) {
  const [isRemoving, setRemoving] = useState(false);
  const { name, topic, active, lag, lastAt, lastError } = item;
  return (
    <li className="flex items-start gap-3 px-4 py-3">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2">
          <span className="truncate font-medium">{name}</span>
          <Badge tone={!active ? 'neutral' : lastError ? 'warning' : 'success'}>{active ? what : 'Paused'}</Badge>
        </p>
        <p className="font-mono text-12 break-all text-n11">{topic}</p>
        <p className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-12 text-n10">
          {figures}
          {lag !== null && lag > 0 && (
            <span>
              <Count value={lag} /> waiting
            </span>
          )}
          {lastAt && (
            <span>
              Last <Time at={lastAt} />
            </span>
          )}
        </p>
        {active && lastError && <p className="mt-1 text-12 break-words text-warning-text">{lastError}</p>}
      </div>
      <RowMenu label={`Actions for ${name}`}>
        <MenuItem icon={Pencil} onClick={onEdit}>
          Change
        </MenuItem>
        <MenuItem icon={active ? Pause : Play} onClick={onPause}>
          {active ? 'Pause' : 'Go on'}
        </MenuItem>
        {extra}
        <MenuItem icon={Trash2} isDangerous onClick={() => setRemoving(true)}>
          {remove.action}
        </MenuItem>
      </RowMenu>
      <Confirm
        isOpen={isRemoving}
        onClose={() => setRemoving(false)}
        title={`${remove.action}: ${name}?`}
        action={remove.action}
        name={name}
        act={remove.act}
      >
        {remove.words}
      </Confirm>
    </li>
  );
}
