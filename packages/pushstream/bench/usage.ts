import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** CPU time the threads of a process have had, in microseconds. The scheduler counts it in nanoseconds, `stat` in hundredths of a second. */
export function cpuMicrosOf(pid: number): number {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]);
  }
  return nanoseconds / 1_000;
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
