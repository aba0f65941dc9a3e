import { join } from 'node:path'
import type { ListedFile } from '../../store/file-list.ts'
import { keyUnder, type Root } from '../local/scan.ts'

/**
 * Two files of one upload that would go under one key; how many such keys there are. Paths are
 * absolute.
 */
export interface SharedKey {
  readonly key: string
  readonly first: string
  readonly second: string
}

/** Looks for keys that two files share. */
export interface SharedKeys {
  see(file: ListedFile): void
  /** The first of them. */
  readonly found: readonly SharedKey[]
  count(): number
}

const MOST_NAMED = 100

/**
 * Things of which two may give one key: within one no two files do, so it takes two of one name, or
 * loose files beside others.
 */
function thoseThatMay(roots: readonly Root[]): ReadonlySet<number> {
  // Loose ones have their names from a page that keeps them apart; another file beside them may
  // have one of those.
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
 * Remembers the keys only where two may be the same: an upload of one folder costs nothing. `told`:
 * hears of each pair.
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
      // A folder that holds nothing is the same marker, whoever makes it.
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
