import { lstat, mkdir, stat } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { Failure, type Obstacle } from '../../../shared/contract/errors.ts'
import { fileFailure } from '../base/system-failure.ts'

/**
 * What stands at a path where a file is to be written. 'file': what may be replaced, a link to a
 * file or to nothing among it.
 */
type Standing = 'nothing' | 'file' | Exclude<Obstacle, 'file'>

type Info = Awaited<ReturnType<typeof lstat>>

/**
 * May a file be written there by this rule? 'taken': something has the name, and the rule is
 * 'skip'. `root`: the folder that the user chose; null: the file's own. Throws Failure
 * 'target-exists', and 'target-blocked' for what no rule replaces or leads elsewhere.
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

/** Why a name that is taken is not written: what has it may be replaced, or may not. */
export async function takenFailure(path: string): Promise<Failure> {
  return takenBy(path, await standsAt(path))
}

/**
 * Throws Failure 'target-blocked' unless a file may take this path's name, in place of the file
 * that has it or of nothing.
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
  // A link itself is replaced, never what it leads to. But what programs find behind a link to a
  // device or folder would be gone all the same.
  const behind = await stat(path).catch(() => null)
  return behind === null || behind.isFile() ? 'file' : behind.isDirectory() ? 'link' : 'device'
}

/**
 * Makes a folder and those above it, where they are missing. Below `root`, the folder that the user
 * chose, none of them may be a link: what is written would be written elsewhere. Errors Failure
 * 'target-blocked', 'target-unwritable', 'disk-full'.
 */
export async function ensureFolder(path: string, root: string | null = null): Promise<void> {
  await walk(path, root, true)
}

/** The same for folders that are there; one that is missing is no obstacle yet. */
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

/** Somebody else may have made it meanwhile, as something else. */
async function made(path: string): Promise<Info | null> {
  try {
    await mkdir(path)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw folderFailure(cause, path)
  }
  return infoOf(path)
}

/** Null: there is nothing, or a file above it. */
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
