import { chmodSync, mkdirSync, statSync } from 'node:fs'
import { writing } from '../base/write-failure.ts'

/**
 * Makes the data folder, for this user alone: also one that was made by hand, or by an older tool,
 * and lets others in. Throws Failure 'disk-full', 'target-unwritable' where it cannot be made; a
 * mode that cannot be changed stays.
 */
export function makePrivate(folder: string): void {
  writing(folder, () => mkdirSync(folder, { recursive: true, mode: 0o700 }))
  if (process.platform === 'win32' || (statSync(folder).mode & 0o077) === 0) return
  try {
    chmodSync(folder, 0o700)
  } catch {
    // A file system without modes, or somebody else's folder.
  }
}
