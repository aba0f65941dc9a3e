import { join } from 'node:path'
import type { ListedFile } from '../../store/file-list.ts'
import { keyUnder, type Root } from '../local/scan.ts'

/** Two files of one upload that would have one key. Paths are absolute. */
export interface SharedKey {
  readonly key: string
  readonly first: string
  readonly second: string
}

/** Finds the keys that two files share. */
export interface SharedKeys {
  see(file: ListedFile): void
  /** The first shared keys. */
  readonly found: readonly SharedKey[]
  count(): number
}

const MOST_NAMED = 100

/**
 * Returns the roots that may share a key with another root. The files of one root never share a
 * key. Sharing takes two roots of one name, or loose files beside other files.
 */
function thoseThatMay(roots: readonly Root[]): ReadonlySet<number> {
  // A page gave the loose files their names and made them differ. Another file beside them may have
  // one of these names.
  const loose =
    roots.some(({ kind }) => kind === 'files') &&
    roots.filter(({ kind }) => kind !== 'folder').length > 1
  const count = new Map<string, number>()
  for (const { name, kind } of roots)
    if (kind !== 'files') count.set(name, (count.get(name) ?? 0) + 1)
  return new Set(
    roots.flatMap(({ name, kind }, i) =>
      (count.get(name) ?? 0) > 1 || (loose && kind !== 'folder') ? [i] : [],
    ),
  )
}

export const mayShareKeys = (roots: readonly Root[]): boolean => thoseThatMay(roots).size > 0

/**
 * Opens the search for shared keys. It remembers keys only when two roots may share one, so an
 * upload of one folder costs nothing. `told` receives each pair.
 */
export function sharedKeys(
  prefix: string,
  roots: readonly Root[],
  told: (one: SharedKey) => void = () => undefined,
): SharedKeys {
  const found: SharedKey[] = []
  let count = 0
  const may = thoseThatMay(roots)
  const seen = new Map<string, ListedFile>()
  const pathOf = ({ root, path }: ListedFile): string => join(roots[root]?.path ?? '', path)
  return {
    found,
    count: () => count,
    see(file) {
      // An empty folder is the same marker for every root.
      if (!may.has(file.root) || file.path.endsWith('/')) return
      const key = keyUnder(prefix, roots[file.root], file.path)
      const before = seen.get(key)
      if (before === undefined) return void seen.set(key, file)
      count += 1
      const one = { key, first: pathOf(before), second: pathOf(file) }
      if (found.length < MOST_NAMED) found.push(one)
      told(one)
    },
  }
}
