import { getRouteApi, Link } from '@tanstack/react-router';
import { CircleHelp } from 'lucide-react';
import { useId } from 'react';
import type { Explained, Reason } from '../../api/explain.ts';
import { Needs } from '../../session/needs.tsx';
import { Page } from '../../shell/page.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { CheckField } from '../../ui/checkbox.tsx';
import { TextField } from '../../ui/field.tsx';
import { Problem } from '../../ui/notice.tsx';
import { SelectField } from '../../ui/select.tsx';
import { Empty } from '../../ui/states.tsx';
import { Count } from '../../ui/time.tsx';
import type { Form } from '../../ui/use-form.ts';
import { CHANNELS, channelName } from '../messages/words.ts';
import { PRIORITY_OPTIONS } from '../notifications/words.ts';
import { Toggles } from '../preferences/quiet-hours-fields.tsx';
import { useCategories, useWorkflowRules } from '../preferences/use-preferences.ts';
import { AudienceFields } from './audience-fields.tsx';
import { Lines, OUTCOMES, Until } from './lines.tsx';
import { ASKED_FIRST, LIMIT, useExplain } from './use-explain.ts';

const route = getRouteApi('/inside/explain');

export function ExplainPage() {
  return (
    <Page title="Explain" width="medium">
      <Needs permission="messages.read" to="see what would become of a message">
        <Workbench />
      </Needs>
    </Page>
  );
}

function Workbench() {
  const { form, answer } = useExplain(route.useSearch());
  return (
    <div className="grid gap-x-12 gap-y-8 lg:grid-cols-[300px_minmax(0,1fr)] xl:grid-cols-[400px_minmax(0,1fr)]">
      <Question form={form} />
      <section aria-label="Answer" aria-live="polite" className="min-w-0">
        {!answer ? (
          <Empty icon={CircleHelp} title="Why did she not get it?">
            Ask what would become of a message now: for one person with the reason of every layer, for many as a count
            of the reasons. Nothing is sent and nothing is counted.
          </Empty>
        ) : answer.user ? (
          <OneUser user={answer.asked ?? ''} items={answer.user} />
        ) : answer.audience ? (
          <ManyUsers {...answer.audience} />
        ) : null}
      </section>
    </div>
  );
}

function Question({ form }: { form: Form<ReturnType<typeof useExplain>['form']['values']> }) {
  const categories = useCategories();
  const workflows = useWorkflowRules();
  const id = useId();
  const { channels, priority, critical } = form.values;
  return (
    <form onSubmit={form.submit} noValidate className="flex min-w-0 flex-col gap-4">
      <AudienceFields field={form.bind('audience')} needsBroadcast={false} />
      <div className="flex flex-col gap-1.5">
        <span className="font-medium" aria-hidden>
          Channels
        </span>
        <Toggles
          label="Channels"
          all="Inbox and e-mail"
          names={CHANNELS.map(channelName)}
          values={CHANNELS}
          chosen={isFirst(channels) ? undefined : channels}
          onChange={(next) => form.set('channels', next ?? ASKED_FIRST)}
        />
      </div>
      <TextField
        label="Category"
        isOptional
        isMono
        list={`${id}-categories`}
        placeholder="general"
        autoComplete="off"
        field={form.bind('category')}
      />
      <TextField
        label="Workflow"
        isOptional
        isMono
        list={`${id}-workflows`}
        autoComplete="off"
        field={form.bind('workflow')}
      />
      <datalist id={`${id}-categories`}>
        {categories.items.map((one) => (
          <option key={one.key} value={one.key}>
            {one.name}
          </option>
        ))}
      </datalist>
      <datalist id={`${id}-workflows`}>
        {workflows.data?.map((one) => (
          <option key={one.workflow} value={one.workflow}>
            {one.name}
          </option>
        ))}
      </datalist>
      <SelectField
        label="Priority"
        options={PRIORITY_OPTIONS}
        value={priority}
        onChange={(next) => form.set('priority', next)}
      />
      <CheckField
        label="Critical"
        help="Passes what users have chosen, caps, quiet hours and digests."
        isChecked={critical}
        onChange={(next) => form.set('critical', next)}
      />
      {form.problem && <Problem error={form.problem} />}
      <div>
        <Button type="submit" look="primary" isBusy={form.isBusy}>
          Explain
        </Button>
      </div>
    </form>
  );
}

