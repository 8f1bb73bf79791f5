import { TemplateContent, WorkflowDefinition } from '@pulsestack/core';
import { parse } from 'parse5';
import { afterAll, describe, expect, it } from 'vitest';
import { createLiquidEngine } from '../../../adapters/liquid/index.ts';
import type { Runtime } from '../../../kernel/runtime.ts';
import { systemClock } from '../../../ports/clock.ts';
import { compileContent } from '../compile.ts';
import { lint } from '../lint.ts';
import { previewContent } from '../preview.ts';
import { plainSetting } from '../render.ts';
import { toBranding } from '../setting.ts';
import { readyMade } from './index.ts';

// No database and no server: what is rendered here is the same as there.
const runtime = { templates: createLiquidEngine({ threads: 1 }), db: {}, clock: systemClock } as unknown as Runtime;
afterAll(() => runtime.templates.close());
const setting = plainSetting(toBranding({ address: 'Ring 1, Wien' }, 'Acme'));
const hourly = (payloads: object[]) =>
  payloads.map((payload, i) => ({ id: `evt_${i}`, at: `2026-11-1${i}T10:00:00Z`, payload }));

describe.each(readyMade.map((ready) => [ready.key, ready] as const))('%s, ready made', (_key, ready) => {
  const events = hourly(ready.sampleEvents ?? [ready.sample]);
  const data = { payload: ready.sample, events, digest: { count: events.length } } as never;

  it('is a workflow whose steps name its own templates', () => {
    const workflow = WorkflowDefinition.parse(ready.workflow);
    const named =
      JSON.stringify(workflow)
        .match(/"template":"[^"]+"/g)
        ?.map((one) => one.slice(12, -1)) ?? [];
    expect(named.sort()).toEqual(ready.templates.map((template) => template.key).sort());
  });

  it.each(ready.templates.map((template) => [template.key, template] as const))(
    '%s says it in English and German, with nothing missing and nothing to mend',
    async (_key, template) => {
      const content = TemplateContent.parse(template.content);
      const { content: compiled, findings } = compileContent(runtime, content);
      expect([...findings, ...lint(content, compiled, setting)]).toEqual([]);
      const preview = await previewContent(runtime, { content, compiled, findings }, setting, {
        data,
        locales: ['en', 'de', 'ar'],
        timeZone: 'Europe/Vienna',
      });
      expect(preview.missing).toEqual([]);
      expect(preview.items.map((item) => item.error)).toEqual([null, null, null]);
      const isTranslated = JSON.stringify(template.content).includes('"de":');
      const [en, de] = preview.items.map((item) => item.content);
      for (const item of preview.items) {
        const said = JSON.stringify(item.content);
        expect(said).not.toMatch(/\{\{|\{%|@@|zLq|undefined|\[object|plural,/);
        if (item.content?.channel !== 'email') continue;
        expect(item.content.subject).toMatch(/\S/);
        // Nobody translated it into Arabic: then all of it is English, footer and direction included.
        if (item.locale === 'ar')
          expect([item.dir, item.content.text.includes('Unsubscribe')]).toEqual(
            isTranslated ? ['ltr', true] : ['rtl', false],
          );
        expect(item.content.text.length).toBeGreaterThan(40);
        const errors: string[] = [];
        parse(item.content.html, { onParseError: (error) => errors.push(error.code) });
        expect(errors).toEqual([]);
      }
      expect(JSON.stringify(en) === JSON.stringify(de)).toBe(!isTranslated);
    },
  );
});
