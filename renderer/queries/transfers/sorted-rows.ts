import { firstNot } from '../../../shared/contract/first-not.ts'

/** Rows of a chunk after which it is split in two. */
const MOST = 1024

/** A list that is always sorted. A change costs a search and a short move, at any length. */
export interface SortedRows<T> {
  length(): number
  at(index: number): T | undefined
  /** Returns -1 for a row that is not in the list. */
  indexOf(row: T): number
  add(row: T): void
  remove(row: T): void
  /** Replaces `before` by `next`, or adds `next` at its place. */
  replace(before: T, next: T): void
  /** Returns the length of the beginning that fits. `fits` is true for a beginning only. */
  beginning(fits: (row: T) => boolean): number
  values(): Iterable<T>
}

/**
 * `compare` tells any two rows apart. Its answers must not change while the rows are in the list.
 */
export function sortedRows<T>(compare: (a: T, b: T) => number): SortedRows<T> {
  const chunks: T[][] = []
  let length = 0
  /** Chunk and position of the first row that is not before `row`. */
  const placeOf = (row: T): readonly [number, number] => {
    const before = (other: T | undefined) => other !== undefined && compare(other, row) < 0
    const chunk = Math.min(
      firstNot(chunks.length, (i) => before(chunks[i]?.at(-1))),
      Math.max(0, chunks.length - 1),
    )
    return [chunk, firstNot(chunks[chunk]?.length ?? 0, (i) => before(chunks[chunk]?.[i]))]
  }
  const isAt = (row: T, chunk: number, place: number): boolean => {
    const other = chunks[chunk]?.[place]
    return other !== undefined && compare(other, row) === 0
  }
  const rows: SortedRows<T> = {
    length: () => length,
    at(index) {
      let left = index
      for (const chunk of chunks) {
        if (left < chunk.length) return chunk[left]
        left -= chunk.length
      }
      return undefined
    },
    indexOf(row) {
      const [chunk, place] = placeOf(row)
      return isAt(row, chunk, place)
        ? chunks.slice(0, chunk).reduce((sum, one) => sum + one.length, place)
        : -1
    },
    add(row) {
      const [at, place] = placeOf(row)
      const chunk = chunks[at] ?? (chunks[at] = [])
      chunk.splice(place, 0, row)
      length++
      if (chunk.length > MOST) chunks.splice(at + 1, 0, chunk.splice(MOST / 2))
    },
    remove(row) {
      const [at, place] = placeOf(row)
      if (!isAt(row, at, place)) return
      chunks[at]?.splice(place, 1)
      length--
      if (chunks[at]?.length === 0) chunks.splice(at, 1)
    },
    replace(before, next) {
      const [at, place] = placeOf(before)
      const chunk = chunks[at]
      if (chunk !== undefined && compare(before, next) === 0 && isAt(before, at, place))
        chunk[place] = next
      else {
        rows.remove(before)
        rows.add(next)
      }
    },
    beginning(fits) {
      const is = (row: T | undefined) => row !== undefined && fits(row)
      const at = firstNot(chunks.length, (i) => is(chunks[i]?.at(-1)))
      return chunks.slice(0, at).reduce(
        (sum, one) => sum + one.length,
        firstNot(chunks[at]?.length ?? 0, (i) => is(chunks[at]?.[i])),
      )
    },
    *values() {
      for (const chunk of chunks) yield* chunk
    },
  }
  return rows
}
