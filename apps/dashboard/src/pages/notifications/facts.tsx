import type { Notification, NotificationStats } from '@pulsestack/core';
import type { ReactNode } from 'react';
import { Badge } from '../../ui/badge.tsx';
import { Copy } from '../../ui/copy.tsx';
import { Count, Time } from '../../ui/time.tsx';
import { audienceText, label, PRIORITY_OPTIONS, priorityTone, STATE_OPTIONS, stateTone } from './words.ts';

export function Facts({ notification }: { notification: Notification }) {
  return (
    <div className="flex flex-col gap-6">
      <Reach stats={notification.stats} />
      <dl className="grid grid-cols-[112px_minmax(0,1fr)] gap-y-2.5">
        <Fact name="State">
          <Badge tone={stateTone[notification.state]}>{label(STATE_OPTIONS, notification.state)}</Badge>
        </Fact>
        <Fact name="To">{audienceText(notification.audience)}</Fact>
        <Fact name="Priority">
          {notification.priority === 'normal' || notification.priority === 'low' ? (
            label(PRIORITY_OPTIONS, notification.priority)
          ) : (
            <Badge tone={priorityTone[notification.priority]}>{label(PRIORITY_OPTIONS, notification.priority)}</Badge>
          )}
        </Fact>
        <Fact name="Category">{notification.category}</Fact>
        <Fact name="Type">{notification.type}</Fact>
        {notification.collapseKey && <Fact name="Collapse key">{notification.collapseKey}</Fact>}
        {notification.expiresAt && (
          <Fact name="Expires">
            <Time at={notification.expiresAt} isExact />
          </Fact>
        )}
        <Fact name="Id">
          <Mono text={notification.id} label="Copy id" />
        </Fact>
        <Fact name="Correlation">
          <Mono text={notification.correlationId} label="Copy correlation id" />
        </Fact>
        {Object.keys(notification.data).length > 0 && (
          <Fact name="Data">
            <pre className="max-h-60 overflow-auto rounded-control bg-n3 p-2.5" tabIndex={0}>
              {JSON.stringify(notification.data, null, 2)}
            </pre>
          </Fact>
        )}
      </dl>
    </div>
  );
}

/** Three numbers, the later ones beside the share they are of the first. */
function Reach({ stats }: { stats: NotificationStats }) {
  const share = (count: number) => (stats.recipients === 0 ? '–' : `${Math.round((count / stats.recipients) * 100)}%`);
  return (
    <div className="grid grid-cols-3 divide-x rounded-card border">
      <Figure name="Delivered" value={stats.recipients} />
      <Figure name="Seen" value={stats.seen} note={share(stats.seen)} />
      <Figure name="Read" value={stats.read} note={share(stats.read)} />
    </div>
  );
}

function Figure({ name, value, note }: { name: string; value: number; note?: string }) {
  return (
    <div className="min-w-0 px-4 py-3">
      <p className="text-12 text-n10">{name}</p>
      <p className="flex items-baseline gap-2">
        <span className="truncate text-20 font-semibold tracking-tight">
          <Count value={value} />
        </span>
        {note && <span className="tabular text-12 text-n10">{note}</span>}
      </p>
    </div>
  );
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-n10">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}

export function Mono({ text, label: copyLabel }: { text: string; label: string }) {
  return (
    <span className="-my-0.5 flex items-center gap-1">
      <code className="truncate text-n11">{text}</code>
      <Copy text={text} label={copyLabel} />
    </span>
  );
}
