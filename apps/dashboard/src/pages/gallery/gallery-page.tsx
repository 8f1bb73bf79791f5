import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { Check, FilePlus2, LayoutTemplate } from 'lucide-react';
import { useState } from 'react';
import type { ReadyMadeWorkflow } from '../../api/workflows.ts';
import { Needs } from '../../session/needs.tsx';
import { useCan } from '../../session/use-session.ts';
import { Back } from '../../shell/back.tsx';
import { Page } from '../../shell/page.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Problem } from '../../ui/notice.tsx';
import { BlockSkeleton, Failed } from '../../ui/states.tsx';
import { KEY, KEY_HELP, useNewWorkflow } from '../workflows/use-workflows.ts';
import { ReadyMadeInside } from './inside.tsx';
import { useReadyMade } from './use-gallery.ts';

const route = getRouteApi('/inside/workflows/new');

/** Where a workflow begins: ready-made with its templates, or blank. */
export function GalleryPage() {
  const can = useCan();
  const [isBlank, setBlank] = useState(false);
  return (
    <Page
      title="New workflow"
      before={<Back to="/workflows" label="Back to workflows" />}
      action={
        can('workflows.write') ? (
          <Button onClick={() => setBlank(true)}>
            <FilePlus2 className="size-3.5" aria-hidden />
            Begin blank
          </Button>
        ) : undefined
      }
    >
      <Needs permission="workflows.read" to="see workflows">
        <Gallery />
      </Needs>
      {isBlank && <BlankDialog onClose={() => setBlank(false)} />}
    </Page>
  );
}

function Gallery() {
  const { ready } = route.useSearch();
  const { data, error, refetch } = useReadyMade();
  if (error) return <Failed error={error} what="The gallery" retry={() => void refetch()} />;
  if (!data) return <BlockSkeleton lines={8} />;
  const chosen = data.items.find((one) => one.key === ready) ?? data.items[0];
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-x-10 gap-y-6 lg:grid-cols-[minmax(260px,340px)_minmax(0,1fr)]">
      <nav aria-label="Ready-made workflows" className="min-w-0">
        <ul className="flex flex-col gap-1.5 max-lg:-mx-4 max-lg:flex-row max-lg:overflow-x-auto max-lg:px-4 max-lg:pb-2">
          {data.items.map((one) => (
            <li key={one.key} className="min-w-0 max-lg:w-56 max-lg:shrink-0">
              <Choice ready={one} isChosen={one === chosen} />
            </li>
          ))}
        </ul>
      </nav>
      {chosen && <ReadyMadeInside key={chosen.key} ready={chosen} />}
    </div>
  );
}

function Choice({ ready, isChosen }: { ready: ReadyMadeWorkflow; isChosen: boolean }) {
  return (
    <Link
      to="/workflows/new"
      search={{ ready: ready.key }}
      replace
      resetScroll={false}
      aria-current={isChosen ? 'true' : undefined}
      className="flex h-full flex-col gap-1 rounded-card border px-3 py-2.5 hover:border-n8 aria-[current]:border-accent"
    >
      <span className="flex items-center gap-2">
        <LayoutTemplate className="size-3.5 shrink-0 text-n10" aria-hidden />
        <span className="min-w-0 flex-1 truncate font-medium">{ready.name}</span>
        {ready.installed && (
          <Badge tone="success">
            <Check className="size-3" aria-hidden />
            Installed
          </Badge>
        )}
      </span>
      <span className="line-clamp-2 text-12 text-n11">{ready.description}</span>
    </Link>
  );
}

function BlankDialog({ onClose }: { onClose(): void }) {
  const navigate = useNavigate();
  const form = useNewWorkflow((key) => void navigate({ to: '/workflows/$key', params: { key } }));
  const name = form.bind('name');
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="A blank workflow"
      onSubmit={form.submit}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" isBusy={form.isBusy}>
            Create draft
          </Button>
        </>
      }
    >
      <TextField
        label="Name"
        autoComplete="off"
        maxLength={120}
        placeholder="Order shipped"
        field={{
          ...name,
          change(next) {
            // The key follows the name until it is written itself.
            if (form.values.key === keyOf(form.values.name)) form.set('key', keyOf(next));
            name.change(next);
          },
        }}
      />
      <TextField
        label="Key"
        isMono
        autoComplete="off"
        maxLength={64}
        help={KEY.test(form.values.key) ? 'The API calls it by this; it never changes.' : KEY_HELP}
        field={form.bind('key')}
      />
      <TextField
        label="Starts with the event"
        isOptional
        isMono
        autoComplete="off"
        placeholder="order.shipped"
        field={form.bind('event')}
      />
      {form.problem && <Problem error={form.problem} />}
    </Dialog>
  );
}

function keyOf(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 64);
}
