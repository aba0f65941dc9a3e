import { open, rename, rm, stat } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { readSmallFile } from './small-file.ts'

/** The age at which a lock was left by a crash. Work under a lock takes milliseconds. */
const STALE_MS = 10_000
const LOOK_MS = 15
/** The most bytes of a token, which has half as many. */
const MAX_TOKEN_BYTES = 64

/**
 * Runs `work` while no other process runs its work under the same path. The lock is a file that
 * exists as long as the work runs. Waits for its turn. Rejects with the error of `work`, and with
 * the system's error when the file cannot be made.
 */
export async function underLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const token = randomBytes(16).toString('hex')
  while (!(await taken(path, token))) {
    await dropStale(path)
    // The waiting processes should not all look at the same moment.
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS * (0.5 + Math.random())))
  }
  try {
    return await work()
  } finally {
    await release(path, token)
  }
}

/**
 * Removes the lock only if it is still our own. Another process may have taken over the lock of a
 * process that was suspended.
 */
async function release(path: string, token: string): Promise<void> {
  const held = await readSmallFile(path, MAX_TOKEN_BYTES).catch(() => null)
  if (held?.toString('utf8') === token) await rm(path, { force: true })
}

async function taken(path: string, token: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600)
    await file.writeFile(token).finally(() => file.close())
    return true
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? ''
    // Windows answers with the last two for a file that is being removed.
    if (
      code === 'EEXIST' ||
      (process.platform === 'win32' && (code === 'EPERM' || code === 'EBUSY'))
    )
      return false
    throw cause
  }
}

/** Removes a stale lock by a rename, so that only one of several processes removes it. */
async function dropStale(path: string): Promise<void> {
  try {
    const { mtimeMs } = await stat(path)
    if (Date.now() - mtimeMs < STALE_MS) return
    const aside = `${path}.${randomBytes(6).toString('hex')}`
    await rename(path, aside)
    await rm(aside, { force: true })
  } catch {
    // The lock is gone, and the next look will find that out.
  }
}
