/** First and longest wait for a host that does not answer, in milliseconds. */
const FIRST_MS = 5_000
const LONGEST_MS = 60_000

/**
 * Which hosts are taken for gone. As long as one is, a single transfer at a time tries whether it
 * is back.
 */
export interface Circuit {
  /** It failed once more. Answers with the time of the next try, milliseconds since 1970. */
  down(host: string): number
  /** It answered. True: it was taken for gone before. */
  up(host: string): boolean
  isDown(host: string): boolean
  close(): void
}

/** `due`: the time has come to try a host; called once for every `down` that nothing came after. */
export function openCircuit(now: () => number, due: (host: string) => void): Circuit {
  const hosts = new Map<
    string,
    { readonly failures: number; readonly at: number; readonly timer: NodeJS.Timeout }
  >()
  return {
    down(host) {
      const known = hosts.get(host)
      // Many transfers fail together: that is one failure of the host.
      if (known !== undefined && known.at > now()) return known.at
      clearTimeout(known?.timer)
      const failures = (known?.failures ?? 0) + 1
      const wait = waitMs(failures)
      hosts.set(host, { failures, at: now() + wait, timer: setTimeout(() => due(host), wait) })
      return now() + wait
    },
    up(host) {
      clearTimeout(hosts.get(host)?.timer)
      return hosts.delete(host)
    },
    isDown: (host) => hosts.has(host),
    close() {
      for (const { timer } of hosts.values()) clearTimeout(timer)
      hosts.clear()
    },
  }
}

/** Milliseconds until the next try after so many failures in a row. */
export function waitMs(failures: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1))
}
