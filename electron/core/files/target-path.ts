import { lstat, mkdir, stat } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { Failure, type Obstacle } from '../../../shared/contract/errors.ts'
import { fileFailure } from '../base/system-failure.ts'

/**
 * The thing at a path where a file is to be written. 'file': may be replaced; a link to a file or
 * to nothing counts as one.
 */
type Standing = 'nothing' | 'file' | Exclude<Obstacle, 'file'>

type Info = Awaited<ReturnType<typeof lstat>>

/**
 * Checks whether a file may be written at a path by this rule. 'taken': the name is taken and the
 * rule is 'skip'. `root`: the folder that the user chose; null: the folder of the file.
 * Rejects with Failure 'target-exists', and 'target-blocked' for a thing that no rule replaces or
 * that leads elsewhere.
 */
export async function lookBefore(
  path: string,
  rule: 'fail' | 'rename' | 'replace' | 'skip',
  root: string | null = null,
): Promise<'free' | 'taken'> {
  await walk(dirname(path), root, false)
  if (rule === 'rename') return 'free'
  const standing = await standsAt(path)
  if (standing === 'nothing' || (standing === 'file' && rule === 'replace')) return 'free'
  if (rule === 'skip') return 'taken'
  throw takenBy(path, standing)
}

/** Returns the failure for a taken name, which says whether it could be replaced. */
export async function takenFailure(path: string): Promise<Failure> {
  return takenBy(path, await standsAt(path))
}

/**
 * Rejects with Failure 'target-blocked' unless a file may take this path's name, which is free or
 * belongs to a file.
 */
export async function mayReplace(path: string): Promise<void> {
  const standing = await standsAt(path)
  if (standing !== 'nothing' && standing !== 'file') throw takenBy(path, standing)
}

function takenBy(path: string, standing: Standing): Failure {
  return new Failure(
    standing === 'nothing' || standing === 'file'
      ? { code: 'target-exists', path }
      : { code: 'target-blocked', path, by: standing },
  )
}

async function standsAt(path: string): Promise<Standing> {
  const info = await infoOf(path)
  if (info === null) return 'nothing'
  if (!info.isSymbolicLink())
    return info.isFile() ? 'file' : info.isDirectory() ? 'folder' : 'device'
  // The link is replaced, never its target. Behind a link to a device or a folder, programs would
  // lose their target all the same.
  const behind = await stat(path).catch(() => null)
  return behind === null || behind.isFile() ? 'file' : behind.isDirectory() ? 'link' : 'device'
}

/**
 * Makes a folder and the missing folders above it. No folder below `root`, which the user chose,
 * may be a link, because the bytes would go elsewhere.
 * Errors  Failure 'target-blocked', 'target-unwritable', 'disk-full'.
 */
export async function ensureFolder(path: string, root: string | null = null): Promise<void> {
  await walk(path, root, true)
}

/** Does the same check for existing folders. A missing folder is not an obstacle. */
export async function checkFolder(path: string, root: string | null = null): Promise<void> {
  await walk(path, root, false)
}

async function walk(path: string, root: string | null, make: boolean): Promise<void> {
  const top = root ?? path
  const known = await stat(top).catch(() => null)
  if (known !== null && !known.isDirectory()) throw blockedBy(top, known)
  if (known === null && !make) return
  try {
    if (known === null) await mkdir(top, { recursive: true })
  } catch (cause) {
    throw folderFailure(cause, top)
  }
  let at = top
  for (const name of relative(top, path)
    .split(sep)
    .filter((one) => one !== '')) {
    at = join(at, name)
    const info = (await infoOf(at)) ?? (make ? await made(at) : null)
    if (info === null) return
    if (!info.isDirectory()) throw blockedBy(at, info)
  }
}

/** Makes a folder. Another program may have made something else of that name in the meantime. */
async function made(path: string): Promise<Info | null> {
  try {
    await mkdir(path)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw folderFailure(cause, path)
  }
  return infoOf(path)
}

/**
 * Reads the facts of a path. Resolves with null when nothing is there, or when a file is above it.
 */
async function infoOf(path: string): Promise<Info | null> {
  try {
    return await lstat(path)
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return null
    throw fileFailure(cause, path, 0)
  }
}

const blockedBy = (path: string, info: Info): Failure =>
  new Failure({
    code: 'target-blocked',
    path,
    by: info.isSymbolicLink() ? 'link' : info.isFile() ? 'file' : 'device',
  })

function folderFailure(cause: unknown, path: string): unknown {
  const isFile = ['EEXIST', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')
  return isFile
    ? new Failure({ code: 'target-blocked', path, by: 'file' })
    : fileFailure(cause, path, 0)
}
