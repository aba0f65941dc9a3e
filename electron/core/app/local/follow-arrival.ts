import { setImmediate as turn } from 'node:timers/promises'
import { Failure } from '../../../../shared/contract/errors.ts'
import type { ListedFile } from '../../store/file-list.ts'
import type { Arrival } from './arrivals.ts'
import { addTo, keyUnder, leaveOut, nameReason, type Walk } from './scan.ts'

/** Files listed in one turn. The app handles everything else between two turns. */
const AT_ONCE = 256

/**
 * An arrival that is still being copied in. `roots` maps the numbers of its items to the roots of
 * the count.
 */
export interface Following {
  readonly arrival: Arrival
  readonly roots: ReadonlyMap<number, number>
}

/**
 * Counts the files of an arrival instead of walking a folder, and resolves when the copying ends.
 * Throws Failure when not all files arrived. The arrived files are listed then, and no result calls
 * the list whole.
 */
export async function followArrival(walk: Walk, { arrival, roots }: Following): Promise<void> {
  const reader = arrival.reader()
  let left = 0
  for (;;) {
    walk.signal.throwIfAborted()
    // The end is read before the list, so the loop sees everything that was listed up to the end.
    const ended = arrival.ended()
    let found = 0
    for (let one = reader.next(); one !== null; one = found < AT_ONCE ? reader.next() : null) {
      found += 1
      const root = roots.get(one.file.root)
      if (root !== undefined) take(walk, root, one.file)
    }
    for (const [thing, root] of roots) {
      const totals = walk.scan.items[root]
      if (totals !== undefined) totals.folders = arrival.folders(thing)
    }
    for (const { thing, path } of arrival.unreadable().slice(left))
      if (roots.has(thing)) leaveOut(walk.scan, path, 'unreadable')
    left = arrival.unreadable().length
    walk.onProgress(walk.scan)
    if (found >= AT_ONCE) await turn()
    else if (ended === null) await arrival.more(walk.signal)
    else if (ended.error !== null) throw new Failure(ended.error)
    else return
  }
}

function take(walk: Walk, root: number, { path, size, modified }: ListedFile): void {
  const { scan, prefix, roots } = walk
  const refused = nameReason(keyUnder(prefix, roots[root], path))
  if (refused !== null) return leaveOut(scan, path, refused)
  addTo(walk, { root, path, size, modified })
}
