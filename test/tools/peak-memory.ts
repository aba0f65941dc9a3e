import { readFileSync } from 'node:fs'

/** Returns the largest resident set of a process so far, in MiB. Linux only. Source proc(5). */
export const peakMib = (pid: number): number =>
  Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
