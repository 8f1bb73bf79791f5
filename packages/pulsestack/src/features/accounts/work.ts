import type { Runtime } from '../../kernel/runtime.ts';
import type { Transaction } from '../../kernel/tenancy.ts';

/** A running product with a transaction: what every step of a change needs. A context is one. */
export type Work = Runtime & { tx: Transaction };
