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
