import { randomBytes } from 'node:crypto'
import { link, open, rename, unlink } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { syncFolder } from '../base/replace-file.ts'
import { fileFailure } from '../base/system-failure.ts'
import { mayReplace } from './target-path.ts'

/** The longest file name of common file systems, in bytes. */
const NAME_BYTES = 255
const SUFFIX = '.cipherbucket-part'
/**
 * Error codes of link() on file systems without hard links, such as FAT and some network shares.
 */
const NO_LINKS: ReadonlySet<string> = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EINVAL',
  'EMLINK',
  'EXDEV',
])

/** Returns a hidden path beside `path` that nobody else uses. */
export function temporaryBeside(path: string): string {
  const tail = `.${randomBytes(4).toString('hex')}${SUFFIX}`
  return join(dirname(path), `.${shortened(basename(path), NAME_BYTES - tail.length - 1)}${tail}`)
}

/**
 * Returns `folder/name (n).ext`, and the path itself for n = 1. `spare`: the bytes by which a
 * second name beside it is longer. The name is shortened where either would be too long.
 */
export function numbered(path: string, n: number, spare = 0): string {
  const name = basename(path)
  if (n === 1 && Buffer.byteLength(name) + spare <= NAME_BYTES) return path
  const room = NAME_BYTES - spare
  const number = n === 1 ? '' : ` (${n})`
  // A very long text behind a dot is not an extension.
  const extension = Buffer.byteLength(extname(name)) <= room / 2 ? extname(name) : ''
  const tail = `${number}${extension}`
  return join(
    dirname(path),
    shortened(basename(name, extension), room - Buffer.byteLength(tail)) + tail,
  )
}

/**
 * Gives `temporary` its real name unless the name is taken. Returns false then, and nothing
 * changes. Two processes cannot overwrite each other's file, because link() refuses. Without hard
 * links, an empty file of ours reserves the name first.
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

/**
 * Gives `temporary` its real name and replaces the file there. Rejects with Failure
 * 'target-blocked' for a device, a pipe or a folder.
 */
export async function placeOver(temporary: string, path: string): Promise<void> {
  await mayReplace(path)
  try {
    await rename(temporary, path)
  } catch (cause) {
    throw fileFailure(cause, path, 0)
  }
}

/**
 * Makes new names in a folder of the user survive a power cut, where its file system can. A failure
 * is ignored, because the bytes of the file itself are safe.
 */
export const trySyncFolder = (path: string): Promise<void> =>
  syncFolder(path).catch(() => undefined)

/** Shortens a name to at most `bytes` of UTF-8, between two characters. */
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
