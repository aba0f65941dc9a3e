import { firstNot } from '../../../../shared/contract/first-not.ts'
import { binary } from '../request/binary.ts'

/** Facts that a listing shows of one object or delete marker. */
export interface ListingEntry {
  readonly key: string
  /** Bytes; 0 for a delete marker. */
  readonly size: number
  readonly etag: string
  /** ms since 1970 */
  readonly modified: number
  /** `Normal`, `Multipart` or `Appendable`; '' for a delete marker. */
  readonly type: string
  /** '' for a delete marker. */
  readonly storageClass: string
  /** True for a delete marker, which ListObjects passes over. */
  readonly isDeleteMarker: boolean
}

/** Keys of one bucket with an entry each; see {@link KeyIndex}. */
export interface Keys<Entry extends { readonly key: string } = ListingEntry> {
  readonly size: number
  get(key: string): Entry | undefined
  set(entry: Entry): void
  delete(key: string): void
  /** Adds many entries and sorts once. */
  load(entries: Iterable<Entry>): void
  /** Returns the position of the first key that is not before `bound` (bytes). */
  firstAt(bound: string): number
  /** Returns key (bytes) and entry at a position; undefined past the end. */
  at(position: number): readonly [name: string, entry: Entry] | undefined
  values(): Iterable<Entry>
}

/**
 * Keys of one bucket in the order of their UTF-8 bytes, which is the order of OSS's listings. Each
 * key has one entry. Keys are held as their bytes, one byte a character: comparing two such strings
 * compares bytes.
 */
export class KeyIndex<
  Entry extends { readonly key: string } = ListingEntry,
> implements Keys<Entry> {
  readonly #sorted: string[] = []
  readonly #entries = new Map<string, Entry>()

  get size(): number {
    return this.#sorted.length
  }

  get(key: string): Entry | undefined {
    return this.#entries.get(binary(key))
  }

  set(entry: Entry): void {
    const name = binary(entry.key)
    if (!this.#entries.has(name)) this.#sorted.splice(this.firstAt(name), 0, name)
    this.#entries.set(name, entry)
  }

  delete(key: string): void {
    const name = binary(key)
    if (this.#entries.delete(name)) this.#sorted.splice(this.firstAt(name), 1)
  }

  load(entries: Iterable<Entry>): void {
    for (const entry of entries) {
      const name = binary(entry.key)
      if (!this.#entries.has(name)) this.#sorted.push(name)
      this.#entries.set(name, entry)
    }
    this.#sorted.sort((a, b) => (a < b ? -1 : 1))
  }

  firstAt(bound: string): number {
    const count = this.#sorted.length
    // Keys often arrive in order, so the end is tried first.
    if (count > 0 && (this.#sorted[count - 1] ?? '') < bound) return count
    return firstNot(count, (at) => (this.#sorted[at] ?? '') < bound)
  }

  at(position: number): readonly [name: string, entry: Entry] | undefined {
    const name = this.#sorted[position]
    const entry = name === undefined ? undefined : this.#entries.get(name)
    return name === undefined || entry === undefined ? undefined : [name, entry]
  }

  values(): Iterable<Entry> {
    return this.#entries.values()
  }
}

/** Returns the first bytes after everything that starts with `prefix`; null when there are none. */
export function afterPrefix(prefix: string): string | null {
  for (let i = prefix.length - 1; i >= 0; i--) {
    const code = prefix.charCodeAt(i)
    if (code < 0xff) return prefix.slice(0, i) + String.fromCharCode(code + 1)
  }
  return null
}
