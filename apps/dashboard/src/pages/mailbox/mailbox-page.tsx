import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { Mail, Trash2 } from 'lucide-react';
import { Page } from '../../shell/page.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty, Failed, RowSkeletons } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { Letter } from './letter.tsx';
import { useMail, useMailbox, useMailboxChanges } from './use-mailbox.ts';

const route = getRouteApi('/inside/mailbox');

export function MailboxPage() {
  const { mail } = route.useSearch();
  const { data, error, isPending, refetch } = useMailbox();
  const open = data?.find((one) => one.id === mail) ?? data?.[0];
  const shown = useMail(open?.id);
  const { remove, clear } = useMailboxChanges();
  const navigate = useNavigate();
  return (
    <Page
      title="Mailbox"
      width="medium"
      action={
        data && data.length > 0 ? (
          <Button onClick={() => clear.mutate()} isBusy={clear.isPending}>
            <Trash2 className="size-3.5" aria-hidden />
            Delete all
          </Button>
        ) : undefined
      }
    >
      {error ? (
        <Failed error={error} what="The mailbox" retry={() => void refetch()} />
      ) : isPending ? (
        <RowSkeletons rows={5} />
      ) : data.length === 0 ? (
        <Empty icon={Mail} title="No mails yet">
          In development every mail is caught here instead of being sent: those of your workflows, and invitations,
          confirmations and new passwords. Your own application may mail here, too, by SMTP to port 4025.
        </Empty>
      ) : (
        <div className="grid overflow-hidden rounded-card border md:min-h-[480px] md:grid-cols-[300px_minmax(0,1fr)]">
          <ul className="max-h-[40dvh] overflow-y-auto border-b md:max-h-none md:border-r md:border-b-0">
            {data.map((one) => (
              <li key={one.id} className="border-b last:border-b-0">
                <Link
                  to="/mailbox"
                  search={{ mail: one.id }}
                  replace
                  aria-current={one.id === open?.id ? 'true' : undefined}
                  className={clsx('block px-4 py-2.5 -outline-offset-2', one.id === open?.id ? 'bg-n4' : 'hover:bg-n2')}
                >
                  <span className="flex items-baseline justify-between gap-3">
                    <span className="truncate font-medium">{one.subject || 'No subject'}</span>
                    <span className="text-12 text-n10">
                      <Time at={one.at} />
                    </span>
                  </span>
                  <span className="block truncate text-n11">{one.to}</span>
                </Link>
              </li>
            ))}
          </ul>
          {shown.data ? (
            <Letter
              mail={shown.data}
              onRemove={() => {
                remove.mutate(shown.data.id);
                void navigate({ to: '/mailbox', search: {}, replace: true });
              }}
            />
          ) : (
            <div />
          )}
        </div>
      )}
    </Page>
  );
}
