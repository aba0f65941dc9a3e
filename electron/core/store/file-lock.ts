import { open, rename, rm, stat } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { readSmallFile } from './small-file.ts'

/** A lock this old was left by a crash: what is done under one takes milliseconds. */
const STALE_MS = 10_000
const LOOK_MS = 15
/** A token is half as long. */
const MAX_TOKEN_BYTES = 64

/**
 * Runs `work` while no other process runs its own under the same path: a file that exists as long
 * as somebody works. Waits for its turn. Throws what `work` throws, and the system's error when the
 * file cannot be made.
 */
export async function underLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const token = randomBytes(16).toString('hex')
  while (!(await taken(path, token))) {
    await dropStale(path)
    // Not all at the same moments.
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS * (0.5 + Math.random())))
  }
  try {
    return await work()
  } finally {
    await release(path, token)
  }
}

/** Who was asleep for so long that another took over must not end the other's lock. */
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
    // Windows says the latter two of a file that is just being removed.
    if (
      code === 'EEXIST' ||
      (process.platform === 'win32' && (code === 'EPERM' || code === 'EBUSY'))
    )
      return false
    throw cause
  }
}

/** By rename, so that of several who find it only one removes it. */
async function dropStale(path: string): Promise<void> {
  try {
    const { mtimeMs } = await stat(path)
    if (Date.now() - mtimeMs < STALE_MS) return
    const aside = `${path}.${randomBytes(6).toString('hex')}`
    await rename(path, aside)
    await rm(aside, { force: true })
  } catch {
    // Gone meanwhile: the next look tells.
  }
}
