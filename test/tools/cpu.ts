/**
 * Returns the processor time of this process so far, all threads, in milliseconds. Unlike the time
 * on the clock, it does not grow while a busy machine runs other programs.
 */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
