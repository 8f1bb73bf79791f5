/** Numbers about the running process. Names are given without prefix; implementations add `pulsestack_`. */
export interface Telemetry {
  counter(name: string, help: string, labels?: readonly string[]): Counter;
  gauge(name: string, help: string, read: () => number): void;
  /** Figures that are kept elsewhere and read when asked; those of a counter must never go back. */
  read(kind: 'counter' | 'gauge', name: string, help: string, labels: readonly string[], read: () => Reading[]): void;
  /** Buckets are in seconds. */
  histogram(name: string, help: string, labels?: readonly string[], buckets?: readonly number[]): Histogram;
  /** The exposition text of Prometheus. */
  expose(): Promise<{ contentType: string; body: string }>;
  /** Everything that is exposed, under the same names, for whoever sends it elsewhere. */
  collect(): Promise<readonly Figure[]>;
}

export interface Reading {
  labels?: Record<string, string>;
  value: number;
}

export interface Counter {
  add(amount: number, labels?: Record<string, string>): void;
}

export interface Histogram {
  observe(seconds: number, labels?: Record<string, string>): void;
}

/** One name with all its values at this moment. */
export type Figure = { name: string; help: string } & (
  | { kind: 'counter' | 'gauge'; readings: readonly Reading[] }
  | { kind: 'histogram'; readings: readonly Distribution[] }
);

export interface Distribution {
  labels: Record<string, string>;
  /** The upper ends of the buckets, ascending; values above the last are in a bucket of their own. */
  bounds: readonly number[];
  /** How many values are in each bucket: one more than there are bounds. */
  counts: readonly number[];
  sum: number;
  count: number;
}

/** Sends figures to a collector in the background. A collector that is away is tried again and costs nothing else. */
export interface FigureExport {
  /** Sends what there is a last time, within seconds, and ends. */
  close(): Promise<void>;
}
