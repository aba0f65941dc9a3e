/** The nonces of recent requests, so that no signed request works twice. */
export class Nonces {
  /** Nonce → time of its deletion (ms since 1970). The oldest nonce comes first. */
  readonly #until = new Map<string, number>()
  readonly #keepMs: number

  /** `keepMs`: at least the time for which a signed request stays valid. */
  constructor(keepMs: number) {
    this.#keepMs = keepMs
  }

  /** Adds a nonce, and returns false when it was there before. `now`: ms since 1970. */
  use(nonce: string, now: number): boolean {
    for (const [old, until] of this.#until) {
      if (until > now) break
      this.#until.delete(old)
    }
    if (this.#until.has(nonce)) return false
    this.#until.set(nonce, now + this.#keepMs)
    return true
  }
}
