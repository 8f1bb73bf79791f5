import type { Hub } from '../contract.ts';
import { FIGURES, joinFigure } from './figures.ts';

/**
 * The figures of hubs as text that Prometheus reads:
 *
 * ```ts
 * app.get('/metrics', (_request, response) => response.type('text/plain').send(writePrometheus([stream.hub])));
 * ```
 */
export function writePrometheus(hubs: Iterable<Hub>, prefix = 'pushstream_'): string {
  const all = [...hubs].map((hub) => hub.stats());
  let text = '';
  for (const figure of FIGURES) {
    const name = prefix + figure.name;
    text += `# HELP ${name} ${figure.help}\n# TYPE ${name} ${figure.kind}\n`;
    for (const [key, value] of joinFigure(figure, all)) {
      text += `${name}${figure.label === null ? '' : `{${figure.label}="${key}"}`} ${value}\n`;
    }
  }
  return text;
}
