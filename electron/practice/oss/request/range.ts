import { refusal } from '../errors.ts'

/** The first byte and the number of bytes; null for the whole object. */
export type ByteRange = { readonly offset: number; readonly length: number } | null

/**
 * Reads a Range header for an object of `size` bytes.
 *
 * Without `x-oss-range-behavior: standard`, only a range with both ends within the object counts;
 * for any other the whole object is answered. With it, the end is cut to the object.
 * Errors: with it, InvalidRange (416) for a range that is malformed or starts past the end.
 * Source: OSS's documentation of GetObject.
 */
export function rangeOfHeader(
  header: string | undefined,
  size: number,
  standard: boolean,
): ByteRange {
  if (header === undefined) return null
  const [, from, to] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header.trim()) ?? []
  const unsatisfiable = () => {
    if (!standard) return null
    throw refusal('InvalidRange', {
      extra: { RangeRequested: header, ActualObjectSize: String(size) },
      headers: { 'Content-Range': `bytes */${size}` },
    })
  }
  if (from === undefined || to === undefined || (from === '' && to === '')) return unsatisfiable()
  if (from === '') {
    const last = Number(to)
    if (last === 0 || size === 0 || (last > size && !standard)) return unsatisfiable()
    return { offset: Math.max(0, size - last), length: Math.min(last, size) }
  }
  const first = Number(from)
  const last = to === '' ? size - 1 : Number(to)
  if (first >= size || first > last || (last >= size && !standard)) return unsatisfiable()
  return { offset: first, length: Math.min(last, size - 1) - first + 1 }
}
