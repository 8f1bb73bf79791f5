import type { Message, Run } from '@pulsestack/core';
import { Link } from '@tanstack/react-router';
import { useCan } from '../../session/use-session.ts';
import { Badge } from '../../ui/badge.tsx';
import { BlockSkeleton, Failed } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { channelName, stateName, stateTone } from '../messages/words.ts';
import { useMessagesOf } from './use-runs.ts';
import { isUnderWay } from './words.ts';

/** What the run has made, and how far each is. */
export function MessagesOfRun({ run }: { run: Run }) {
  const can = useCan();
  const { items, isLoading, error, retry } = useMessagesOf(run.id, isUnderWay(run));
  if (!can('messages.read')) return null;
  return (
    <section aria-labelledby="messages">
      <h2 id="messages" className="mb-3 text-14">
        Messages
      </h2>
      {error ? (
        <Failed error={error} what="Messages" retry={retry} />
      ) : isLoading ? (
        <BlockSkeleton />
      ) : items.length === 0 ? (
        <p className="text-n10">{isUnderWay(run) ? 'None yet.' : 'It made none.'}</p>
      ) : (
        <ul className="divide-y rounded-card border">
          {items.toReversed().map((message) => (
            <Entry key={message.id} message={message} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Entry({ message }: { message: Message }) {
  return (
    <li className="flex items-start gap-3 px-3 py-2">
      <span className="min-w-0 flex-1">
        <Link
          to="/messages/$id"
          params={{ id: message.id }}
          className="block truncate rounded-[3px] font-medium"
          dir="auto"
        >
          {message.subject ?? channelName(message.channel)}
        </Link>
        <span className="block text-12 text-n10">
          {channelName(message.channel)}
          {message.stepId && <> · {message.stepId}</>} · <Time at={message.createdAt} />
        </span>
        {message.sentence && <span className="block text-12 text-n11">{message.sentence}</span>}
      </span>
      <Badge tone={stateTone[message.state]}>{stateName(message.state)}</Badge>
    </li>
  );
}