const isFirst = (channels: readonly string[] | undefined) => channels?.join() === ASKED_FIRST.join();

function OneUser({ user, items }: { user: string; items: readonly Explained[] }) {
  return (
    <div className="flex flex-col gap-5">
      <h2 className="text-14">
        A message to{' '}
        <Link to="/users/$id" params={{ id: user }} className="underline underline-offset-2">
          {user}
        </Link>
      </h2>
      {items.map(({ channel, to, decision }) => (
        <article key={channel} className="rounded-card border p-4">
          <header className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-1">
            <h3 className="text-13">{channelName(channel)}</h3>
            <Badge tone={OUTCOMES[decision.outcome].tone}>{OUTCOMES[decision.outcome].label}</Badge>
            <Until decision={decision} />
            {to && to !== user && <span className="ml-auto min-w-0 truncate text-12 text-n10">{to}</span>}
          </header>
          <Lines decision={decision} />
        </article>
      ))}
    </div>
  );
}

interface ManyUsersProps {
  examined: number;
  complete: boolean;
  reasons: readonly Reason[];
}

function ManyUsers({ examined, complete, reasons }: ManyUsersProps) {
  const channels = CHANNELS.filter((channel) => reasons.some((reason) => reason.channel === channel));
  return (
    <div className="flex flex-col gap-6">
      <p className="text-n11">
        <Count value={examined} /> {examined === 1 ? 'person' : 'people'} looked at
        {complete ? ', which is everyone it is for.' : `; there are more than the ${LIMIT} that are asked about.`}
      </p>
      {channels.map((channel) => (
        <section key={channel} aria-labelledby={`reasons-${channel}`}>
          <h2 id={`reasons-${channel}`} className="mb-2 text-14">
            {channelName(channel)}
          </h2>
          <ul className="flex flex-col rounded-card border">
            {reasons
              .filter((reason) => reason.channel === channel)
              .map((reason) => (
                <Bar key={`${reason.outcome} ${reason.code}`} reason={reason} examined={examined} />
              ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

const FILLS: Record<Reason['outcome'], string> = {
  send: 'bg-success-subtle',
  skip: 'bg-n4',
  hold: 'bg-info-subtle',
  digest: 'bg-info-subtle',
};

function Bar({ reason, examined }: { reason: Reason; examined: number }) {
  const share = examined === 0 ? 0 : reason.users / examined;
  return (
    <li className="relative isolate flex flex-wrap items-center gap-x-3 gap-y-1 overflow-hidden border-b px-4 py-2.5 last:border-b-0">
      <span
        aria-hidden
        className={`absolute inset-y-0 left-0 -z-10 ${FILLS[reason.outcome]}`}
        style={{ width: `${share * 100}%` }}
      />
      <div className="min-w-0 flex-1 max-xl:basis-full">
        <p className="text-pretty">{reason.sentence ?? 'Goes out now.'}</p>
        <p className="flex flex-wrap gap-x-2 text-12 text-n11">
          {reason.examples.map((user) => (
            <Link
              key={user}
              to="/users/$id"
              params={{ id: user }}
              className="max-w-40 truncate underline underline-offset-2"
            >
              {user}
            </Link>
          ))}
        </p>
      </div>
      <Badge tone={OUTCOMES[reason.outcome].tone}>{OUTCOMES[reason.outcome].label}</Badge>
      <span className="tabular w-24 text-right max-xl:ml-auto">
        <Count value={reason.users} /> <span className="text-12 text-n11">{Math.round(share * 100)}%</span>
      </span>
    </li>
  );
}
