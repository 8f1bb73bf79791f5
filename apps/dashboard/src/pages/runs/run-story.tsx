import type { RunWithTrace, TraceLine } from '@pulsestack/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Fold, Moment, Raw } from '../../ui/moment.tsx';
import { Time } from '../../ui/time.tsx';
import { isUnderWay, lineMark, lineText, STATES } from './words.ts';

/** What a run decided, as sentences along a line in time. */
export function RunStory({ run }: { run: RunWithTrace }) {
  const ending = run.trace.at(-1);
  // What ends a run stands as its last line already, in some ways to end.
  const isSaid = ending !== undefined && (ending.sentence === run.sentence || ending.code === run.code);
  return (
    <section aria-labelledby="story">
      <h2 id="story" className="mb-3 text-14">
        Story
      </h2>
      <ol className="flex flex-col" aria-live="polite" aria-relevant="additions">
        <Moment
          title={`The event came, and ${run.workflow} began`}
          note={<Time at={run.createdAt} isExact />}
          mark="done"
        />
        {run.trace.map((line, index) => (
          <Line key={index} line={line} isLast={!isUnderWay(run) && isSaid && index === run.trace.length - 1} />
        ))}
        {isUnderWay(run) ? (
          <Moment
            title={standing(run)}
            note={
              run.wakesAt && (
                <>
                  {awaits(run).length > 0 ? 'gives up' : 'goes on'} <Time at={run.wakesAt} />
                </>
              )
            }
            mark="open"
            isLast
          />
        ) : (
          !isSaid && (
            <Moment
              title={run.sentence === null ? STATES[run.state].label : lineText({ sentence: run.sentence })}
              note={run.finishedAt && <Time at={run.finishedAt} isExact />}
              mark={run.state === 'done' ? 'done' : 'bad'}
              isLast
            />
          )
        )}
      </ol>
    </section>
  );
}

/** The events it waits for. */
function awaits(run: RunWithTrace): unknown[] {
  const last = run.trace.findLast((line) => line.step === run.step);
  return last?.code === 'wait.began' && Array.isArray(last.detail?.events) ? last.detail.events : [];
}

function standing(run: RunWithTrace): string {
  if (run.state === 'waiting') {
    const events = awaits(run);
    if (events.length > 0) return `Waits for ${events.join(' or ')}`;
    return run.step ? `Waits at ${run.step}` : 'Waits';
  }
  return run.state === 'running' ? 'Is at work' : 'Waits for its turn';
}

function Line({ line, isLast }: { line: TraceLine; isLast: boolean }) {
  const { message, run, ...detail } = line.detail ?? {};
  return (
    <Moment
      title={
        <>
          {lineText(line)}
          {typeof message === 'string' && (
            <>
              {' '}
              <To>
                <Link to="/messages/$id" params={{ id: message }} className="underline underline-offset-2">
                  See the message
                </Link>
              </To>
            </>
          )}
          {typeof run === 'string' && (
            <>
              {' '}
              <To>
                <Link to="/runs/$id" params={{ id: run }} className="underline underline-offset-2">
                  See its run
                </Link>
              </To>
            </>
          )}
        </>
      }
      note={
        <>
          <Time at={line.at} isExact />
          {line.step && <> · {line.step}</>}
        </>
      }
      mark={lineMark(line)}
      isLast={isLast}
    >
      {Object.keys(detail).length > 0 && (
        <Fold label="Details">
          <Raw text={JSON.stringify(detail, null, 2)} />
        </Fold>
      )}
    </Moment>
  );
}

const To = ({ children }: { children: ReactNode }) => <span className="whitespace-nowrap">{children}</span>;

/** The digest that the run leads and that is still open. */
export function openDigestOf(run: RunWithTrace): string | null {
  if (run.state !== 'waiting') return null;
  const last = run.trace.findLast((line) => line.code.startsWith('digest.'));
  const isOpen = last?.code === 'digest.opened' || last?.code === 'digest.handed_over';
  return isOpen && typeof last.detail?.digest === 'string' ? last.detail.digest : null;
}
