export { FIGURES, type Figure, joinFigure } from './figures.ts';
export { type ObservingMeter, observeWith } from './open-telemetry.ts';
export { writePrometheus } from './prometheus.ts';
