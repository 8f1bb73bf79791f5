import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** CPU time the threads of a process have had, in microseconds. The scheduler counts it in nanoseconds, `stat` in hundredths of a second. */
export function cpuMicrosOf(pid: number): number {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]);
  }
  return nanoseconds / 1_000;
}

/** The kernel's share of the CPU time between two readings, from 0 to 1. Ticks are hundredths of a second: for long spans only. */
export function kernelShareOf(before: ModeTicks, after: ModeTicks): number {
  const kernel = after.kernel - before.kernel;
  const all = kernel + after.own - before.own;
  return all === 0 ? 0 : kernel / all;
}

/** CPU time of a process in its own code and in the kernel, in ticks of the scheduler. */
export interface ModeTicks {
  own: number;
  kernel: number;
}

export function modeTicksOf(pid: number): ModeTicks {
  // The name of the command may hold blanks and stands in brackets.
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
  return { own: Number(fields[11]), kernel: Number(fields[12]) };
}

export function residentBytesOf(pid: number): number {
  return statusOf(pid, 'VmRSS');
}

/** The most it had since `forgetPeakOf`. */
export function peakBytesOf(pid: number): number {
  return statusOf(pid, 'VmHWM');
}

export function forgetPeakOf(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

function statusOf(pid: number, field: string): number {
  const line = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
  return Number(line?.[1]) * 1024;
}
