import { existsSync, lstatSync, renameSync } from 'node:fs'
import type { AppError } from '../../../shared/contract/errors.ts'

/** Hears of a file that could not be used, as often as it is met. */
export type Told = (error: AppError) => void

/**
 * Moves what cannot be used out of the way, as `<path>.damaged-<time>` beside it, whatever it is: nothing is ever written over it. Where it
 * cannot be moved it stays. Answers with 'file-damaged'.
 */
export function setAside(path: string): AppError {
  const base = `${path}.damaged-${new Date().toISOString().replace(/[-:]|\..*/g, '')}`
  let kept = base
  for (let n = 2; existsSync(kept); n++) kept = `${base}-${n}`
  try {
    renameSync(path, kept)
    return { code: 'file-damaged', path, kept }
  } catch {
    return { code: 'file-damaged', path, kept: null }
  }
}

/** Sets aside what is no file where a file belongs: a folder, a link that leads nowhere. Null where there is nothing, or a file. */
export function setAsideUnlessFile(path: string): AppError | null {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined || found.isFile()) return null
  return setAside(path)
}
