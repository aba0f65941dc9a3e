import { randomBytes } from 'node:crypto'
import { link, open, rename, unlink } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { syncFolder } from '../base/replace-file.ts'
import { fileFailure } from '../base/system-failure.ts'
import { mayReplace } from './target-path.ts'

/** Longest file name in bytes on the file systems people use. */
const NAME_BYTES = 255
const SUFFIX = '.cipherbucket-part'
/** File systems without hard links (FAT, some network shares) answer link() with one of these. */
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
 * `folder/name (n).ext`; for n = 1 the path itself. `spare`: bytes that a name beside it is longer
 * by; both are shortened where that one would be too long.
 */
export function numbered(path: string, n: number, spare = 0): string {
  const name = basename(path)
  if (n === 1 && Buffer.byteLength(name) + spare <= NAME_BYTES) return path
  const room = NAME_BYTES - spare
  const number = n === 1 ? '' : ` (${n})`
  // What is that long behind a dot is no extension.
  const extension = Buffer.byteLength(extname(name)) <= room / 2 ? extname(name) : ''
  const tail = `${number}${extension}`
  return join(
    dirname(path),
    shortened(basename(name, extension), room - Buffer.byteLength(tail)) + tail,
  )
}

/**
 * Gives `temporary` its real name unless something has that name already; then false, and nothing
 * changed. Two processes that do this at once cannot overwrite one another: link() refuses. Where
 * there are no links, the name is first taken by an empty file of ours.
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
 * Gives `temporary` its real name in place of whatever file has it. Errors Failure 'target-blocked'
 * where it is no file: a device, a pipe, a folder.
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
