import { refusal } from '../errors.ts'
import type { HeaderMap } from './exchange.ts'
import type { StoredObject } from '../store/bucket-files.ts'

const failed = (condition: string) =>
  refusal('PreconditionFailed', { extra: { Condition: condition } })

/** `"A", B` or `*` against an ETag. */
function names(header: string, etag: string): boolean {
  return header
    .split(',')
    .some((one) => one.trim() === '*' || one.trim().replace(/^"|"$/g, '') === etag)
}

/**
 * Checks the conditions of a read or of a copy. Throws PreconditionFailed (412) or NotModified
 * (304).
 * `prefix`: '' for the object itself, 'x-oss-copy-source-' for the source of a copy.
 */
export function checkConditions(
  headers: HeaderMap,
  object: StoredObject,
  prefix: '' | 'x-oss-copy-source-' = '',
): void {
  const unmet = (condition: string) => refusal('NotModified', { extra: { Condition: condition } })
  const seconds = Math.floor(object.modified / 1000)
  const time = (name: string) => Math.floor(Date.parse(headers.get(prefix + name) ?? '') / 1000)
  const ifMatch = headers.get(`${prefix}if-match`)
  if (ifMatch !== undefined && !names(ifMatch, object.etag)) throw failed('If-Match')
  if (seconds > time('if-unmodified-since')) throw failed('If-Unmodified-Since')
  const ifNoneMatch = headers.get(`${prefix}if-none-match`)
  if (ifNoneMatch !== undefined && names(ifNoneMatch, object.etag)) throw unmet('If-None-Match')
  if (seconds <= time('if-modified-since')) throw unmet('If-Modified-Since')
}
