import { lstat, open, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ENVELOPE_FILE_SUFFIX } from '../../../../shared/format/envelope/envelope-file.ts'
import { numberedPath, temporaryBeside } from '../../files/place-file.ts'

/** An object that becomes a file. */
export interface ToName {
  /** Path below the target folder, as the object's name gives it. */
  readonly path: string
  /** True: the object's name was changed to make the path. */
  readonly changed: boolean
  /** True: an envelope file is written beside the file. */
  readonly encrypted: boolean
}

/**
 * The names that a file system treats as one. `cases`: names that differ in capitals. `forms`:
 * names that compose accents in different ways.
 */
export interface OneName {
  readonly cases: boolean
  readonly forms: boolean
}

const LOOSE: OneName = { cases: true, forms: true }

/**
 * Returns a path for each object, with no two on one file. No path is a needed folder or the
 * envelope file of another object. A path in conflict becomes `name (2).ext`. Objects with
 * unchanged names are named first.
 * `folders`: paths that are folders whatever the objects are. `isUsed`: says whether a name with a
 * number belongs to something else.
 */
export function pathsFor(
  wanted: readonly ToName[],
  folders: readonly string[],
  same: OneName,
  isUsed: (path: string) => boolean = () => false,
): readonly string[] {
  const fold = foldOf(same)
  const taken = new Set<string>()
  for (const folder of [...folders, ...wanted.map(({ path }) => dirname(path))]) {
    for (let at = folder; at !== '.' && !taken.has(fold(at)); at = dirname(at)) taken.add(fold(at))
  }
  const paths: string[] = []
  /**
   * The next number to try for a name. Without it, a million objects of one name would take a
   * million times a million tries.
   */
  const numbers = new Map<string, number>()
  const order = [...wanted.keys()].sort((a, b) => rank(wanted[a]) - rank(wanted[b]) || a - b)
  for (const i of order) {
    const { path, encrypted } = wanted[i] as ToName
    const spare = encrypted ? ENVELOPE_FILE_SUFFIX.length : 0
    const name = fold(path)
    for (let n = numbers.get(name) ?? 1; paths[i] === undefined; n++) {
      const candidate = numberedPath(path, n, spare)
      const names = encrypted ? [candidate, candidate + ENVELOPE_FILE_SUFFIX] : [candidate]
      const claims = names.map(fold)
      if (claims.some((claim) => taken.has(claim)) || (n > 1 && names.some(isUsed))) continue
      for (const claim of claims) taken.add(claim)
      paths[i] = candidate
      numbers.set(name, n + 1)
    }
  }
  return paths
}

/**
 * Unchanged names rank first. Among them, an object with an envelope file ranks first, because the
 * envelope file's name follows from its name.
 */
const rank = (one: ToName | undefined): number =>
  (one?.changed === true ? 2 : 0) + (one?.encrypted === true ? 0 : 1)

/** Tests how this folder's file system treats names, with a file that is removed again. */
export async function probeNames(folder: string): Promise<OneName> {
  const probe = temporaryBeside(join(folder, '\u00c4'))
  const isThere = (name: string): Promise<boolean> =>
    lstat(join(folder, name)).then(
      () => true,
      () => false,
    )
  try {
    await (await open(probe, 'wx')).close()
    return {
      cases: await isThere(basename(probe).replace('\u00c4', '\u00e4')),
      forms: await isThere(basename(probe).normalize('NFD')),
    }
  } catch {
    // An unneeded number in a name does no harm. A lost file would.
    return LOOSE
  } finally {
    await rm(probe, { force: true }).catch(() => undefined)
  }
}

/** Returns the form that two paths share when some file system treats them as one. */
export const looseForm = (path: string): string => foldOf(LOOSE)(path)

function foldOf({ cases, forms }: OneName): (path: string) => string {
  const formed = (path: string): string => (forms ? path.normalize('NFC') : path)
  // The text is folded both ways, because some letters have a capital and no small letter of their
  // own.
  return cases ? (path) => formed(formed(path).toUpperCase().toLowerCase()) : formed
}
