import { resolve, sep } from 'node:path'
import { Failure, type AppError } from '../../shared/contract/errors.ts'

const MAX_DEPTH = 100
const DROP_ID = /^[\w-]{8,64}$/

/** Tells whether a text can be the id of a drop. The id names a folder. */
export const isDropId = (id: string): boolean => DROP_ID.test(id)

/**
 * Splits a path into its names from the top down. Returns null for a path that is not plainly
 * inside the drop.
 */
export function namesOf(path: string): readonly [string, ...string[]] | null {
  const names = path.split('/')
  if (names.length > MAX_DEPTH || !names.every(isPlainName)) return null
  return names as [string, ...string[]]
}

function isPlainName(name: string): boolean {
  if (
    name === '' ||
    name === '.' ||
    name === '..' ||
    name.includes('\0') ||
    Buffer.byteLength(name) > 255
  )
    return false
  // Windows reads these as a separator, and as the name of a hidden stream.
  return process.platform !== 'win32' || !/[\\:]/.test(name)
}

/** Returns the path of these names in `folder`, or null outside of it. */
export function placeIn(folder: string, names: readonly string[]): string | null {
  const path = resolve(folder, ...names)
  return path.startsWith(folder + sep) ? path : null
}

/**
 * Returns the error for a copy that could not be written. `path`: as the page named it. `length`:
 * the bytes that were to come.
 */
export function writeError(cause: unknown, path: string, length: number | null): AppError {
  if (cause instanceof Failure) return cause.error
  const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown'
  if (reason === 'ENOSPC' || reason === 'EDQUOT')
    return { code: 'disk-full', path, needed: length ?? 0 }
  if (reason === 'ECONNRESET' || reason === 'ERR_STREAM_PREMATURE_CLOSE' || reason === 'ABORT_ERR')
    return { code: 'cancelled' }
  if (reason === 'EEXIST') return { code: 'name-taken', name: path }
  return { code: 'target-unwritable', path, reason }
}
