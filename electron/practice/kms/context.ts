import { kmsRefusal } from './errors.ts'

/** Characters. Source: KMS's page "EncryptionContext" (42975). */
const MAX_CONTEXT_CHARS = 8192

/**
 * One text for all spellings of one EncryptionContext: the JSON object `text` as a map, whatever
 * its order and spacing. Absent, empty and `{}` are the same. Errors: InvalidParameter for what is
 * no JSON object of strings, or too long.
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
