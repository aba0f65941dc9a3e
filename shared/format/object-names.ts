import { fail, ok, type Result } from '../contract/errors.ts'

/** Counts the bytes of an object key as OSS does: UTF-8, at most 1,023. */
export function keyBytes(key: string): number {
  return new TextEncoder().encode(key).length
}

/** The rules for file names. */
export type FileSystem = 'windows' | 'posix'

/** The longest name of common file systems: bytes of UTF-8 on POSIX, UTF-16 units on Windows. */
const MAX_NAME = 255

/**
 * Turns an object key into names of folders and a file below a chosen folder, safe to join. A
 * trailing '/' (a folder marker) adds no name. Characters that a file name may not have here, or
 * that make it look like another name, become `_`. A key that could leave the folder, or that has
 * no name, is refused.
 * Errors  'name-not-local' with the whole key.
 */
export function localPath(key: string, system: FileSystem): Result<readonly string[]> {
  const pieces = (key.endsWith('/') ? key.slice(0, -1) : key).split('/')
  const names: string[] = []
  for (const piece of pieces) {
    const name = safeName(piece, system)
    if (name === null) return fail({ code: 'name-not-local', name: key })
    names.push(name)
  }
  return ok(names)
}

/**
 * Returns the last name of {@link localPath}, for one object that is saved into a chosen folder.
 */
export function localName(key: string, system: FileSystem): Result<string> {
  const last = (key.endsWith('/') ? key.slice(0, -1) : key).split('/').at(-1) ?? ''
  const name = safeName(last, system)
  return name === null ? fail({ code: 'name-not-local', name: key }) : ok(name)
}

/**
 * Control characters and line ends are legal on POSIX and dangerous in a terminal. Characters that
 * turn the direction of writing make one name look like another, such as a program's like a
 * picture's. Letters of every script stay, and so do the characters that join them.
 */
const NEVER_IN_NAMES = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu

function safeName(piece: string, system: FileSystem): string | null {
  if (piece === '' || piece === '.' || piece === '..') return null
  let name = piece.replace(NEVER_IN_NAMES, '_')
  if (system === 'windows') {
    name = name.replace(/[<>:"|?*\\]/g, '_').replace(/[. ]$/, '_')
    if (/^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(\..*)?$/i.test(name))
      name = `_${name}`
  }
  return (system === 'windows' ? name.length : keyBytes(name)) > MAX_NAME ? null : name
}
