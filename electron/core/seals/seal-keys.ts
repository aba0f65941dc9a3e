import { derived } from './mac.ts'

const DATA_KEY_BYTES = 32
const KEY_BYTES = 32

/** The keys of one object's seal. Their owner wipes them once. Reading them later throws. */
export class SealKeys implements Disposable {
  #keys: { readonly mac: Uint8Array; readonly chunk: Uint8Array } | null

  /** Derives both keys. The caller still owns `dataKey` and wipes it. */
  constructor(dataKey: Uint8Array) {
    if (dataKey.length !== DATA_KEY_BYTES)
      throw new RangeError(`the data key of a seal must be 32 bytes, got ${dataKey.length}`)
    this.#keys = {
      mac: derived(dataKey, 'seal 1 mac', KEY_BYTES),
      chunk: derived(dataKey, 'seal 1 chunk', KEY_BYTES),
    }
  }

  /** The key of leaves, root, content, place and promise, not a copy. */
  get mac(): Uint8Array {
    return this.#own.mac
  }

  /** The key of the sums of chunks, not a copy. */
  get chunk(): Uint8Array {
    return this.#own.chunk
  }

  get #own(): { readonly mac: Uint8Array; readonly chunk: Uint8Array } {
    if (this.#keys === null) throw new Error('seal keys used after they were wiped')
    return this.#keys
  }

  [Symbol.dispose](): void {
    this.#keys?.mac.fill(0)
    this.#keys?.chunk.fill(0)
    this.#keys = null
  }

  toJSON(): string {
    return '[seal keys]'
  }
}

/**
 * Derives the keys of a seal from a data key of 32 bytes, which the caller still owns. Throws a
 * RangeError for another length: such an object is never sealed. Source FORMAT.md 11.2.
 */
export const deriveSealKeys = (dataKey: Uint8Array): SealKeys => new SealKeys(dataKey)
