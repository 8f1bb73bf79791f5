import type { WorkflowDefinition } from '@pulsestack/core';
import { useState } from 'react';
import { Copy } from '../../ui/copy.tsx';
import { controlClass } from '../../ui/field.tsx';
import { parsed, pretty } from '../../ui/json.ts';
import { Notice } from '../../ui/notice.tsx';
import type { Editor } from './use-editor.ts';

/** The same workflow as it is sent to the API. What is no workflow yet stays here and is not saved. */
export function JsonView({ editor }: { editor: Editor }) {
  const { key, ...body } = editor.definition;
  const [text, setText] = useState<string | null>(null);
  const shown = text ?? pretty(body);
  const problem = complaintOf(shown);
  return (
    <div className="flex flex-col gap-3">
      <div className="relative">
        <textarea
          aria-label={`${key} as JSON`}
          value={shown}
          readOnly={editor.isReadOnly}
          spellCheck={false}
          aria-invalid={problem ? true : undefined}
          onChange={(event) => {
            setText(event.target.value);
            if (complaintOf(event.target.value)) return;
            const read = parsed(event.target.value).value as WorkflowDefinition;
            editor.change({ ...read, key }, 'json');
          }}
          onBlur={() => problem === undefined && setText(null)}
          className={`${controlClass} field-sizing-content min-h-[60dvh] py-3 font-mono text-12 leading-relaxed`}
        />
        <span className="absolute top-2 right-2">
          <Copy text={shown} label="Copy JSON" />
        </span>
      </div>
      {problem && <Notice tone="danger">{problem}</Notice>}
      {!problem &&
        editor.problems.map(({ field, message }) => (
          <Notice key={`${field} ${message}`} tone="danger">
            <code>{field}</code> {message}
          </Notice>
        ))}
    </div>
  );
}

/** What would keep the page from drawing it; everything else the server tells. */
function complaintOf(text: string): string | undefined {
  const { value, error } = parsed(text);
  if (error !== undefined) return `This is no JSON yet: ${error}`;
  const { name, trigger, tags, steps } = (value ?? {}) as Record<string, unknown>;
  if (typeof name !== 'string') return 'A workflow has a "name".';
  if (typeof trigger !== 'object' || trigger === null)
    return 'A workflow has a "trigger"; { } when it is called by its key.';
  if (!Array.isArray(tags)) return 'A workflow has "tags"; [ ] when there are none.';
  return problemOfSteps(steps, '/steps');
}

const LISTS: Record<string, readonly [string, string]> = {
  branch: ['branches', 'steps'],
  wait: ['events', 'steps'],
  split: ['arms', 'steps'],
};

function problemOfSteps(steps: unknown, at: string): string | undefined {
  if (!Array.isArray(steps)) return `${at} must be a list of steps.`;
  for (const [i, step] of (steps as unknown[]).entries()) {
    const { id, type, ...rest } = (step ?? {}) as Record<string, unknown>;
    if (typeof id !== 'string' || typeof type !== 'string') return `${at}/${i} needs an "id" and a "type".`;
    const [lanes, list] = LISTS[type] ?? [];
    if (type === 'loop' && !Array.isArray(rest.steps)) return `${at}/${i} needs "steps".`;
    if (lanes && !Array.isArray(rest[lanes])) return `${at}/${i} needs "${lanes}".`;
    if (lanes && list)
      for (const [j, lane] of (rest[lanes] as Record<string, unknown>[]).entries()) {
        const inner = lane?.[list];
        const problem = problemOfSteps(inner ?? (type === 'wait' ? [] : inner), `${at}/${i}/${lanes}/${j}/${list}`);
        if (problem) return problem;
      }
  }
  return undefined;
}
