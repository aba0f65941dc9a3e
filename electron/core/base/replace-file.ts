import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'

/*
 * A new content takes the place of a file as a whole. It is written to a draft beside the file,
 * brought to the disk, and renamed. After a crash at any moment the file has its old content or its
 * new one.
 */

/** Only the user may read the files of the data folder. */
const MODE = 0o600

/**
 * Replaces the file at `path` with what `write` writes. `draft`: a path in the same folder that
 * nobody else uses now; a file that a crash left there is removed. Rejects with the errors of the
 * system and of `write`. The old file is then still there, unless only the sync of the folder
 * failed.
 */
export async function replaceFile(
  path: string,
  draft: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  try {
    await rm(draft, { force: true })
    const file = await open(draft, 'wx', MODE)
    await write(file)
      .then(() => file.sync())
      .finally(() => file.close())
    await rename(draft, path)
    await syncFolder(dirname(path))
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => undefined)
    throw cause
  }
}

/**
 * Does the same as {@link replaceFile} at once, and returns the handle of the new file, opened to
 * read and append. No other file is opened once the old one is gone, so nothing can fail there.
 */
export function replaceOpenFile(
  path: string,
  draft: string,
  write: (file: number) => void,
): number {
  rmSync(draft, { force: true })
  const file = openSync(draft, 'ax+', MODE)
  try {
    write(file)
    fsyncSync(file)
    renameSync(draft, path)
    return file
  } catch (cause) {
    closeSync(file)
    throw cause
  }
}

/**
 * Makes the new names of a folder survive a power cut. Windows opens no folders and does not need
 * this.
 */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  await folder.sync().finally(() => folder.close())
}

/** Does the same as {@link syncFolder} at once. */
export function syncFolderNow(path: string): void {
  if (process.platform === 'win32') return
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
