import { getRouteApi } from '@tanstack/react-router';
import { Plus, Send } from 'lucide-react';
import { useState } from 'react';
import { Needs } from '../../session/needs.tsx';
import { useMe } from '../../session/use-session.ts';
import { Page } from '../../shell/page.tsx';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { TextAreaField, TextField } from '../../ui/field.tsx';
import { Problem } from '../../ui/notice.tsx';
import { SelectField } from '../../ui/select.tsx';
import { BlockSkeleton } from '../../ui/states.tsx';
import { PRIORITY_OPTIONS } from '../notifications/words.ts';
import { ActionFields } from './action-fields.tsx';
import { AudienceFields } from './audience-fields.tsx';
import { type Composed, EMPTY, fromNotification } from './draft.ts';
import { Preview, recipientsText } from './preview.tsx';
import { useComposer, useEarlier } from './use-publish.ts';

const route = getRouteApi('/inside/publish');

export function PublishPage() {
  const { from, to, topic } = route.useSearch();
  const earlier = useEarlier(from);
  const initial: Composed = earlier.data
    ? fromNotification(earlier.data)
    : { ...EMPTY, ...(to ? { users: [to] } : {}), ...(topic ? { audience: 'topic', topic } : {}) };
  return (
    <Needs permission="notifications.create" to="publish">
      {from && earlier.isPending ? (
        <Page title="Publish">
          <BlockSkeleton lines={8} />
        </Page>
      ) : (
        <Composer key={`${from} ${to} ${topic}`} initial={initial} />
      )}
    </Needs>
  );
}

function Composer({ initial }: { initial: Composed }) {
  const { form, preview, send, isConfirming, confirm, cancel } = useComposer(initial);
  const [hasMore, setMore] = useState(initial !== EMPTY && (initial.link !== '' || initial.actions.length > 0));
  const { data: me } = useMe();
  const recipients = recipientsText(form.values, preview.data?.recipients);
  return (
    <Page
      title="Publish"
      width="medium"
      action={
        <Button look="primary" isBusy={form.isBusy} onClick={send}>
          <Send className="size-3.5" aria-hidden />
          {form.values.audience === 'everyone' ? 'Publish…' : 'Publish'}
        </Button>
      }
    >
      <div className="grid gap-x-8 gap-y-8 lg:grid-cols-[minmax(0,1fr)_320px] xl:grid-cols-[minmax(0,1fr)_360px] xl:gap-x-12">
        <form
          noValidate
          className="flex min-w-0 flex-col gap-5"
          onSubmit={(event) => {
            event.preventDefault();
            send();
          }}
        >
          <AudienceFields form={form} />
          <TextField label="Title" maxLength={200} autoFocus placeholder="Deploy finished" field={form.bind('title')} />
          <TextAreaField
            label="Text"
            isOptional
            rows={6}
            placeholder="**api** is live in 42 s"
            help="Markdown: **bold**, _italic_, [link](https://…), lists and `code`. Raw HTML is shown as text."
            field={form.bind('body')}
          />
          <div className="grid gap-5 sm:grid-cols-2">
            <TextField
              label="Category"
              isOptional
              placeholder="general"
              help="People filter their inbox by it."
              field={form.bind('category')}
            />
            <SelectField
              label="Priority"
              options={PRIORITY_OPTIONS}
              value={form.values.priority}
              onChange={(priority) => form.set('priority', priority)}
            />
          </div>
          {hasMore ? (
            <>
              <TextField
                label="Link"
                isOptional
                type="url"
                placeholder="https://… or /orders/42"
                help="Where a click leads."
                field={form.bind('link')}
              />
              <TextField label="Image" isOptional type="url" placeholder="https://…" field={form.bind('image')} />
              <ActionFields field={form.bind('actions')} />
              <TextField
                label="Expires"
                isOptional
                type="datetime-local"
                help="After this instant it leaves every inbox. Your local time."
                field={form.bind('expiresAt')}
                className="sm:max-w-64"
              />
            </>
          ) : (
            <Button size="small" className="self-start" onClick={() => setMore(true)}>
              <Plus className="size-3.5" aria-hidden />
              Link, image, buttons, expiry
            </Button>
          )}
          {form.problem && <Problem error={form.problem} />}
          <button type="submit" className="sr-only" tabIndex={-1} aria-hidden>
            Publish
          </button>
        </form>
        <Preview composed={form.values} preview={preview} recipients={recipients} />
      </div>
      <Confirm
        isOpen={isConfirming}
        onClose={cancel}
        title="Send to everyone?"
        action="Send to everyone"
        isDangerous={false}
        name={me?.workspace.name ?? ''}
        act={confirm}
      >
        “{form.values.title.trim()}” goes to {recipients === null ? 'all users' : recipients} of {me?.workspace.name}.
        It can be retracted, but not unread.
      </Confirm>
    </Page>
  );
}
