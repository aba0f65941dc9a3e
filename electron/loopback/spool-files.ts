import { closeSync, futimesSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { mkdir, open, rm, statfs, utimes } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Failure } from '../../shared/contract/errors.ts'

/** Throws Failure 'disk-full' where there is no room for so many more bytes. */
export async function needRoom(folder: string, path: string, bytes: number | null): Promise<void> {
  if (bytes === null) return
  const space = await statfs(folder, { bigint: true })
  if (BigInt(bytes) > space.bavail * space.bsize)
    throw new Failure({ code: 'disk-full', path, needed: bytes })
}

/**
 * Writes a file of any size as it arrives, and returns its bytes. A file that breaks off is
 * removed. Rejects with the system's error, EEXIST for a file that exists.
 */
export async function writeStream(
  path: string,
  body: Readable,
  modified: number,
  signal: AbortSignal,
): Promise<number> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const file = await open(path, 'wx', 0o600)
  const stream = file.createWriteStream()
  try {
    await pipeline(body, stream, { signal })
  } catch (cause) {
    await rm(path, { force: true })
    throw cause
  }
  if (Number.isFinite(modified)) await utimes(path, modified / 1000, modified / 1000)
  return stream.bytesWritten
}

/**
 * Writes a small file at once, since a promise for each step would cost more than the steps. Throws
 * as {@link writeStream}.
 */
export function writeSmall(path: string, bytes: Uint8Array, modified: number): void {
  const file = openNew(path)
  let whole = false
  try {
    for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done)
    futimesSync(file, modified / 1000, modified / 1000)
    whole = true
  } finally {
    closeSync(file)
    if (!whole) rmSync(path, { force: true })
  }
}

function openNew(path: string): number {
  try {
    return openSync(path, 'wx', 0o600)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    return openSync(path, 'wx', 0o600)
  }
}
