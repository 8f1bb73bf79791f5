import type { Rehearsed } from '../../api/workflows.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Fold, Moment, Raw } from '../../ui/moment.tsx';
import { Time } from '../../ui/time.tsx';
import { Frame } from '../messages/frame.tsx';
import { channelName, LAYER_NAMES } from '../messages/words.ts';
import { lineMark, lineText } from '../runs/words.ts';

type Said = Rehearsed['messages'][number];

/** What would happen: the decisions along a line in time, and every message with what the layers say. */
export function Rehearsal({ rehearsed }: { rehearsed: Rehearsed }) {
  const { trace, messages, state, sentence, beginsAt, endsAt } = rehearsed;
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] items-start gap-x-10 gap-y-8 xl:grid-cols-2">
      <section aria-labelledby="rehearsed">
        <h2 id="rehearsed" className="mb-3 text-14">
          What would happen
        </h2>
        <ol className="flex flex-col">
          <Moment title="The event comes" note={<Time at={beginsAt} isExact />} mark="done" />
          {trace.map((line, index) => (
            <Moment
              key={index}
              title={lineText(line)}
              note={
                <>
                  <Time at={line.at} isExact />
                  {line.step && <> · {line.step}</>}
                </>
              }
              mark={lineMark(line)}
            >
              {line.detail && Object.keys(line.detail).length > 0 && (
                <Fold label="Details">
                  <Raw text={JSON.stringify(line.detail, null, 2)} />
                </Fold>
              )}
            </Moment>
          ))}
          <Moment
            title={sentence}
            note={<Time at={endsAt} isExact />}
            mark={state === 'failed' ? 'bad' : 'done'}
            isLast
          />
        </ol>
      </section>
      <section aria-labelledby="said" className="flex min-w-0 flex-col gap-4">
        <h2 id="said" className="text-14">
          {messages.length === 0 ? 'No message' : messages.length === 1 ? 'One message' : `${messages.length} messages`}
        </h2>
        {messages.length === 0 && <p className="text-n10">Nobody would hear of it.</p>}
        {messages.map((message, index) => (
          <Shown key={index} message={message} />
        ))}
      </section>
    </div>
  );
}

const OUTCOMES: Record<'send' | 'skip' | 'hold' | 'digest', { words: string; tone: Tone }> = {
  send: { words: 'Would be sent', tone: 'success' },
  skip: { words: 'Would not be sent', tone: 'neutral' },
  hold: { words: 'Would wait', tone: 'info' },
  digest: { words: 'Would join a digest', tone: 'info' },
};

function Shown({ message }: { message: Said }) {
  const { channel, step, at, content, skipped, decision } = message;
  const outcome = skipped ? OUTCOMES.skip : decision ? OUTCOMES[decision.outcome] : null;
  const deciding = decision?.lines.filter((line) => line.verdict !== 'pass') ?? [];
  return (
    <article className="flex flex-col gap-3 rounded-card border p-4" aria-label={`${channelName(channel)} of ${step}`}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h3 className="text-13">{channelName(channel)}</h3>
        {outcome && <Badge tone={outcome.tone}>{outcome.words}</Badge>}
        <span className="ml-auto text-12 text-n10">
          <Time at={at} isExact />
        </span>
      </div>
      {skipped && <p className="text-n11">{skipped.sentence}</p>}
      {!skipped && deciding.length > 0 && (
        <ul className="flex flex-col gap-1">
          {deciding.map((line, index) => (
            <li key={index} className="grid grid-cols-[88px_minmax(0,1fr)] gap-2">
              <span className="text-n10">{LAYER_NAMES[line.layer]}</span>
              <span className="text-n11">{line.sentence}</span>
            </li>
          ))}
        </ul>
      )}
      {content && <Frame message={{ content, to: null }} />}
    </article>
  );
}
