/** Which nonces were used lately, so that no signed request works twice. */
export class Nonces {
  /** In order of arrival, which is the order in which they are forgotten. */
  readonly #until = new Map<string, number>()
  readonly #keepMs: number

  /** `keepMs`: at least as long as a signed request can be sent again. */
  constructor(keepMs: number) {
    this.#keepMs = keepMs
  }

  /** False when this nonce was used before. `now`: ms since 1970. */
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
