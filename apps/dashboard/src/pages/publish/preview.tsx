import { Users } from 'lucide-react';
import type { Preview as Answer } from '../../api/publishing.ts';
import { Problem } from '../../ui/notice.tsx';
import { InboxFrame, type Shown } from '../notifications/inbox-frame.tsx';
import type { Composed } from './draft.ts';

interface PreviewProps {
  composed: Composed;
  preview: { data: Answer | undefined; error: Error | null };
  recipients: string | null;
}

/** What it will look like at the right of what is written, kept while the next answer is on its way. */
export function Preview({ composed, preview, recipients }: PreviewProps) {
  const shown: Shown = {
    icon: null,
    actor: { name: null },
    title: composed.title.trim(),
    bodyHtml: preview.data && composed.body.trim() !== '' ? preview.data.item.bodyHtml : '',
    image: composed.image === '' ? null : composed.image,
    link: composed.link === '' ? null : composed.link,
    category: composed.category === '' ? 'general' : composed.category,
    priority: composed.priority,
    actions: composed.actions
      .filter((action) => action.label.trim() !== '')
      .map((action, index) => ({ id: String(index), label: action.label, style: action.style })),
  };
  return (
    <aside aria-label="Preview" className="flex min-w-0 flex-col gap-4 lg:sticky lg:top-[76px] lg:self-start">
      <InboxFrame item={shown} />
      <p className="flex items-center justify-center gap-2 text-n11" role="status">
        <Users className="size-4 text-n10" aria-hidden />
        {recipients === null ? 'Choose who gets it' : `Goes to ${recipients}`}
      </p>
      {preview.error && <Problem error={preview.error} />}
    </aside>
  );
}

const count = new Intl.NumberFormat('en');

/** How many get it, as a phrase; null while nobody is chosen. */
export function recipientsText(composed: Composed, counted: number | undefined): string | null {
  const named = composed.audience === 'people' ? composed.users.length : undefined;
  const isOpen = named === 0 || (composed.audience === 'topic' && composed.topic === '');
  const number = named ?? counted;
  if (isOpen) return null;
  if (number === undefined) return composed.audience === 'everyone' ? 'everyone' : 'the subscribers of the topic';
  return `${count.format(number)} ${number === 1 ? 'person' : 'people'}`;
}
