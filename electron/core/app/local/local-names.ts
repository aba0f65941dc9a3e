import { lstat, open, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ENVELOPE_FILE_SUFFIX } from '../../../../shared/format/envelope/envelope-file.ts'
import { numberedPath, temporaryBeside } from '../../files/place-file.ts'

/** An object that is to become a file. */
export interface ToName {
  /** Path below the target folder, as the object's name makes it. */
  readonly path: string
  /** The object's name could not be taken as it is. */
  readonly changed: boolean
  /** An envelope file is to be beside it. */
  readonly sealed: boolean
}

/**
 * Which names are one and the same for a file system: written with other capitals, or with accents
 * composed in another way.
 */
export interface OneName {
  readonly cases: boolean
  readonly forms: boolean
}

export const EXACT: OneName = { cases: false, forms: false }
const LOOSE: OneName = { cases: true, forms: true }

/**
 * A path for each object, so that no two are one file, none is where a folder must be, and none is
 * the envelope file of another: `name (2).ext` where it would be. Whose name could be taken as it
 * is keeps it. `folders`: paths that are folders whatever the objects are. `isUsed`: is a name with
 * a number the name of something else?
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
   * The next number to try: a million objects of one name are not a million times a million tries.
   */
  const numbers = new Map<string, number>()
  const order = [...wanted.keys()].sort((a, b) => rank(wanted[a]) - rank(wanted[b]) || a - b)
  for (const i of order) {
    const { path, sealed } = wanted[i] as ToName
    const spare = sealed ? ENVELOPE_FILE_SUFFIX.length : 0
    const name = fold(path)
    for (let n = numbers.get(name) ?? 1; paths[i] === undefined; n++) {
      const candidate = numberedPath(path, n, spare)
      const names = sealed ? [candidate, candidate + ENVELOPE_FILE_SUFFIX] : [candidate]
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
 * Unchanged names first; of those, what brings an envelope file, whose name follows from its own.
 */
const rank = (one: ToName | undefined): number =>
  (one?.changed === true ? 2 : 0) + (one?.sealed === true ? 0 : 1)

/** Finds out how this folder's file system takes names, by a file that is removed again. */
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
    // A number too many does no harm; a file too few would.
    return LOOSE
  } finally {
    await rm(probe, { force: true }).catch(() => undefined)
  }
}

/** The form that two paths share which some file system takes for one. */
export const looseForm = (path: string): string => foldOf(LOOSE)(path)

function foldOf({ cases, forms }: OneName): (path: string) => string {
  const formed = (path: string): string => (forms ? path.normalize('NFC') : path)
  // Both ways: some letters have a capital and no small letter of their own.
  return cases ? (path) => formed(formed(path).toUpperCase().toLowerCase()) : formed
}
