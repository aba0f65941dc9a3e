/** The first and the longest wait for a host that does not answer, in milliseconds. */
const FIRST_MS = 5_000
const LONGEST_MS = 60_000

/** Knows which hosts are down. While a host is down, one transfer at a time tries it. */
export interface Circuit {
  /**
   * Notes one more failure of a host. Returns the time of the next try, in milliseconds since 1970.
   */
  down(host: string): number
  /** Notes that a host answered. Returns whether the host was down. */
  up(host: string): boolean
  isDown(host: string): boolean
  close(): void
}

/**
 * Makes a circuit in which no host is down. `due` is called at the time of a host's next try. It is
 * not called when the host answered before, or when the circuit was closed.
 */
export function openCircuit(now: () => number, due: (host: string) => void): Circuit {
  const hosts = new Map<
    string,
    { readonly failures: number; readonly at: number; readonly timer: NodeJS.Timeout }
  >()
  return {
    down(host) {
      const known = hosts.get(host)
      // Many transfers fail together, and that is one failure of their host.
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

/** Returns the milliseconds until the next try after this many failures in a row. */
export function waitMs(failures: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1))
}
