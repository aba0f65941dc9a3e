import { kmsRefusal } from './errors.ts'

/** The most characters of an EncryptionContext. Source: KMS's page "EncryptionContext" (42975). */
const MAX_CONTEXT_CHARS = 8192

/**
 * Returns one text for all spellings of one EncryptionContext. The order and the spacing of the
 * JSON object `text` do not matter. Absent, empty and `{}` are the same.
 * Errors: InvalidParameter, with `parameter`, for a text that is too long or is not a JSON object
 * of strings.
 */
export function canonicalContext(text: string | undefined, parameter: string): string {
  if (!text) return '[]'
  if (text.length > MAX_CONTEXT_CHARS) throw kmsRefusal('InvalidParameter', parameter)
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw kmsRefusal('InvalidParameter', parameter)
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw kmsRefusal('InvalidParameter', parameter)
  const entries = Object.entries(parsed as Readonly<Record<string, unknown>>)
  if (entries.some(([, value]) => typeof value !== 'string'))
    throw kmsRefusal('InvalidParameter', parameter)
  return JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}
