export { FIGURES, type Figure, joinFigure } from './figures.ts';
export { writePrometheus } from './prometheus.ts';
