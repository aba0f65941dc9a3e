/** The prefix of user metadata in OSS. */
export const META_PREFIX = 'x-oss-meta-'

/** Values by header name: the names in lower case, the values trimmed. */
export type Headers = ReadonlyMap<string, string>

/** The damage of an envelope. `header`: the name of the damaged header without `x-oss-meta-`. */
export interface Damage {
  readonly kind: 'broken'
  readonly header: string
  readonly problem: 'missing' | 'invalid'
}

/**
 * Reads headers of a wire or a file: names in lower case, values trimmed and as text. HTTP gives
 * one character per byte. SDKs put raw UTF-8 there, so a value of valid UTF-8 is read as UTF-8. A
 * name that comes twice keeps both values, joined as HTTP joins them, so that no damaged pair
 * passes for a good single value. `isText`: the values were decoded before, and a second decoding
 * would change them.
 */
export function readHeaders(raw: Iterable<readonly [string, string]>, isText = false): Headers {
  const values = new Map<string, string[]>()
  for (const [name, value] of raw) {
    const lower = name.trim().toLowerCase()
    const text = (isText ? value : decoded(value)).trim()
    const before = values.get(lower)
    if (before === undefined) values.set(lower, [text])
    else before.push(text)
  }
  // Values are joined once. A name that comes very often would otherwise be copied as often.
  return new Map([...values].map(([name, texts]) => [name, texts.join(', ').trim()]))
}

function decoded(value: string): string {
  if (!/[\x80-\xff]/.test(value) || /[\u0100-\uffff]/.test(value)) return value
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      Uint8Array.from(value, (character) => character.charCodeAt(0)),
    )
  } catch {
    return value
  }
}

/**
 * Describes the damage of `header` (without `x-oss-meta-`): it is missing, or its value is
 * impossible.
 */
export function damage(headers: Headers, header: string): Damage {
  return {
    kind: 'broken',
    header,
    problem: headers.has(META_PREFIX + header) ? 'invalid' : 'missing',
  }
}
