import { chmodSync, mkdirSync, statSync } from 'node:fs'
import { onOwnFile } from '../base/system-failure.ts'

/**
 * Makes the data folder for this user alone. A folder that exists and lets others in is closed to
 * them. Throws Failure 'disk-full', 'target-unwritable' where the folder cannot be made. A mode
 * that cannot be changed stays.
 */
export function makePrivate(folder: string): void {
  onOwnFile(folder, () => mkdirSync(folder, { recursive: true, mode: 0o700 }))
  if (process.platform === 'win32' || (statSync(folder).mode & 0o077) === 0) return
  try {
    chmodSync(folder, 0o700)
  } catch {
    // The file system has no modes, or the folder belongs to another user.
  }
}
