import { Liquid } from 'liquidjs';
import { createLiquidEngine } from '../packages/pulsestack/src/adapters/liquid/index.ts';
import {
  compileStep,
  type RenderRequest,
  render as renderMails,
} from '../packages/pulsestack/src/features/templates/index.ts';
import { plainSetting } from '../packages/pulsestack/src/features/templates/render.ts';
import type { Runtime } from '../packages/pulsestack/src/kernel/runtime.ts';
import { systemClock } from '../packages/pulsestack/src/ports/clock.ts';
import type { Program, TemplateEngine } from '../packages/pulsestack/src/ports/template-engine.ts';
import { median, report, round } from './machine.ts';

const MARKDOWN = `# Hello {{ user.name | default: "there" }}

Your order **{{ payload.order.id }}** left our warehouse on {{ payload.order.shippedAt | date: "long" }}.

{% for item in payload.items %}
- {{ item.name }}, {{ item.count }} × {{ item.price | currency: "EUR" }}
{% endfor %}

{% if payload.order.note %}
> {{ payload.order.note }}
{% endif %}

[Follow your parcel](https://shop.example/track/{{ payload.order.id }}?user={{ user.id }})

Together {{ payload.total | currency: "EUR" }}. It arrives {{ payload.order.arrival | date: "full" }}.`;

/**
 * Personalised e-mails: subject, preheader, HTML in the built-in layout and plain text, rendered for different people by the
 * threads of the product. CPU of all threads counts. Beside it the bare engine with the same sources in this thread, which
 * escapes by one rule everywhere, cannot be stopped, and carries nothing to anybody.
 */
export async function render(options: { mails: number; rounds: number }): Promise<void> {
  const engine = createLiquidEngine();
  let seen: Program | undefined;
  const watched: TemplateEngine = {
    ...engine,
    render(program, inputs) {
      seen = program;
      return engine.render(program, inputs);
    },
  };
  const runtime = { templates: watched, db: {}, clock: systemClock } as unknown as Runtime;
  const content = compileStep(runtime, {
    id: 'mail',
    type: 'email',
    subject: '{{ user.name }}, your order {{ payload.order.id }} is on its way',
    preheader: 'It arrives {{ payload.order.arrival | date: "long" }}',
    body: MARKDOWN,
  });
  const setting = plainSetting({
    name: 'Shop',
    logo: null,
    logoDark: null,
    website: 'https://shop.example',
    colour: '#4f46e5',
    footer: 'You ordered at Shop.',
    address: 'Ring 1, 1010 Wien',
    locale: 'en',
  });
  const requests = (from: number, count: number): RenderRequest[] =>
    Array.from({ length: count }, (_, i) => ({
      content,
      data: dataOf(from + i),
      locale: 'en',
      timeZone: 'Europe/Vienna',
      setting,
    }));

  const [sample] = await renderMails(runtime, requests(0, 2000));
  if (!sample?.ok || sample.content.channel !== 'email' || !seen)
    throw new Error(`nothing was rendered: ${JSON.stringify(sample)}`);
  const bytes = Buffer.byteLength(sample.content.html) + Buffer.byteLength(sample.content.text);
  const peer = bareEngine(seen);
  const results = { ours: [] as number[], peer: [] as number[], elapsed: [] as number[], rss: [] as number[] };
  for (let i = 0; i < options.rounds; i++) {
    const begun = performance.now();
    const ours = await cpuSecondsOf(async () => {
      for (let at = 0; at < options.mails; at += 1000) await renderMails(runtime, requests(at, 1000));
    });
    results.elapsed.push(options.mails / ((performance.now() - begun) / 1000));
    results.ours.push(options.mails / ours);
    const bare = await cpuSecondsOf(async () => {
      for (let at = 0; at < options.mails; at++) peer(dataOf(at));
    });
    results.peer.push(options.mails / bare);
    results.rss.push(process.memoryUsage().rss / 1024 ** 2);
  }
  await engine.close();
  report('render', {
    mails: options.mails,
    bytesEach: bytes,
    perCoreSecond: Math.round(median(results.ours)),
    perSecond: Math.round(median(results.elapsed)),
    bareLiquidPerCoreSecond: Math.round(median(results.peer)),
    ratioToBareLiquid: round(median(results.ours) / median(results.peer)),
    rssMiB: results.rss.map((one) => Math.round(one)),
    bars: { perCoreSecond: 10_000 },
  });
}

function dataOf(i: number): object {
  return {
    user: { id: `u${i}`, name: `Ada <${i}>` },
    payload: {
      order: {
        id: 1000 + i,
        shippedAt: '2026-11-20T08:00:00Z',
        arrival: '2026-11-23T08:00:00Z',
        note: i % 2 ? 'Ring twice' : null,
      },
      items: [
        { name: 'Pen & paper', count: 2, price: 4.5 },
        { name: 'Lamp', count: 1, price: 39 },
      ],
      total: 48 + (i % 10),
    },
  };
}

/** The same sources in the engine alone. Its own `date` and the like do less than ours, which is in its favour. */
function bareEngine(program: Program): (data: object) => number {
  const liquid = new Liquid();
  liquid.registerFilter('currency', (value) => `€${Number(value).toFixed(2)}`);
  liquid.registerFilter('date', (value) => String(value).slice(0, 10));
  const escaping = new Liquid({ outputEscape: 'escape' });
  for (const [name, filter] of Object.entries(liquid.filters)) escaping.filters[name] = filter;
  const parts = Object.values(program.parts).map(({ kind, source }) => {
    const engine = kind === 'html' ? escaping : liquid;
    return { engine, template: engine.parse(source) };
  });
  return (data) =>
    parts.reduce((size, { engine, template }) => size + String(engine.renderSync(template, data)).length, 0);
}

async function cpuSecondsOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
