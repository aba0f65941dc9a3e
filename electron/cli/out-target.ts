import { existsSync, mkdirSync, statSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'

/**
 * --out as folder and name: an existing folder, or one that is named with a slash, keeps the
 * object's own name.
 */
export function targetOf(
  out: string | undefined,
  wholeFolder: boolean,
): { readonly folder: string; readonly fileName: string | null } {
  if (out === undefined) return { folder: '.', fileName: null }
  const isFolder =
    wholeFolder || /[\\/]$/.test(out) || (existsSync(out) && statSync(out).isDirectory())
  if (isFolder) makeFolder(out)
  return isFolder
    ? { folder: out, fileName: null }
    : { folder: dirname(resolve(out)), fileName: basename(out) }
}

/**
 * A folder that is named as one is made. Why it could not be is said when its grant is asked for.
 */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true })
  } catch {}
}
