import type { FieldError, Step, Workflow, WorkflowDefinition } from '@pulsestack/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { ApiError } from '../../api/http.ts';
import { workflows } from '../../api/workflows.ts';
import { begin, change, type History, redo, undo } from './history.ts';
import { allPlaced, pointerOf } from './tree.ts';

const REST_MS = 600;

export type SaveState =
  | { is: 'saved' }
  | { is: 'changed' }
  | { is: 'saving' }
  /** The server does not take it as it is; the problems say why. */
  | { is: 'refused' }
  | { is: 'failed'; error: Error };

export interface Editor {
  workflow: Workflow;
  definition: WorkflowDefinition;
  isReadOnly: boolean;
  save: SaveState;
  problems: readonly FieldError[];
  /** `about` joins changes that are taken back together, such as the letters of one field. */
  change(definition: WorkflowDefinition, about?: string): void;
  undo: (() => void) | null;
  redo: (() => void) | null;
  retry(): void;
  /** Resolves once everything is with the server; false when it is not. */
  settle(): Promise<boolean>;
  /** A newer draft that somebody else has saved while there is unsaved work here. */
  theirs: Workflow | null;
  takeTheirs(): void;
  problemsOf(step: Step): readonly FieldError[];
}

/** The draft under the hands of its writer: every change can be taken back, and is saved when the hands rest. */
export function useEditor(workflow: Workflow, isReadOnly: boolean): Editor {
  const queryClient = useQueryClient();
  const { key } = workflow;
  const [history, setHistory] = useState<History<WorkflowDefinition>>(() => begin(workflow.draft));
  const [save, setSave] = useState<SaveState>({ is: 'saved' });
  const [complaints, setComplaints] = useState<readonly FieldError[] | null>(null);
  const [theirs, setTheirs] = useState<Workflow | null>(null);
  const latest = useRef(workflow.draft);
  const kept = useRef(workflow.draft);
  const keptComplaints = useRef<readonly FieldError[] | null>(null);
  const refused = useRef<WorkflowDefinition | null>(null);
  const seen = useRef({ at: workflow.updatedAt, hash: workflow.hash });
  const running = useRef<Promise<void> | null>(null);
  const { data: first } = useQuery({
    queryKey: ['workflows', 'problems', key],
    queryFn: () => workflows.validate(key, bodyOf(workflow.draft)),
    gcTime: 0,
  });

  function become(next: History<WorkflowDefinition>): void {
    latest.current = next.now;
    setHistory(next);
    if (next.now !== kept.current) return setSave({ is: 'changed' });
    // Taken back to what the server has.
    setSave({ is: 'saved' });
    setComplaints(keptComplaints.current);
  }

  function flush(): Promise<void> {
    running.current ??= send().finally(() => {
      running.current = null;
    });
    return running.current;
  }

  async function send(): Promise<void> {
    while (latest.current !== kept.current && latest.current !== refused.current) {
      const sending = latest.current;
      setSave({ is: 'saving' });
      try {
        const { problems, ...answer } = await workflows.put(key, bodyOf(sending));
        kept.current = sending;
        keptComplaints.current = problems;
        refused.current = null;
        seen.current = { at: answer.updatedAt, hash: answer.hash };
        setComplaints(problems);
        setSave(latest.current === sending ? { is: 'saved' } : { is: 'changed' });
        queryClient.setQueryData(['workflows', 'one', key], answer);
        void queryClient.invalidateQueries({ queryKey: ['workflows', 'list'] });
        void queryClient.invalidateQueries({ queryKey: ['workflows', 'diff', key] });
      } catch (error) {
        if (error instanceof ApiError && error.status === 400 && error.errors.length > 0) {
          refused.current = sending;
          setComplaints(error.errors);
          setSave({ is: 'refused' });
        } else {
          setSave({ is: 'failed', error: error instanceof Error ? error : new Error(String(error)) });
          return;
        }
      }
    }
  }

  const rest = useEffectEvent(() => void flush());
  useEffect(() => {
    if (isReadOnly || history.now === kept.current) return;
    const timer = setTimeout(() => rest(), REST_MS);
    return () => clearTimeout(timer);
  }, [history.now, isReadOnly]);

  // Whoever leaves the page leaves nothing behind; whoever closes the tab is asked.
  const leave = useEffectEvent(() => {
    if (!isReadOnly && latest.current !== kept.current) void flush();
  });
  const ask = useEffectEvent((event: BeforeUnloadEvent) => {
    if (!isReadOnly && latest.current !== kept.current) event.preventDefault();
  });
  useEffect(() => {
    const asked = (event: BeforeUnloadEvent) => ask(event);
    addEventListener('beforeunload', asked);
    return () => {
      removeEventListener('beforeunload', asked);
      leave();
    };
  }, []);

  // A draft that is newer than what was sent from here comes from somebody else, or from rolling back.
  const meet = useEffectEvent((found: Workflow) => {
    if (found.updatedAt <= seen.current.at || running.current) return;
    if (found.hash === seen.current.hash) seen.current.at = found.updatedAt;
    else if (latest.current === kept.current) adopt(found);
    else setTheirs(found);
  });
  useEffect(() => meet(workflow), [workflow]);

  function adopt(found: Workflow): void {
    seen.current = { at: found.updatedAt, hash: found.hash };
    kept.current = found.draft;
    refused.current = null;
    latest.current = found.draft;
    setHistory((now) => change(now, found.draft));
    keptComplaints.current = null;
    setComplaints(null);
    setTheirs(null);
    setSave({ is: 'saved' });
    void queryClient.invalidateQueries({ queryKey: ['workflows', 'problems', key] });
  }

  const problems = complaints ?? first?.problems ?? [];
  return {
    workflow,
    definition: history.now,
    isReadOnly,
    save,
    problems,
    change: (definition, about) => become(change(history, definition, about ?? null)),
    undo: history.past.length > 0 ? () => become(undo(history)) : null,
    redo: history.future.length > 0 ? () => become(redo(history)) : null,
    retry: () => void flush(),
    async settle() {
      await flush();
      return latest.current === kept.current;
    },
    theirs,
    takeTheirs: () => theirs && adopt(theirs),
    problemsOf: (step) => problemsAt(problems, history.now, step),
  };
}

/** Complaints about a step itself, and not about those inside of it. */
function problemsAt(problems: readonly FieldError[], definition: WorkflowDefinition, step: Step): FieldError[] {
  if (problems.length === 0) return [];
  const all = allPlaced(definition).map((one) => ({ id: one.step, pointer: pointerOf(one.place) }));
  const holder = (field: string) =>
    all
      .filter(({ pointer }) => field === pointer || field.startsWith(`${pointer}/`))
      .toSorted((a, b) => b.pointer.length - a.pointer.length)[0]?.id;
  return problems.filter(({ field }) => holder(field) === step);
}

function bodyOf({ key: _key, ...body }: WorkflowDefinition): Omit<WorkflowDefinition, 'key'> {
  return body;
}
