/**
 * A file and the object it became. Sizes in bytes; `mtimeMs`: whole milliseconds since 1970;
 * `crc64`: of the object, decimal; `etag` without quotes.
 */
export interface StoredFacts {
  readonly key: string
  readonly size: number
  readonly mtimeMs: number
  readonly storedSize: number
  readonly crc64: string
  readonly etag: string
}
