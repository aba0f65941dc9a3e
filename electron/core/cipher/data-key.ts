/** Bytes of a data key for AES-256. */
export const DATA_KEY_BYTES = 32
/** Some messages of the KMS Encryption SDK use AES-128. */
const SHORT_KEY_BYTES = 16

/** The key of one object. Its owner wipes it once. Reading it after that is a bug and throws. */
export class DataKey implements Disposable {
  #bytes: Uint8Array | null

  /** Makes a private copy. The caller still owns `bytes` and wipes them. */
  constructor(bytes: Uint8Array) {
    if (bytes.length !== DATA_KEY_BYTES && bytes.length !== SHORT_KEY_BYTES)
      throw new RangeError(`data key must be 16 or 32 bytes, got ${bytes.length}`)
    this.#bytes = Uint8Array.from(bytes)
  }

  /** The key itself, not a copy. It must not outlive the object that owns it. */
  get bytes(): Uint8Array {
    if (this.#bytes === null) throw new Error('data key used after it was wiped')
    return this.#bytes
  }

  [Symbol.dispose](): void {
    this.#bytes?.fill(0)
    this.#bytes = null
  }

  toJSON(): string {
    return '[data key]'
  }
}
