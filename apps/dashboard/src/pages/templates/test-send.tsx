import type { MessageStory } from '@pulsestack/core';
import { type UseMutationResult, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Send } from 'lucide-react';
import { delivery } from '../../api/delivery.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';

type Test = UseMutationResult<
  { messageId: string; to: string },
  Error,
  { sample: Record<string, unknown>; locale: string | undefined }
>;

export function TestButton({ test, disabled, onSend }: { test: Test; disabled: boolean; onSend(): void }) {
  return (
    <Button
      className="ml-auto"
      isBusy={test.isPending}
      disabled={disabled}
      title={disabled ? 'Save the draft first' : undefined}
      onClick={onSend}
    >
      <Send className="size-3.5" aria-hidden />
      Send to me
    </Button>
  );
}

const POLL_MS = 700;
const isUnderWay = ({ state, attempts }: MessageStory) =>
  state === 'sending' || (state === 'queued' && attempts === 0) || state === 'held';

/** What became of the test: the way it takes is that of every message, so its story is one too. */
export function TestResult({ test }: { test: Test }) {
  const id = test.data?.messageId;
  const { data: story } = useQuery({
    queryKey: ['messages', 'test', id],
    queryFn: () => delivery.message(id as string),
    enabled: id !== undefined,
    refetchInterval: ({ state }) => (state.data && !isUnderWay(state.data) ? false : POLL_MS),
  });
  if (test.isPending) return null;
  if (test.error) return <Notice tone="danger">Not sent: {test.error.message}</Notice>;
  if (!test.data) return null;
  if (!story || isUnderWay(story)) return <Notice>On its way to {test.data.to}.</Notice>;
  const last = story.tries.at(-1);
  const link = (
    <Link to="/messages/$id" params={{ id: story.id }} className="shrink-0 rounded-[3px] underline underline-offset-2">
      Its story
    </Link>
  );
  if (story.state === 'sent' || story.state === 'delivered')
    return (
      <Notice tone="success" action={link}>
        {story.channel === 'in_app'
          ? 'It is in your inbox.'
          : `Sent to ${test.data.to}${last ? ` by ${last.provider}` : ''}.`}
      </Notice>
    );
  return (
    <Notice tone="danger" action={link}>
      Not sent: {story.sentence ?? last?.detail ?? `the message is ${story.state}`}
    </Notice>
  );
}
