import { fail, ok, type DescriptionProblem, type Result } from '../contract/errors.ts'

/** Name → value, in the order written. Empty: no description. */
export type Description = ReadonlyMap<string, string>

/**
 * A description shares 8 KiB of metadata with two wrapped values and everything else; this much is
 * always left for it.
 */
export const MAX_DESCRIPTION_BYTES = 2048

/**
 * Tolerant reader of what any SDK wrote: spaced or compact, escaped or raw, in any order. Missing,
 * `{}` and `[]` are all "no description". Values that are not text are taken by their text, as the
 * Java and C++ SDKs do. Answers null for what is no description at all; such a text can only be
 * compared as it stands.
 */
export function readDescription(text: string): Description | null {
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

/** Do two descriptions name the same key? Order, spacing and escapes do not matter. */
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
 * Strict reader for what a user typed as the description of a key.
 * Errors  'key-description' with the problem; `detail` is the name it is about, or the limit in
 * bytes.
 */
export function checkDescription(typed: string): Result<Description> {
  return checkPairs(typed, UNPRINTABLE)
}

/**
 * Strict reader for an encryption context of KMS. No header carries it as text, so it may hold
 * control characters: both KMS Encryption SDKs write and read such. Errors as
 * {@link checkDescription}.
 */
export function checkContext(typed: string): Result<Description> {
  return checkPairs(typed, NOT_UTF8)
}

/** `forbidden`: what no name and no value may hold. */
function checkPairs(typed: string, forbidden: RegExp): Result<Description> {
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

  // JSON.parse keeps the last of two equal names and moves names that look like numbers: read the
  // text once more.
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
 * Control characters and halves of a surrogate pair: no header carries them, and no two SDKs write
 * them alike.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029]/u
/** Halves of a surrogate pair: UTF-8 has no bytes for them. */
const NOT_UTF8 = /\p{Cs}/u

/** Every string of valid JSON that is followed by a colon. */
function namesIn(json: string): readonly string[] {
  return [...json.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?/g)]
    .filter((match) => match[2] !== undefined)
    .map((match) => JSON.parse(match[1] ?? '""') as string)
}

/**
 * The header text of a description; '' when empty, because a written `{}` matches no key in one of
 * the SDKs. 'compact': sorted, without blanks, as the Go, Java, C++ and PHP SDKs write it;
 * 'python': in the order given, with blanks after `,` and `:`. ASCII only: everything else is a
 * `\u` escape with lower-case digits.
 */
export function writeDescription(pairs: Description, style: 'compact' | 'python'): string {
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

/** The value people recognise a key by, where only one fits: the first; '' when there is none. */
export function firstValue(text: string): string {
  const [first] = readDescription(text)?.values() ?? []
  return first ?? ''
}
