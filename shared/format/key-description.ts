import { fail, ok, type DescriptionProblem, type Result } from '../contract/errors.ts'

/** The pairs of name and value, in the order written. Empty: no description. */
export type KeyDescription = ReadonlyMap<string, string>

/**
 * The most bytes of a description. It shares 8 KiB of metadata with two wrapped values and all
 * other headers.
 */
export const MAX_DESCRIPTION_BYTES = 2048

/**
 * Reads a description tolerantly: spaced or compact, escaped or raw, in any order, as any SDK wrote
 * it. A missing text, `{}` and `[]` are no description. Values of other types are read as their
 * text, as the Java and C++ SDKs do. Returns null for a text that is not a description; such a text
 * can only be compared as a text.
 */
export function readDescription(text: string): KeyDescription | null {
  if (text.trim() === '') return new Map()
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (Array.isArray(value)) return value.length === 0 ? new Map() : null
  if (typeof value !== 'object' || value === null) return null
  return new Map(
    Object.entries(value).map(([name, item]) => [
      name,
      typeof item === 'string' ? item : JSON.stringify(item),
    ]),
  )
}

/** Tells whether two descriptions name the same key. Order, blanks and escapes do not matter. */
export function sameDescription(a: string, b: string): boolean {
  const [first, second] = [readDescription(a), readDescription(b)]
  if (first === null || second === null) return a.trim() === b.trim()
  return (
    first.size === second.size && [...first].every(([name, value]) => second.get(name) === value)
  )
}

const refuse = (problem: DescriptionProblem, detail = '') =>
  fail({ code: 'key-description', problem, detail })

/**
 * Reads the description that a user typed, strictly. Errors  'key-description' with the problem;
 * `detail` is the name in question, or the limit in bytes.
 */
export function checkDescription(typed: string): Result<KeyDescription> {
  return checkPairs(typed, UNPRINTABLE)
}

/**
 * Reads an encryption context of KMS, strictly. No header carries it as text, so it may hold
 * control characters, which both KMS Encryption SDKs write and read. Errors  as {@link
 * checkDescription}.
 */
export function checkContext(typed: string): Result<KeyDescription> {
  return checkPairs(typed, NOT_UTF8)
}

/** `forbidden`: matches characters that no name and no value may hold. */
function checkPairs(typed: string, forbidden: RegExp): Result<KeyDescription> {
  if (typed.trim() === '') return ok(new Map())
  let value: unknown
  try {
    value = JSON.parse(typed)
  } catch {
    return refuse('not-json')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse('not-an-object')
  const wrong = Object.entries(value).find(([, item]) => typeof item !== 'string')
  if (wrong !== undefined) return refuse('value-not-text', wrong[0])

  // JSON.parse keeps the last of two equal names and moves names that look like numbers. The text
  // is therefore read once more.
  const pairs = new Map<string, string>()
  for (const name of namesIn(typed)) {
    if (pairs.has(name)) return refuse('repeated-name', name)
    pairs.set(name, String((value as Record<string, unknown>)[name]))
  }
  for (const [name, text] of pairs)
    if (forbidden.test(name) || forbidden.test(text)) return refuse('not-printable', name)
  if (writeDescription(pairs, 'python').length > MAX_DESCRIPTION_BYTES)
    return refuse('too-long', String(MAX_DESCRIPTION_BYTES))
  return ok(pairs)
}

/**
 * Control characters and single halves of a surrogate pair. No header carries them, and no two SDKs
 * write them in the same way.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029]/u
/** Single halves of a surrogate pair. UTF-8 has no bytes for them. */
const NOT_UTF8 = /\p{Cs}/u

/** Lists the strings of valid JSON that a colon follows. */
function namesIn(json: string): readonly string[] {
  return [...json.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?/g)]
    .filter((match) => match[2] !== undefined)
    .map((match) => JSON.parse(match[1] ?? '""') as string)
}

/**
 * Writes the header text of a description, and '' for an empty one, because a written `{}` matches
 * no key in one of the SDKs. 'compact': sorted, without blanks, as the Go, Java, C++ and PHP SDKs
 * write it. 'python': in the given order, with blanks after `,` and `:`. Characters outside of
 * ASCII become `\u` escapes with lower-case digits.
 */
export function writeDescription(pairs: KeyDescription, style: 'compact' | 'python'): string {
  if (pairs.size === 0) return ''
  const [comma, colon] = style === 'python' ? [', ', ': '] : [',', ':']
  const entries = style === 'python' ? [...pairs] : [...pairs].sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([name, value]) => ascii(name) + colon + ascii(value)).join(comma)}}`
}

function ascii(text: string): string {
  return JSON.stringify(text).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
