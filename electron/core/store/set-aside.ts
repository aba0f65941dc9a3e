import { constants, copyFileSync, existsSync, lstatSync, renameSync } from 'node:fs'
import type { AppError } from '../../../shared/contract/errors.ts'

/** Hears of a file that could not be used, as often as it is met. */
export type Told = (error: AppError) => void

/**
 * Moves what cannot be used out of the way, as `<path>.damaged-<time>` beside it, whatever it is:
 * nothing is ever written over it. Where it cannot be moved it stays. Answers with 'file-damaged'.
 */
export function setAside(path: string): AppError {
  return kept(path, renameSync)
}

/** The same with a copy, of a file of which a part can still be used. */
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
 * Sets aside what is no file where a file belongs: a folder, a link that leads nowhere. Null where
 * there is nothing, or a file.
 */
export function setAsideUnlessFile(path: string): AppError | null {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined || found.isFile()) return null
  return setAside(path)
}
