import { constants, copyFileSync, existsSync, lstatSync, renameSync } from 'node:fs'
import type { AppError } from '../../../shared/contract/errors.ts'

/** Receives the error of a file that could not be used, every time the file is met. */
export type Told = (error: AppError) => void

/**
 * Moves an unusable file or folder to `<path>.damaged-<time>` beside it, so that nothing overwrites
 * it. It stays in place where it cannot be moved. Returns the error 'file-damaged'.
 */
export function setAside(path: string): AppError {
  return kept(path, renameSync)
}

/** Copies a file of which a part can still be used, in the same way. */
export const keptCopy = (path: string): AppError =>
  kept(path, (from, to) => copyFileSync(from, to, constants.COPYFILE_EXCL))

function kept(path: string, keep: (from: string, to: string) => void): AppError {
  const base = `${path}.damaged-${new Date().toISOString().replace(/[-:]|\..*/g, '')}`
  let beside = base
  for (let n = 2; existsSync(beside); n++) beside = `${base}-${n}`
  try {
    keep(path, beside)
    return { code: 'file-damaged', path, kept: beside }
  } catch {
    return { code: 'file-damaged', path, kept: null }
  }
}

/**
 * Sets aside anything that stands in the place of a file: a folder, a broken link. Returns null
 * when nothing is there, or a file.
 */
export function setAsideUnlessFile(path: string): AppError | null {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined || found.isFile()) return null
  return setAside(path)
}
