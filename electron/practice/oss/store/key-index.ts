import { binary } from '../request/binary.ts'

/** What a listing says about an object. */
export interface Listed {
  readonly key: string
  readonly size: number
  readonly etag: string
  /** ms since 1970 */
  readonly modified: number
  readonly type: string
  readonly storageClass: string
}

/**
 * Names of one bucket in the order of their UTF-8 bytes, which is how OSS lists.
 * Names are kept as their bytes, one a character, so that comparing strings compares bytes.
 */
export class KeyIndex {
  readonly #sorted: string[] = []
  readonly #entries = new Map<string, Listed>()

  get size(): number {
    return this.#sorted.length
  }

  get(key: string): Listed | undefined {
    return this.#entries.get(binary(key))
  }

  set(entry: Listed): void {
    const name = binary(entry.key)
    if (!this.#entries.has(name)) this.#sorted.splice(this.firstAt(name), 0, name)
    this.#entries.set(name, entry)
  }

  delete(key: string): void {
    const name = binary(key)
    if (this.#entries.delete(name)) this.#sorted.splice(this.firstAt(name), 1)
  }

  /** Many at once, sorted once. */
  load(entries: Iterable<Listed>): void {
    for (const entry of entries) {
      const name = binary(entry.key)
      if (!this.#entries.has(name)) this.#sorted.push(name)
      this.#entries.set(name, entry)
    }
    this.#sorted.sort((a, b) => (a < b ? -1 : 1))
  }

  /** Position of the first name that is not before `bound` (bytes). */
  firstAt(bound: string): number {
    let low = 0
    let high = this.#sorted.length
    // Names often arrive in order: the end is tried first.
    if (high > 0 && (this.#sorted[high - 1] ?? '') < bound) return high
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#sorted[middle] ?? '') < bound) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Name (bytes) and entry at a position; undefined past the end. */
  at(position: number): readonly [name: string, entry: Listed] | undefined {
    const name = this.#sorted[position]
    const entry = name === undefined ? undefined : this.#entries.get(name)
    return name === undefined || entry === undefined ? undefined : [name, entry]
  }

  values(): Iterable<Listed> {
    return this.#entries.values()
  }

  clear(): void {
    this.#sorted.length = 0
    this.#entries.clear()
  }
}

/**
 * The first bytes that are after everything that starts with `prefix`; null when there are none.
 */
export function afterPrefix(prefix: string): string | null {
  for (let i = prefix.length - 1; i >= 0; i--) {
    const code = prefix.charCodeAt(i)
    if (code < 0xff) return prefix.slice(0, i) + String.fromCharCode(code + 1)
  }
  return null
}
