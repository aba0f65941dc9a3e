import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ok, type Result } from '../../../../shared/contract/errors.ts'
import { localName, localPath } from '../../../../shared/format/object-names.ts'
import { onOwnFile } from '../../base/system-failure.ts'
import type { Tree } from '../../oss/selection.ts'
import { FILE_SYSTEM } from '../local/file-system.ts'
import type { ListedObject } from './object-list.ts'

/** The path of an object below the target folder, as its name gives it. */
export interface LocalPath {
  /** Error 'name-not-local': no file here can have the name. */
  readonly path: Result<string>
  /** True: the name was changed to make the path. */
  readonly changed: boolean
  readonly isFolder: boolean
}

/**
 * Returns the path of one row. The path of a chosen folder's object starts with the folder's own
 * name. For everything below a prefix, the path has no prefix.
 */
export function localPathOf(
  { root, path: key, size, modified }: ListedObject,
  trees: readonly Tree[],
): LocalPath {
  const tree = trees[root - 1]
  if (tree === undefined) {
    const path = localName(key, FILE_SYSTEM)
    return { path, changed: path.ok && !`/${key}`.endsWith(`/${path.value}`), isFolder: false }
  }
  const above = tree.marker ? tree.prefix.slice(0, -1).lastIndexOf('/') + 1 : tree.prefix.length
  const name = key.slice(above)
  const names = localPath(name, FILE_SYSTEM)
  if (!names.ok)
    return {
      path: { ok: false, error: { code: 'name-not-local', name: key } },
      changed: false,
      isFolder: false,
    }
  // A tree without objects has a row of its own name without a time.
  const isFolder = key.endsWith('/') && size === 0 && modified !== 0
  return {
    path: ok(join(...names.value)),
    changed: !isFolder && names.value.join('/') !== name,
    isFolder,
  }
}

/** Returns the file for the paths that differ from the names. The file is beside the list. */
export const newPathsFile = (listFolder: string, listId: string): string =>
  join(listFolder, `${listId}.names`)

/** Reads the paths that were found before a restart; null when they were not found yet. */
export function readNewPaths(file: string): ReadonlyMap<number, string> | null {
  if (!existsSync(file)) return null
  return new Map(JSON.parse(readFileSync(file, 'utf8')) as [number, string][])
}

/** Stores the paths, whole or not at all. Throws Failure 'disk-full', 'target-unwritable'. */
export function writeNewPaths(file: string, paths: ReadonlyMap<number, string>): void {
  onOwnFile(file, () => {
    writeFileSync(`${file}.new`, JSON.stringify([...paths]), { mode: 0o600 })
    renameSync(`${file}.new`, file)
  })
}
