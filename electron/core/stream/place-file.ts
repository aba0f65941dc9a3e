import { randomBytes } from 'node:crypto'
import { link, lstat, open, rename, unlink } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { Failure } from '../../../shared/contract/errors.ts'

/** Longest file name in bytes on the file systems people use. */
const NAME_BYTES = 255
const SUFFIX = '.cipherbucket-part'
/** File systems without hard links (FAT, some network shares) answer link() with one of these. */
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'EMLINK', 'EXDEV'])

/** A hidden name beside `path` that nobody else uses; recognised again by {@link isLeftover}. */
export function temporaryBeside(path: string): string {
  const tail = `.${randomBytes(4).toString('hex')}${SUFFIX}`
  return join(dirname(path), `.${shortened(basename(path), NAME_BYTES - tail.length - 1)}${tail}`)
}

/** Was this file name given by {@link temporaryBeside}? Such a file without a transfer is left from a crash. */
export function isLeftover(name: string): boolean {
  return /^\..*\.[0-9a-f]{8}\.cipherbucket-part$/s.test(name)
}

/** `folder/name (n).ext`; for n = 1 the path itself. */
export function numbered(path: string, n: number): string {
  if (n === 1) return path
  const extension = extname(path)
  const tail = ` (${n})${extension}`
  return join(dirname(path), shortened(basename(path, extension), NAME_BYTES - Buffer.byteLength(tail)) + tail)
}

/** Is the name taken, by anything at all? Errors Failure 'target-unwritable' when it could not be a name here. */
export async function isTaken(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw fileFailure(cause, path, 0)
  }
}

/**
 * Gives `temporary` its real name unless something has that name already; then false, and nothing changed. Two
 * processes that do this at once cannot overwrite one another: link() refuses. Where there are no links, the name is
 * first taken by an empty file of ours.
 */
export async function placeNew(temporary: string, path: string): Promise<boolean> {
  try {
    await link(temporary, path)
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? ''
    if (code === 'EEXIST') return false
    if (!NO_LINKS.has(code)) throw fileFailure(cause, path, 0)
    return placeByReserving(temporary, path)
  }
  await unlink(temporary)
  return true
}

async function placeByReserving(temporary: string, path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx')).close()
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw fileFailure(cause, path, 0)
  }
  try {
    await rename(temporary, path)
    return true
  } catch (cause) {
    await unlink(path)
    throw fileFailure(cause, path, 0)
  }
}

/** Gives `temporary` its real name in place of whatever file has it. */
export async function placeOver(temporary: string, path: string): Promise<void> {
  try {
    await rename(temporary, path)
  } catch (cause) {
    throw fileFailure(cause, path, 0)
  }
}

/** Makes new names in a folder survive a power cut, where the system can. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r')
    await folder.sync().finally(() => folder.close())
  } catch {
    // Windows opens no folders; the file's own bytes are safe either way.
  }
}

/** A system error on a file being written → the failure to show. `needed`: bytes of the whole file. Bugs pass through. */
export function fileFailure(cause: unknown, path: string, needed: number): unknown {
  const reason = (cause as NodeJS.ErrnoException).code
  if (cause instanceof Failure || typeof reason !== 'string') return cause
  if (reason === 'ENOSPC' || reason === 'EDQUOT') return new Failure({ code: 'disk-full', path, needed })
  return new Failure({ code: 'target-unwritable', path, reason })
}

/** At most `bytes` of UTF-8, cut between characters. */
function shortened(name: string, bytes: number): string {
  let kept = ''
  let used = 0
  for (const character of name) {
    used += Buffer.byteLength(character)
    if (used > bytes) break
    kept += character
  }
  return kept
}
