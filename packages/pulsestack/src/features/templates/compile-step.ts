import type { Step } from '@pulsestack/core';
import type { Runtime } from '../../kernel/runtime.ts';
import { type AnyContent, compileContent, invalid } from './compile.ts';
import type { CompiledContent, Json } from './contents.ts';

/** Steps whose content is compiled. */
export type ContentStep = Extract<
  Step,
  { type: 'in_app' | 'email' | 'sms' | 'whatsapp' | 'chat' | 'push' | 'webhook' }
>;

/**
 * Checks and prepares the content a step of a workflow brings itself. What is wrong is thrown as `template.invalid` with the
 * field at fault, relative to the step. A step that names a template instead brings nothing to compile.
 */
export function compileStep(runtime: Pick<Runtime, 'templates'>, step: ContentStep): CompiledContent {
  const { content, findings } = compileContent(runtime, contentOfStep(step));
  const errors = findings.filter((finding) => finding.level === 'error');
  if (errors.length > 0) throw invalid(errors, step.id);
  return content;
}

function contentOfStep(step: ContentStep): AnyContent {
  const need = (field: string, value: string | undefined): string => {
    if (value !== undefined && value.trim() !== '') return value;
    throw invalid(
      [{ level: 'error', code: 'content.missing', message: 'write it here, or name a template', field, line: null }],
      step.id,
    );
  };
  switch (step.type) {
    case 'email':
      return {
        channel: 'email',
        subject: need('subject', step.subject),
        body: { format: 'markdown', markdown: need('body', step.body) },
        preheader: step.preheader,
        from: step.from,
        replyTo: step.replyTo,
        layout: step.layout,
        attachments: step.attachments,
      };
    case 'in_app': {
      const { title, body, icon, image, link, actions, data, collapseKey } = step;
      return {
        channel: 'in_app',
        title: need('title', title),
        body: body ?? '',
        icon,
        image,
        link,
        actions,
        data,
        collapseKey,
      };
    }
    case 'push': {
      const { title, body, link, image, data } = step;
      return { channel: 'push', title: need('title', title), body: body ?? '', link, image, data };
    }
    case 'webhook':
      return { channel: 'webhook', body: step.body as Json | undefined };
    default:
      return { channel: step.type, body: need('body', step.body) };
  }
}
