import { listedByPages, openListingCore, type PeerListing } from './listing-core.ts'
import { byTurns, median, type Figure } from './statistics.ts'
import { figure } from './table.ts'
import { scaledCount, type Workbench } from './workbench.ts'

const PREFIX = 'many/'

/**
 * A folder of 100,000 objects of a practice server, listed page after page over the bridge, as the
 * dialogs and the tree of folders list.
 */
export async function list100k(bench: Workbench): Promise<readonly Figure[]> {
  const count = scaledCount(bench, 100_000)
  const opened = await openListingCore(bench, PREFIX, count)
  const { peer } = opened
  const contenders: Record<string, () => Promise<PeerListing>> = {
    ours: () => listedByPages(opened),
    ...(peer !== null && { peer: () => peer(PREFIX) }),
  }
  const listed = await byTurns(bench.effort.rounds ?? 5, contenders)
  for (const { objects } of Object.values(listed).flat())
    if (objects !== count) throw new Error(`${objects} of ${count} objects were listed`)
  const middle = (who: string, what: 'first' | 'all') =>
    listed[who] === undefined ? null : median(listed[who].map((one) => one[what]))
  return [
    figure('list-100k', middle('ours', 'first') ?? Number.NaN, middle('peer', 'first')),
    figure('list-100k-all', middle('ours', 'all') ?? Number.NaN, middle('peer', 'all')),
  ]
}
