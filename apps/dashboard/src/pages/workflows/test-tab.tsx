import { FlaskConical, History } from 'lucide-react';
import { useState } from 'react';
import type { Rehearsed } from '../../api/workflows.ts';
import { Button } from '../../ui/button.tsx';
import { pretty } from '../../ui/json.ts';
import { JsonField } from '../../ui/json-field.tsx';
import { Notice, Problem } from '../../ui/notice.tsx';
import { SelectField } from '../../ui/select.tsx';
import { Empty } from '../../ui/states.tsx';
import { UserPicker } from '../publish/user-picker.tsx';
import { DurationInput } from './inputs.tsx';
import { Rehearsal } from './rehearsal.tsx';
import type { Editor } from './use-editor.ts';
import { awaitedBy, useLastReal, useRehearsal } from './use-trying.ts';

/** Walks the draft through for one user, on a clock that jumps; nothing is stored or sent. */
export function TestTab({ editor }: { editor: Editor }) {
  const [rehearsed, setRehearsed] = useState<Rehearsed | null>(null);
  const form = useRehearsal(editor, setRehearsed);
  const last = useLastReal(editor.definition.key, (user, payload) => {
    form.set('user', [user]);
    form.set('payload', pretty(payload));
  });
  const awaited = awaitedBy(editor.definition);
  const users = form.bind('user');
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-x-10 gap-y-8 lg:grid-cols-[minmax(280px,360px)_minmax(0,1fr)]">
      <form onSubmit={form.submit} noValidate className="flex min-w-0 flex-col gap-5">
        <UserPicker
          label="For whom"
          help="Their language, time zone and preferences count."
          field={{ ...users, change: (next) => users.change(next.slice(-1)) }}
        />
        <JsonField label="Payload" field={form.bind('payload')} rows={8} />
        {awaited.length > 0 && (
          <>
            <SelectField
              label="What the user does meanwhile"
              options={[{ value: '', label: 'Nothing' }, ...awaited.map((name) => ({ value: name, label: name }))]}
              value={form.values.event}
              onChange={(event) => form.set('event', event)}
            />
            {form.values.event !== '' && (
              <DurationInput
                label="After"
                value={form.values.after}
                onChange={(after) => after && form.set('after', after)}
              />
            )}
          </>
        )}
        <div className="flex flex-wrap gap-2">
          <Button type="submit" look="primary" isBusy={form.isBusy}>
            <FlaskConical className="size-3.5" aria-hidden />
            Rehearse
          </Button>
          <Button onClick={() => last.mutate()} isBusy={last.isPending}>
            <History className="size-3.5" aria-hidden />
            Take the last real one
          </Button>
        </div>
        {last.error && <Notice tone="warning">{last.error.message}</Notice>}
        {form.problem && <Problem error={form.problem} />}
      </form>
      {rehearsed ? (
        <Rehearsal rehearsed={rehearsed} />
      ) : (
        <Empty icon={FlaskConical} title="See it before anyone gets it">
          The draft runs to its end on a clock that jumps over every wait. You see each decision and what every message
          would say. Nothing is stored or sent.
        </Empty>
      )}
    </div>
  );
}
