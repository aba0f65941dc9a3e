import type { TextKey } from '../../../text/words.ts'

/** OSS: a key has 1 to 1,023 bytes of UTF-8 and does not begin with a slash or backslash. */
const KEY_BYTES = 1023

/** Spaces of any script, and characters without width. Nobody sees them at the end of a name. */
const SPACES = '[\\s\\u200b\\u2060\\ufeff]+'
const LEADING = new RegExp(`^${SPACES}`, 'u')
const TRAILING = new RegExp(`${SPACES}$`, 'u')
/** Only spaces and characters that cannot be seen. */
const BLANK = /^[\s\p{Cf}\p{Cc}]+$/u

/**
 * Removes the spaces at the ends of a typed name. Spaces that `before`, the old name, has at the
 * same end stay, because somebody typed them.
 */
export function typedName(text: string, before = ''): string {
  const start = LEADING.test(before) ? text : text.replace(LEADING, '')
  return TRAILING.test(before) ? start : start.replace(TRAILING, '')
}

/** True if a name, or a folder of a path, begins or ends with a space. */
export const hasEndSpaces = (path: string): boolean =>
  path.split('/').some((part) => LEADING.test(part) || TRAILING.test(part))

/**
 * Returns the problem of a typed name, or null. `typed`: the part of the key that was typed, a name
 * or a path of folders. Folders above it may have any name, because others stored them.
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
