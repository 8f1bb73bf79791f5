import { getRouteApi, Link } from '@tanstack/react-router';
import { Send } from 'lucide-react';
import { useSnippets } from '../../session/snippets.ts';
import { Button } from '../../ui/button.tsx';
import { Code } from '../../ui/code.tsx';
import { TextField } from '../../ui/field.tsx';
import { JsonField } from '../../ui/json-field.tsx';
import { Notice, Problem } from '../../ui/notice.tsx';
import { Segments } from '../../ui/segments.tsx';
import { TARGET_WORDS, type TargetKind, useSendForm } from './use-send.ts';

const route = getRouteApi('/inside/streams/send');

const KINDS: readonly { value: TargetKind; label: string }[] = [
  { value: 'user', label: 'User' },
  { value: 'topic', label: 'Topic' },
  { value: 'session', label: 'Session' },
  { value: 'everyone', label: 'Everyone' },
];

/** One event put on the log by hand, with the same as code beside it. */
export function SendForm() {
  const { name } = route.useSearch();
  const { form, sent, shown } = useSendForm(name);
  const snippets = useSnippets({
    path: '/v1/stream/events',
    body: shown,
    sdk: `streams.publish(${JSON.stringify(shown, null, 2)})`,
  });
  const { kind } = form.values;
  return (
    <div className="grid max-w-[1200px] gap-x-12 gap-y-8 lg:grid-cols-[minmax(0,1fr)_minmax(320px,480px)]">
      <form onSubmit={form.submit} noValidate className="flex min-w-0 flex-col gap-5">
        <div className="flex flex-col gap-1.5">
          <span className="font-medium" aria-hidden>
            To
          </span>
          <Segments label="To" segments={KINDS} value={kind} onChange={(next) => form.set('kind', next)} isWide />
        </div>
        {kind !== 'everyone' && (
          <TextField
            label={TARGET_WORDS[kind].label}
            placeholder={TARGET_WORDS[kind].placeholder}
            autoComplete="off"
            isMono
            field={form.bind('target')}
          />
        )}
        <TextField
          label="Event"
          placeholder="order.shipped"
          help="The name readers listen for. One that the catalogue declares must fit its schema."
          autoComplete="off"
          isMono
          field={form.bind('name')}
        />
        <JsonField label="Data" help="Any JSON. Readers receive it as it is." field={form.bind('data')} />
        <TextField
          label="Tags"
          isOptional
          placeholder="plan=pro, seats=5"
          help="For the filters of readers; not sent to them."
          autoComplete="off"
          isMono
          field={form.bind('tags')}
        />
        {form.problem && <Problem error={form.problem} />}
        <div>
          <Button type="submit" look="primary" isBusy={form.isBusy}>
            <Send className="size-3.5" aria-hidden />
            Send event
          </Button>
        </div>
        <div role="status">
          {sent && (
            <Notice
              key={sent.times}
              tone="success"
              action={
                <Link
                  to="/streams/events"
                  search={{ name: sent.name }}
                  className="shrink-0 font-medium underline underline-offset-2"
                >
                  See it on the log
                </Link>
              }
            >
              <span className="font-mono text-12">{sent.name}</span> is on the log
              {sent.times > 1 && `, ${sent.times} sent so far`}.
            </Notice>
          )}
        </div>
      </form>
      <aside aria-label="The same by code" className="min-w-0 lg:sticky lg:top-5 lg:self-start">
        <Code snippets={snippets} label="The same by code" />
      </aside>
    </div>
  );
}
