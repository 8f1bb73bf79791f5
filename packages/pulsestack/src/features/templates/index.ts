import { feature } from '../../kernel/feature.ts';
import { lookOperations } from './api/look.ts';
import { templateOperations } from './api/templates.ts';
import { tryRule } from './api/try-rule.ts';

export { invalid as invalidTemplate } from './compile.ts';
export { type ContentStep, compileStep } from './compile-step.ts';
export type { CompiledContent } from './contents.ts';
export { type CompiledTemplate, loadTemplates, renewTemplates } from './load.ts';
export { loadWords, type Words } from './own-words.ts';
export { htmlToPlainText } from './plain-text.ts';
export { readyMade } from './ready/index.ts';
export type { ReadyMade } from './ready/ready-made.ts';
export { type RenderRequest, render } from './render.ts';
export { loadSetting } from './setting.ts';
export { previewTemplate, publishTemplate, putTemplate } from './templates.ts';

/** What messages say: templates with versions, layouts, partials, translations and branding. */
export const templates = feature({
  name: 'templates',
  operations: [...templateOperations, ...lookOperations, tryRule],
});
