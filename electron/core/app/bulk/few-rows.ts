import type { Oss } from '../../oss/client.ts'
import { pagesOf, partsOf, type Selection } from '../../oss/selection.ts'
import type { CorePorts } from '../core.ts'
import type { ListedObject } from './object-list.ts'

/** A selection of so many objects has a transfer for each; a larger one is one transfer. */
const MOST_FEW = 200

/**
 * The objects of a selection that has a transfer for each, at most. The command line tells of each
 * object in a record of its own, whatever their number.
 */
export const mostRows = (shell: CorePorts['shell']): number =>
  shell === 'cli' ? Number.POSITIVE_INFINITY : MOST_FEW

/**
 * Lists a selection of a few objects. Null where there are more. A tree that stands for nothing has
 * a row of its own name without a time. `most`: see {@link mostRows}. Throws Failure.
 */
export async function fewRows(
  oss: Oss,
  bucket: string,
  selection: Selection,
  signal: AbortSignal,
  most: number,
): Promise<readonly ListedObject[] | null> {
  const { objects, trees } = partsOf(selection)
  if (objects.length > most) return null
  const rows = objects.map((path): ListedObject => ({ root: 0, path, size: 0, modified: 0 }))
  for (const [at, tree] of trees.entries()) {
    let isEmpty = true
    for await (const page of pagesOf(oss, bucket, tree, '', signal)) {
      for (const { key, size, modified } of page)
        rows.push({ root: at + 1, path: key, size, modified: Date.parse(modified) || 0 })
      if (rows.length > most) return null
      isEmpty &&= page.length === 0
    }
    if (isEmpty && tree.marker) rows.push({ root: at + 1, path: tree.prefix, size: 0, modified: 0 })
  }
  return rows
}
