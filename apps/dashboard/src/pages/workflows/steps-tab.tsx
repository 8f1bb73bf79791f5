import { useMediaQuery } from '@base-ui/react/unstable-use-media-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Redo2, Settings2, Undo2 } from 'lucide-react';
import { useRef } from 'react';
import { Button, IconButton } from '../../ui/button.tsx';
import { Panel } from '../../ui/dialog.tsx';
import { Segments } from '../../ui/segments.tsx';
import { Canvas } from './canvas.tsx';
import { JsonView } from './json-view.tsx';
import { KINDS, titleOf } from './kinds.ts';
import { SaveNote } from './save-note.tsx';
import { StepForm } from './step-form.tsx';
import { findPlaced } from './tree.ts';
import type { Editor } from './use-editor.ts';
import { WorkflowForm } from './workflow-form.tsx';

const route = getRouteApi('/inside/workflows/$key');
const ABOUT = '.about';

/** The canvas and the form of what is chosen on it: beside it where there is room, over it where there is none. */
export function StepsTab({ editor }: { editor: Editor }) {
  const { step: chosen, view } = route.useSearch();
  const { key } = route.useParams();
  const navigate = useNavigate();
  const isWide = useMediaQuery('(min-width: 1024px)', { defaultMatches: true });
  const form = useRef<HTMLDivElement>(null);
  const placed = findPlaced(editor.definition, chosen);
  const go = (search: { tab?: string; step?: string; view?: string }, replace = true) =>
    void navigate({ to: '/workflows/$key', params: { key }, search, replace, resetScroll: false });
  const choose = (id: string | undefined) => go(id === undefined ? {} : { step: id });
  const enter = (id: string) => {
    choose(id);
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('input, textarea, button')?.focus());
  };
  const leave = () => {
    document.querySelector<HTMLElement>(`[data-step="${CSS.escape(chosen ?? '')}"]`)?.focus();
  };
  const shownForm = placed ? (
    <StepForm key={placed.step.id} editor={editor} step={placed.step} onRenamed={(id) => go({ step: id })} />
  ) : (
    <WorkflowForm editor={editor} />
  );
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-2">
        <Segments<'canvas' | 'json'>
          label="View"
          segments={[
            { value: 'canvas', label: 'Canvas' },
            { value: 'json', label: 'JSON' },
          ]}
          value={view === 'json' ? 'json' : 'canvas'}
          onChange={(next) => go(next === 'json' ? { view: 'json' } : {})}
        />
        {!editor.isReadOnly && (
          <>
            <IconButton label="Undo" disabled={!editor.undo} onClick={() => editor.undo?.()}>
              <Undo2 className="size-4" aria-hidden />
            </IconButton>
            <IconButton label="Redo" disabled={!editor.redo} onClick={() => editor.redo?.()}>
              <Redo2 className="size-4" aria-hidden />
            </IconButton>
          </>
        )}
        {(!isWide || placed) && view !== 'json' && (
          <Button look="ghost" onClick={() => choose(isWide ? undefined : ABOUT)}>
            <Settings2 className="size-3.5" aria-hidden />
            About
          </Button>
        )}
        <span className="ml-auto">
          <SaveNote editor={editor} />
        </span>
      </div>
      {view === 'json' ? (
        <JsonView editor={editor} />
      ) : (
        <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-x-10 gap-y-6 lg:grid-cols-[minmax(0,1fr)_320px] lg:gap-x-6 xl:grid-cols-[minmax(0,1fr)_400px] xl:gap-x-10">
          <Canvas
            editor={editor}
            chosen={placed?.step.id}
            onChoose={choose}
            onEnter={enter}
            onTrigger={() => go({ tab: 'trigger' }, false)}
          />
          {isWide ? (
            <div
              ref={form}
              role="presentation"
              onKeyDown={(event) => {
                if (event.key === 'Escape' && !event.defaultPrevented) leave();
              }}
              className="sticky top-17 max-h-[calc(100dvh-88px)] overflow-y-auto rounded-card border bg-n1 p-5"
            >
              {shownForm}
            </div>
          ) : (
            <Panel
              isOpen={placed !== undefined || chosen === ABOUT}
              onClose={() => choose(undefined)}
              title={placed ? titleOf(placed.step) : 'About this workflow'}
              {...(placed ? { description: `${KINDS[placed.step.type].does}.` } : {})}
            >
              <div ref={form}>{shownForm}</div>
            </Panel>
          )}
        </div>
      )}
    </div>
  );
}
