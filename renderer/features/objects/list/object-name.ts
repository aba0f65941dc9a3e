import type { TextKey } from '../../../text/words.ts'

/** OSS: a key is 1 to 1,023 bytes of UTF-8 and does not begin with a slash or backslash. */
export const KEY_BYTES = 1023

/** Spaces of any script, and what has no width at all: nobody sees them at the end of a name. */
const SPACES = '[\\s\\u200b\\u2060\\ufeff]+'
const LEADING = new RegExp(`^${SPACES}`, 'u')
const TRAILING = new RegExp(`${SPACES}$`, 'u')
/** Nothing but spaces and characters that cannot be seen. */
const BLANK = /^[\s\p{Cf}\p{Cc}]+$/u

/**
 * A typed name without the spaces at its ends. Those that `before`, the name it had, has at the
 * same end were typed by somebody: they stay.
 */
export function typedName(text: string, before = ''): string {
  const start = LEADING.test(before) ? text : text.replace(LEADING, '')
  return TRAILING.test(before) ? start : start.replace(TRAILING, '')
}

/** Does a name, or a folder of a path, begin or end with a space? */
export const hasEndSpaces = (path: string): boolean =>
  path.split('/').some((part) => LEADING.test(part) || TRAILING.test(part))

/**
 * What is wrong with a name that the user typed; null when nothing is. `typed`: the part of the key
 * that was typed, a name or a path of folders: what others have stored above it may be named in any
 * way.
 */
export function nameProblem(
  key: string,
  folder: boolean,
  typed: string,
): { readonly key: TextKey; readonly n: number } | null {
  const bytes = new TextEncoder().encode(key).length
  if (typed === '') return { key: 'objects:name.empty', n: 0 }
  if (folder && typed.includes('/')) return { key: 'objects:name.slash', n: 0 }
  if (key.startsWith('/') || key.startsWith('\\')) return { key: 'objects:name.leading', n: 0 }
  const parts = typed.replace(/\/$/, '').split('/')
  if (parts.some((part) => part === '')) return { key: 'objects:name.emptyPart', n: 0 }
  if (parts.some((part) => typedName(part) === '.' || typedName(part) === '..'))
    return { key: 'objects:name.dots', n: 0 }
  if (parts.some((part) => BLANK.test(part))) return { key: 'objects:name.blank', n: 0 }
  return bytes > KEY_BYTES ? { key: 'objects:name.long', n: bytes } : null
}
