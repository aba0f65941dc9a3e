import { existsSync, mkdirSync, statSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'

/**
 * Splits --out into folder and name. An existing folder, or a path that ends in a slash, keeps the
 * object's own name.
 */
export function outTargetOf(
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
 * Makes a folder for a path that ends in a slash. A failure shows when the grant for the folder is
 * asked for.
 */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true })
  } catch {}
}
