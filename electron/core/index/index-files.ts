import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** The beginning of the names of files that end with this run, before the number of its process. */
export const SESSION = 'session-'

/** Lists the files of a folder; none for a folder that is missing. */
export const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
/** Returns the bytes of all files of a folder. */
export const bytesIn = (folder: string): number =>
  namesIn(folder).reduce(
    (sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  )

/** Tells whether another process that runs has this file open for its own run. */
export function isOthers(name: string): boolean {
  const pid = Number(/^session-(\d+)-/.exec(name)?.[1] ?? process.pid)
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Removes the files of runs that ended early. */
export function sweep(folder: string): void {
  for (const name of namesIn(folder))
    if (name.startsWith(SESSION) && !isOthers(name)) removeFile(join(folder, name))
}

/** Removes a file with its log. A file that another process holds stays until the next start. */
export function removeFile(path: string): void {
  for (const end of ['', '-wal', '-shm']) {
    try {
      rmSync(path + end, { force: true })
    } catch {
      // See above.
    }
  }
}

/** Returns the number of a file on its disk; 0 without a file. Another file has another number. */
export const fileNumber = (path: string): number =>
  statSync(path, { throwIfNoEntry: false })?.ino ?? 0
