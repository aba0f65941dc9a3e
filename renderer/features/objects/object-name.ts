import type { TextKey } from '../../text/words.ts'

/** OSS: a key is 1 to 1,023 bytes of UTF-8 and does not begin with a slash or backslash. */
export const KEY_BYTES = 1023

/** What is wrong with a name the user typed; null when nothing is. */
export function nameProblem(key: string, folder: boolean, name: string): { readonly key: TextKey; readonly n: number } | null {
  const bytes = new TextEncoder().encode(key).length
  if (name === '') return { key: 'objects:name.empty', n: 0 }
  if (folder && name.includes('/')) return { key: 'objects:name.slash', n: 0 }
  if (key.startsWith('/') || key.startsWith('\\')) return { key: 'objects:name.leading', n: 0 }
  return bytes > KEY_BYTES ? { key: 'objects:name.long', n: bytes } : null
}
