import type { Attempt, DecisionLine, MessageStory } from '@pulsestack/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Fold, type Mark, Moment, Raw } from '../../ui/moment.tsx';
import { Time } from '../../ui/time.tsx';
import { channelName, LAYER_NAMES, stateName } from './words.ts';

/** What became of a message, as sentences along a line in time. */
export function Story({ message }: { message: MessageStory }) {
  const passed = message.decision.filter((line) => line.verdict === 'pass');
  const deciding = message.decision.filter((line) => line.verdict !== 'pass');
  return (
    <section aria-labelledby="story">
      <h2 id="story" className="mb-3 text-14">
        Story
      </h2>
      <ol className="flex flex-col">
        <Moment title={madeBy(message)} note={<Time at={message.createdAt} isExact />} mark="done" />
        {passed.length > 0 && (
          <Moment
            title={
              deciding.length === 0
                ? 'Every question was answered with yes'
                : `${passed.length} ${passed.length === 1 ? 'question was' : 'questions were'} answered with yes`
            }
            mark="done"
          >
            <Fold label="The questions">
              <ul className="flex flex-col gap-1.5 pt-1">
                {passed.map((line, index) => (
                  <Said key={index} line={line} />
                ))}
              </ul>
            </Fold>
          </Moment>
        )}
        {deciding.map((line, index) => (
          <Moment
            key={index}
            title={line.sentence}
            note={LAYER_NAMES[line.layer]}
            mark={line.verdict === 'skip' ? 'bad' : 'wait'}
          >
            {line.detail && Object.keys(line.detail).length > 0 && (
              <Fold label="The figures behind it">
                <Raw text={JSON.stringify(line.detail, null, 2)} />
              </Fold>
            )}
          </Moment>
        ))}
        {message.digestId && (
          <Moment
            title={
              <>
                Became a line of{' '}
                <Link to="/messages/$id" params={{ id: message.digestId }} className="underline underline-offset-2">
                  a digest
                </Link>
              </>
            }
            mark="done"
          />
        )}
        {message.tries.map((attempt) => (
          <Try key={attempt.id} attempt={attempt} />
        ))}
        <End message={message} />
      </ol>
    </section>
  );
}

function madeBy({ workflow, stepId, channel }: MessageStory): string {
  if (!workflow) return `Made for ${channelName(channel)}`;
  return stepId ? `Made by step ${stepId} of ${workflow}` : `Made by ${workflow}`;
}

function Said({ line }: { line: DecisionLine }) {
  return (
    <li className="grid grid-cols-[88px_minmax(0,1fr)] gap-2 text-12">
      <span className="text-n10">{LAYER_NAMES[line.layer]}</span>
      <span className="text-n11">{line.sentence}</span>
    </li>
  );
}

const OUTCOMES: Record<Attempt['outcome'], { words: string; mark: Mark }> = {
  accepted: { words: 'took it', mark: 'done' },
  refused: { words: 'refused it for good', mark: 'bad' },
  retry: { words: 'could not take it now', mark: 'wait' },
  unknown: { words: 'may have taken it: the process ended before it knew', mark: 'wait' },
};

function Try({ attempt }: { attempt: Attempt }) {
  const { words, mark } = OUTCOMES[attempt.outcome];
  return (
    <Moment
      title={`Try ${attempt.number}: ${attempt.provider} ${words}`}
      note={
        <>
          <Time at={attempt.at} isExact /> · {attempt.durationMs} ms
        </>
      }
      mark={mark}
    >
      {(attempt.detail ?? attempt.providerMessageId) && (
        <Fold label="The answer">
          <Raw
            text={[
              attempt.status === null ? null : `status ${attempt.status}`,
              attempt.detail,
              attempt.providerMessageId && `id ${attempt.providerMessageId}`,
            ]
              .filter(Boolean)
              .join('\n')}
          />
        </Fold>
      )}
    </Moment>
  );
}

function End({ message }: { message: MessageStory }) {
  const { state, dueAt } = message;
  if (state === 'queued' || state === 'sending')
    return (
      <Moment title={state === 'queued' ? 'Waits for its turn' : 'On its way'} note={due(dueAt)} mark="open" isLast />
    );
  if (state === 'held' || (state === 'digested' && !message.digestId))
    return <Moment title={state === 'held' ? 'Waits' : 'Waits for its digest'} note={due(dueAt)} mark="open" isLast />;
  if (state === 'digested') return null;
  if (state === 'sent' || state === 'delivered') {
    return (
      <>
        {message.channel === 'in_app' ? (
          <>
            <Moment title="Lies in the inbox" note={at(message.deliveredAt)} mark="done" />
            <Moment
              title={message.seenAt ? 'Seen' : 'Not seen yet'}
              note={at(message.seenAt)}
              mark={message.seenAt ? 'done' : 'open'}
            />
            <Moment
              title={message.readAt ? 'Read' : 'Not read yet'}
              note={at(message.readAt)}
              mark={message.readAt ? 'done' : 'open'}
              isLast
            />
          </>
        ) : (
          <Moment title={stateName(state)} note={at(message.deliveredAt ?? message.sentAt)} mark="done" isLast />
        )}
      </>
    );
  }
  // The layer that said no stands there already.
  const said = message.decision.some((line) => line.code !== null && line.code === message.reason);
  return (
    <Moment
      title={said ? 'Not sent' : (message.sentence ?? stateName(state))}
      note={said ? undefined : stateName(state)}
      mark="bad"
      isLast
    />
  );
}

const at = (instant: string | null): ReactNode => (instant ? <Time at={instant} isExact /> : undefined);
const due = (instant: string | null): ReactNode =>
  instant ? (
    <>
      until <Time at={instant} isExact />
    </>
  ) : undefined;
