import { getRouteApi, Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { Mail } from 'lucide-react';
import { Page } from '../../shell/page.tsx';
import { Empty, Failed, RowSkeletons } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { linkClass } from '../account/frame.tsx';
import { partsOf, type ShownMail, useMailbox } from './use-mailbox.ts';

const route = getRouteApi('/inside/mailbox');

export function MailboxPage() {
  const { mail } = route.useSearch();
  const { data, error, isPending, refetch } = useMailbox();
  const open = data?.find((one) => one.id === mail) ?? (mail === undefined ? data?.[0] : undefined);
  return (
    <Page title="Mailbox" width="medium">
      {error ? (
        <Failed error={error} what="The mailbox" retry={() => void refetch()} />
      ) : isPending ? (
        <RowSkeletons rows={5} />
      ) : data.length === 0 ? (
        <Empty icon={Mail} title="No mails yet">
          In development, mails of the product are caught here instead of being sent: invitations, confirmations, new
          passwords.
        </Empty>
      ) : (
        <div className="grid overflow-hidden rounded-card border md:min-h-[480px] md:grid-cols-[300px_minmax(0,1fr)]">
          <ul className="max-h-[70dvh] overflow-y-auto border-b md:border-r md:border-b-0">
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
                    <span className="truncate font-medium">{one.subject}</span>
                    <span className="text-12 text-n10">
                      <Time at={one.at} />
                    </span>
                  </span>
                  <span className="block truncate text-n11">{one.to}</span>
                </Link>
              </li>
            ))}
          </ul>
          {open && <Letter mail={open} />}
        </div>
      )}
    </Page>
  );
}

function Letter({ mail }: { mail: ShownMail }) {
  return (
    <article className="min-w-0 p-6">
      <h2 className="text-16">{mail.subject}</h2>
      <p className="mt-1 text-n10">
        To {mail.to} · <Time at={mail.at} isExact />
      </p>
      <div className="mt-5 max-w-reading border-t pt-5 text-14 whitespace-pre-wrap">
        {partsOf(mail.text).map((part, index) =>
          part.href ? (
            <a key={index} href={part.href} className={`${linkClass} break-all`}>
              {part.text}
            </a>
          ) : (
            part.text
          ),
        )}
      </div>
    </article>
  );
}
