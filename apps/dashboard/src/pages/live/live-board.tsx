import { Bell, Inbox, Toasts } from '@pulsestack/react';
import { Link } from '@tanstack/react-router';
import { Send } from 'lucide-react';
import { curl } from '../../session/snippets.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Code } from '../../ui/code.tsx';
import { TextAreaField, TextField } from '../../ui/field.tsx';
import { Problem } from '../../ui/notice.tsx';
import { Mark } from '../account/frame.tsx';
import { ConnectionState } from './connection.tsx';
import { useSendForm, useUserForm } from './use-live.ts';

export function LiveBoard({ user, apiKey }: { user: string; apiKey: string }) {
  return (
    <div className="flex min-h-dvh flex-col bg-n2">
      <header className="sticky top-0 z-20 border-b bg-n1">
        <div className="mx-auto flex h-14 max-w-[1200px] items-center gap-3 px-4 sm:px-6">
          <Mark />
          <span className="flex-1" />
          <ConnectionState />
          <Link to="/" className={`${buttonClass('ghost')} max-sm:hidden`}>
            Dashboard
          </Link>
          <Bell />
        </div>
      </header>
      <main className="mx-auto grid w-full max-w-[1200px] flex-1 items-start gap-x-10 gap-y-8 px-4 py-6 sm:px-6 lg:grid-cols-2 lg:py-10">
        <section aria-label={`Inbox of ${user}`} className="flex min-w-0 flex-col gap-4 max-lg:order-2">
          <h1 className="text-20">
            <span className="break-all">{user}</span>’s inbox
          </h1>
          <div className="min-h-[480px] overflow-hidden rounded-card border bg-n1">
            <Inbox />
          </div>
        </section>
        <aside aria-label="Send" className="flex min-w-0 flex-col gap-8 lg:pt-11">
          <section aria-labelledby="by-curl" className="flex flex-col gap-3">
            <div>
              <h2 id="by-curl" className="text-14">
                Ring the bell
              </h2>
              <p className="mt-0.5 text-n11">
                Paste this into a terminal. The key is the development key of this server.
              </p>
            </div>
            <Code label="Send by code" snippets={snippetsOf(user, apiKey)} />
          </section>
          <SendOne user={user} apiKey={apiKey} />
          <OtherUser user={user} />
        </aside>
      </main>
      <Toasts />
    </div>
  );
}

function snippetsOf(user: string, key: string) {
  const body = { to: user, title: 'Hi', body: 'It works' };
  return [
    { name: 'curl', code: curl(location.origin, key, { path: '/v1/notify', body }) },
    {
      name: 'TypeScript',
      code: `import { PulseStack } from '@pulsestack/node';\n\nconst pulse = new PulseStack({\n  url: '${location.origin}',\n  key: '${key}',\n});\n\nawait pulse.notify({ to: '${user}', title: 'Hi', body: 'It works' });`,
    },
  ];
}

function SendOne({ user, apiKey }: { user: string; apiKey: string }) {
  const form = useSendForm(apiKey, user);
  return (
    <section aria-labelledby="by-form" className="border-t pt-6">
      <h2 id="by-form" className="text-14">
        Or send one from here
      </h2>
      <form onSubmit={form.submit} noValidate className="mt-3 flex flex-col gap-4">
        <TextField label="Title" maxLength={200} field={form.bind('title')} />
        <TextAreaField label="Text" isOptional rows={2} help="Markdown." field={form.bind('body')} />
        {form.problem && <Problem error={form.problem} />}
        <Button type="submit" look="primary" isBusy={form.isBusy} className="max-w-full self-start">
          <Send className="size-3.5 shrink-0" aria-hidden />
          <span className="truncate">Send to {user}</span>
        </Button>
      </form>
    </section>
  );
}

function OtherUser({ user }: { user: string }) {
  const form = useUserForm(user);
  return (
    <section aria-labelledby="other-user" className="border-t pt-6">
      <h2 id="other-user" className="text-14">
        Look at another user
      </h2>
      <form onSubmit={form.submit} noValidate className="mt-3 flex items-end gap-2">
        <TextField label="User id" isMono autoComplete="off" className="flex-1" field={form.bind('user')} />
        <Button type="submit" className={form.bind('user').error ? 'mb-6' : ''}>
          Show
        </Button>
      </form>
    </section>
  );
}
