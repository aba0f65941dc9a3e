import type { Oss } from '../../oss/client.ts'
import { pagesOf, partsOf, type Selection, type Tree } from '../../oss/selection.ts'
import type { ListedObject } from './object-list.ts'

/**
 * A selection of at most so many objects has a transfer for each object. A larger selection is one
 * transfer.
 */
const MOST_FEW = 200

/**
 * Lists a selection of a few objects, or returns null for a larger selection. A tree without
 * objects has a row of its own name without a time. Throws Failure.
 */
export async function fewRows(
  oss: Oss,
  bucket: string,
  selection: Selection,
  signal: AbortSignal,
): Promise<readonly ListedObject[] | null> {
  const { objects, trees } = partsOf(selection)
  const { found } = selection
  if (found !== undefined)
    return found.rows.length > MOST_FEW
      ? null
      : found.rows.map(({ key, size, modified }) => ({ root: 1, path: key, size, modified }))
  if (objects.length > MOST_FEW) return null
  const rows: ListedObject[] = []
  const addTree = async (tree: Tree, root: number): Promise<void> => {
    let isEmpty = true
    for await (const page of pagesOf(oss, bucket, tree, '', signal)) {
      for (const { key, size, modified } of page)
        rows.push({ root, path: key, size, modified: Date.parse(modified) || 0 })
      if (rows.length > MOST_FEW) return
      isEmpty &&= page.length === 0
    }
    if (isEmpty && tree.marker) rows.push({ root, path: tree.prefix, size: 0, modified: 0 })
  }
  const roots = new Map(trees.map((tree, at) => [tree.prefix, at + 1]))
  const single = new Set(objects)
  // The rows follow the order of the keys, so the panel shows them as the user chose them.
  for (const key of [
    ...new Set(selection.keys),
    ...(selection.under ? [selection.under.prefix] : []),
  ]) {
    const root = roots.get(key)
    if (single.has(key) || root === undefined)
      rows.push({ root: 0, path: key, size: 0, modified: 0 })
    else await addTree(trees[root - 1] as Tree, root)
    if (rows.length > MOST_FEW) return null
  }
  return rows
}
