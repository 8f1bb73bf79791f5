import { Link, useNavigate } from '@tanstack/react-router';
import { Download, PencilLine } from 'lucide-react';
import type { ReadyMadeInside as Inside, ReadyMadeWorkflow } from '../../api/workflows.ts';
import { useCan } from '../../session/use-session.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Json } from '../../ui/json-field.tsx';
import { Notice, Problem } from '../../ui/notice.tsx';
import { BlockSkeleton, Failed } from '../../ui/states.tsx';
import { Frame } from '../messages/frame.tsx';
import { Canvas } from '../workflows/canvas.tsx';
import { useInside, useInstall, usePreviews } from './use-gallery.ts';

/** What a ready-made workflow does and says, before it is installed. */
export function ReadyMadeInside({ ready }: { ready: ReadyMadeWorkflow }) {
  const can = useCan();
  const navigate = useNavigate();
  const { data, error, refetch } = useInside(ready.key);
  const install = useInstall((key) => void navigate({ to: '/workflows/$key', params: { key } }));
  return (
    <section aria-labelledby="ready" className="flex min-w-0 flex-col gap-6">
      <div className="flex flex-wrap items-start gap-4">
        <div className="min-w-0 flex-1 basis-72">
          <h2 id="ready" className="text-20">
            {ready.name}
          </h2>
          <p className="mt-1 max-w-reading text-n11">{ready.description}</p>
        </div>
        {ready.installed ? (
          <Link to="/workflows/$key" params={{ key: ready.key }} className={buttonClass()}>
            <PencilLine className="size-3.5" aria-hidden />
            Open it
          </Link>
        ) : (
          can('workflows.publish') && (
            <Button look="primary" isBusy={install.isPending} onClick={() => install.mutate(ready.key)}>
              <Download className="size-3.5" aria-hidden />
              Install
            </Button>
          )
        )}
      </div>
      {install.error && <Problem error={install.error} />}
      {error ? (
        <Failed error={error} what="What is in it" retry={() => void refetch()} />
      ) : data ? (
        <Shown inside={data} />
      ) : (
        <BlockSkeleton lines={8} />
      )}
    </section>
  );
}

function Shown({ inside }: { inside: Inside }) {
  const can = useCan();
  const previews = usePreviews(inside);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-x-10 gap-y-8 xl:grid-cols-2">
      <div className="flex min-w-0 flex-col gap-8">
        <section aria-label="Steps">
          <h3 className="mb-3 text-13">What happens</h3>
          <Canvas
            editor={{
              definition: inside.workflow,
              isReadOnly: true,
              change() {},
              problemsOf: () => [],
              undo: null,
              redo: null,
            }}
          />
        </section>
        <section aria-label="Payload">
          <h3 className="mb-3 text-13">What its event carries</h3>
          <Json value={inside.sample} label="Sample of the payload" />
        </section>
      </div>
      {can('templates.read') && (
        <section aria-label="Messages" className="flex min-w-0 flex-col gap-6">
          <h3 className="-mb-3 text-13">What people get, in your branding</h3>
          {previews.map(({ key, name, content, error, isLoading }) => (
            <figure key={key} className="flex min-w-0 flex-col gap-2">
              <figcaption className="text-12 text-n10">{name}</figcaption>
              {error ? (
                <Notice tone="warning">{error}</Notice>
              ) : isLoading ? (
                <BlockSkeleton lines={4} />
              ) : (
                <Frame message={{ content, to: 'ada@example.com' }} />
              )}
            </figure>
          ))}
        </section>
      )}
    </div>
  );
}
