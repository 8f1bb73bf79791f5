import type { Runtime } from '../../kernel/runtime.ts';

/** Tells the sender of this process that something is due. */
export function wakeSender(_runtime: Runtime): void {}
