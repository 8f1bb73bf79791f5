import type { InboundHook } from '@pulsestack/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CalendarClock, Trash2, Webhook } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { catalog } from '../../api/catalog.ts';
import { workflows } from '../../api/workflows.ts';
import { useSnippets } from '../../session/snippets.ts';
import { useCan } from '../../session/use-session.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button, buttonClass, IconButton } from '../../ui/button.tsx';
import { Code } from '../../ui/code.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Time } from '../../ui/time.tsx';
import { ConditionField } from './condition-field.tsx';
import { HookDialog } from './hook-dialog.tsx';
import { TextInput } from './inputs.tsx';
import { payloadPaths, samplePayload } from './paths.ts';
import { SaveNote } from './save-note.tsx';
import { withoutStep } from './step-card.tsx';
import type { Editor } from './use-editor.ts';
import { useHooksOf } from './use-hooks.ts';
import { EVENT } from './use-workflows.ts';

/** What starts the workflow: an event and its condition, an address that others post to, a schedule, a call. */
export function TriggerTab({ editor }: { editor: Editor }) {
  const { definition } = editor;
  const { trigger, key } = definition;
  const declared = useDeclaredEvents();
  const payload = samplePayload(definition);
  const byEvent = useSnippets({
    path: '/v1/events',
    body: { name: trigger.event ?? '', to: 'ada', payload },
    sdk: `events.create(${JSON.stringify({ name: trigger.event ?? '', to: 'ada', payload }, null, 2)})`,
  });
  const byKey = useSnippets({
    path: `/v1/workflows/${key}/trigger`,
    body: { to: 'ada', payload },
    sdk: `workflows.trigger('${key}', ${JSON.stringify({ to: 'ada', payload }, null, 2)})`,
  });
  const set = (change: Partial<typeof trigger>, about: string) => {
    const next = { ...trigger, ...change };
    editor.change(
      { ...definition, trigger: Object.fromEntries(Object.entries(next).filter(([, one]) => one !== undefined)) },
      about,
    );
  };
  const event = trigger.event ?? '';
  const problem = editor.problems.find(({ field }) => field.startsWith('/trigger'));
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-x-10 gap-y-8 lg:grid-cols-[minmax(0,1fr)_minmax(0,480px)]">
      <div className="flex min-w-0 flex-col gap-8">
        <section aria-labelledby="event" className="flex flex-col gap-5">
          <div className="flex min-h-8 flex-wrap items-center justify-between gap-2">
            <h2 id="event" className="text-14">
              Event
            </h2>
            <SaveNote editor={editor} />
          </div>
          <fieldset disabled={editor.isReadOnly} className="contents">
            <TextInput
              label="Starts with the event"
              isOptional
              isMono
              placeholder="order.shipped"
              help="Without an event it starts when it is called by its key."
              suggestions={declared}
              value={event}
              error={
                event !== '' && !EVENT.test(event)
                  ? 'Write it as domain.action, such as order.shipped'
                  : problem && withoutStep(problem.message)
              }
              onChange={(next) => set({ event: next }, 'event')}
            />
            <ConditionField
              label="And only if"
              value={trigger.if}
              paths={['event.name', ...payloadPaths(definition)]}
              isReadOnly={editor.isReadOnly}
              onChange={(rule) => set({ if: rule }, 'trigger if')}
              help="Sees the payload and the event, before any user is looked at."
            />
          </fieldset>
        </section>
        <Hooks event={trigger.event} />
        <Schedules workflow={key} />
      </div>
      <section aria-labelledby="send" className="flex min-w-0 flex-col gap-3">
        <h2 id="send" className="text-14">
          Start it by code
        </h2>
        {EVENT.test(event) && (
          <>
            <p className="text-n11">By its event, beside whatever else waits for that:</p>
            <Code snippets={byEvent} label="Send the event" />
          </>
        )}
        <p className="text-n11">By its key, this workflow alone:</p>
        <Code snippets={byKey} label="Call the workflow" />
      </section>
    </div>
  );
}

function useDeclaredEvents(): string[] {
  const can = useCan();
  const { data } = useQuery({
    queryKey: ['catalog', 'names'],
    queryFn: () => catalog.list({ limit: 100 }),
    enabled: can('catalog.read'),
  });
  return data?.items.map(({ name }) => name) ?? [];
}

