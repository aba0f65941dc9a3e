/** What OSS puts before the names of user metadata. */
export const META_PREFIX = 'x-oss-meta-'

/** Lower-case header name → trimmed text. */
export type Headers = ReadonlyMap<string, string>

/** What headers say of an envelope that is not whole. `header`: its name without `x-oss-meta-`. */
export interface Damage {
  readonly kind: 'broken'
  readonly header: string
  readonly problem: 'missing' | 'invalid'
}

/**
 * Headers as a wire or a file gave them → names in lower case, values trimmed and as text. HTTP
 * hands over one character per byte; SDKs put raw UTF-8 in there, so values that are valid UTF-8
 * are read as such. A name that comes twice keeps both values, joined as HTTP joins them: no
 * damaged pair may pass for a good single one. `isText`: the values were read as text before, and
 * would be changed by being read so once more.
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
  // Joined once: a name that comes very often would be copied as often.
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

/** `header` (without `x-oss-meta-`) is not there, or holds nothing that can be. */
export function damage(headers: Headers, header: string): Damage {
  return {
    kind: 'broken',
    header,
    problem: headers.has(META_PREFIX + header) ? 'invalid' : 'missing',
  }
}