function Hooks({ event }: { event: string | undefined }) {
  const can = useCan();
  const { hooks, remove } = useHooksOf(event);
  const [isMaking, setMaking] = useState(false);
  const [removing, setRemoving] = useState<InboundHook | null>(null);
  const mayMake = can('workflows.publish');
  return (
    <Part
      icon={Webhook}
      title="Addresses that others post to"
      action={
        mayMake && event !== undefined && EVENT.test(event) ? (
          <Button onClick={() => setMaking(true)}>Make an address</Button>
        ) : undefined
      }
    >
      {hooks.length === 0 ? (
        <p className="text-n10">
          {event === undefined
            ? 'Give it an event first; what is posted becomes that event.'
            : 'None yet. What GitHub, Stripe or a form posts there becomes the event.'}
        </p>
      ) : (
        <ul className="divide-y rounded-card border">
          {hooks.map((hook) => (
            <li key={hook.id} className="flex items-center gap-3 px-3 py-2">
              <span className="min-w-0 flex-1">
                <span className="flex items-center gap-2">
                  <span className="truncate font-medium">{hook.name}</span>
                  {hook.signature === null && <Badge tone="warning">Not signed</Badge>}
                  {!hook.enabled && <Badge>Off</Badge>}
                </span>
                <span className="block truncate text-12 text-n10">
                  <code>…{hook.hint}</code> · {hook.received} received
                  {hook.lastAt && (
                    <>
                      , the last <Time at={hook.lastAt} />
                    </>
                  )}
                </span>
                {hook.lastError && <span className="block text-12 text-danger-text">{hook.lastError}</span>}
              </span>
              {mayMake && (
                <IconButton label={`Remove ${hook.name}`} onClick={() => setRemoving(hook)}>
                  <Trash2 className="size-3.5" aria-hidden />
                </IconButton>
              )}
            </li>
          ))}
        </ul>
      )}
      {isMaking && event !== undefined && <HookDialog event={event} onClose={() => setMaking(false)} />}
      <Confirm
        isOpen={removing !== null}
        onClose={() => setRemoving(null)}
        title={`Remove ${removing?.name ?? ''}?`}
        action="Remove address"
        act={() => remove.mutateAsync(removing?.id ?? '')}
      >
        Whoever posts there gets “not found” from now on, and the address never comes back.
      </Confirm>
    </Part>
  );
}

function Schedules({ workflow }: { workflow: string }) {
  const can = useCan();
  const { data } = useQuery({
    queryKey: ['schedules', 'of-workflow'],
    queryFn: () => workflows.schedules({ limit: 100 }),
    enabled: can('schedules.read'),
  });
  const own = (data?.items ?? []).filter(
    ({ target, state }) => target.kind === 'workflow' && target.workflow === workflow && state !== 'cancelled',
  );
  return (
    <Part
      icon={CalendarClock}
      title="Schedules"
      action={
        can('schedules.write') ? (
          <Link to="/schedules/new" className={buttonClass()}>
            New schedule
          </Link>
        ) : undefined
      }
    >
      {own.length === 0 ? (
        <p className="text-n10">None starts it. A schedule does at a time, for a user, a topic or everyone.</p>
      ) : (
        <ul className="divide-y rounded-card border">
          {own.map(({ id, name, state, nextFireAt }) => (
            <li key={id} className="flex items-center gap-3 px-3 py-2">
              <Link to="/schedules/$id" params={{ id }} className="min-w-0 flex-1 truncate rounded-[3px] font-medium">
                {name}
              </Link>
              {state !== 'active' && <Badge>{state === 'paused' ? 'Paused' : 'Done'}</Badge>}
              {nextFireAt && state === 'active' && (
                <span className="text-12 text-n10">
                  next <Time at={nextFireAt} />
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </Part>
  );
}

function Part({
  icon: Icon,
  title,
  action,
  children,
}: {
  icon: typeof Webhook;
  title: string;
  action?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section aria-label={title} className="flex flex-col gap-3">
      <div className="flex min-h-8 flex-wrap items-center gap-2">
        <Icon className="size-4 text-n10" aria-hidden />
        <h2 className="min-w-0 flex-1 text-14">{title}</h2>
        {action}
      </div>
      {children}
    </section>
  );
}
