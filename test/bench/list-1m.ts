import type { IndexFilter, IndexScope, IndexSort } from '../../shared/contract/models-index.ts'
import { valueOf } from '../../shared/contract/errors.ts'
import { openListingCore, type ListingCore } from './listing-core.ts'
import { byTurns, median, type Figure } from './statistics.ts'
import { figure } from './table.ts'
import { scaledCount, type Workbench } from './workbench.ts'

/** The flat folder of made-up objects, and the beginning of a thousand names of it. */
const PREFIX = 'camera/'
const PAGE_PREFIX = `${PREFIX}IMG_00000`
/** Seconds of CPU in which any order or filter is to be shown. */
const SHOWN_SECONDS = 0.15
const LIMIT_MIB = 400
const SAMPLE_MS = 50
/** Rows that a window asks for. */
const ROWS = 200
/** The process is quiet when it used less CPU than this part of the time between two looks. */
const QUIET = 0.1

/** The rows that one listing of the folder measures. */
export const MILLION_ROWS = ['list-1m', 'sort-1m', 'filter-1m', 'search-1m', 'known-1m'] as const
export type MillionRow = (typeof MILLION_ROWS)[number]

export const isMillionRow = (name: string): name is MillionRow =>
  (MILLION_ROWS as readonly string[]).includes(name)

/**
 * Measures some rows over a folder of 1,000,000 objects of a practice server, through the whole
 * core and its index. To be run in a process of its own, because its memory is measured.
 */
export async function listMillion(
  bench: Workbench,
  rows: readonly MillionRow[],
): Promise<readonly Figure[]> {
  const count = scaledCount(bench, 1_000_000)
  const opened = await openListingCore(bench, PREFIX, count)
  const { bridge, folder, peer } = opened
  const level: IndexScope = { ...folder, depth: 'level' }
  const below: IndexScope = { ...folder, depth: 'below' }
  const names: IndexSort = { by: 'name', down: false }
  const window = async (scope: IndexScope, sort: IndexSort, filter: IndexFilter, offset = 0) =>
    valueOf(await bridge.call('index.rows', { scope, sort, filter, offset, count: ROWS }))

  const found: Figure[] = []
  const isWanted = (...some: readonly MillionRow[]): boolean =>
    some.some((name) => rows.includes(name))

  let peerFirst: number | null = null
  if (isWanted('list-1m', 'known-1m')) {
    const first = await byTurns(bench.effort.rounds ?? 5, {
      ours: () => firstRows(opened),
      ...(peer !== null && { peer: async () => (await peer(PAGE_PREFIX)).all }),
    } as Record<string, () => Promise<number>>)
    peerFirst = peer === null ? null : median(first['peer'] ?? [])
    if (isWanted('list-1m')) found.push(figure('list-1m', median(first['ours'] ?? []), peerFirst))
  }
  let most = 0
  const sampler = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), SAMPLE_MS)
  bench.later(async () => clearInterval(sampler))
  const loop = isWanted('list-1m') ? ((await peer?.(PREFIX)) ?? null) : null
  const all = await allRows(opened)
  if (isWanted('list-1m')) found.push(figure('list-1m-all', all, loop?.all ?? null))
  const { total } = await window(level, names, {})
  if (total !== count) throw new Error(`${total} of ${count} objects are in the index`)

  // The index loads the rows of the folder in view while nobody waits.
  const loadSeconds = await cpu(() => quiet())
  if (isWanted('sort-1m')) {
    const sorts: Record<string, number> = {}
    for (const by of ['name', 'size', 'modified', 'class', 'state', 'key'] as const)
      sorts[`${by}Seconds`] = await cpu(() => window(level, { by, down: true }, {}))
    const middle = Math.floor(count / 2)
    const deepSeconds = await cpu(() => window(level, { by: 'size', down: false }, {}, middle))
    const more = { ...sorts, deepSeconds, loadSeconds }
    found.push(figure('sort-1m', Math.max(...Object.values(sorts)), SHOWN_SECONDS, more))
  }
  if (isWanted('filter-1m')) {
    const byTime: IndexSort = { by: 'modified', down: true }
    const filters: Record<string, number> = {
      textSeconds: await cpu(() => window(level, names, { text: '99' })),
      noneSeconds: await cpu(() => window(level, names, { text: 'none' })),
      globSeconds: await cpu(() => window(level, byTime, { glob: '*99*.jpg' })),
      regexSeconds: await cpu(() => window(level, names, { regex: '9+7.*\\.jpg$' })),
      sizeSeconds: await cpu(() => window(level, names, { larger: 1e6, smaller: 1e7 })),
      classSeconds: await cpu(() => window(level, names, { classes: ['Archive'] })),
      typeSeconds: await cpu(() => window(level, names, { kinds: ['picture'] })),
    }
    found.push(figure('filter-1m', Math.max(...Object.values(filters)), SHOWN_SECONDS, filters))
  }
  if (isWanted('search-1m')) {
    const firstSearchSeconds = await cpu(() => window(below, names, { text: '0099' }))
    await quiet()
    const nextSearchSeconds = await cpu(() => window(below, names, { text: '0098' }))
    const slowest = Math.max(firstSearchSeconds, nextSearchSeconds)
    const more = { firstSearchSeconds, nextSearchSeconds }
    found.push(figure('search-1m', slowest, SHOWN_SECONDS, more))
  }
  if (isWanted('known-1m')) {
    const known = await byTurns(bench.effort.rounds ?? 5, {
      ours: async () => {
        const began = performance.now()
        valueOf(await bridge.call('listing.open', { ...folder, refresh: false }))
        await window(level, names, {})
        return (performance.now() - began) / 1000
      },
    })
    found.push(figure('known-1m', median(known.ours), peerFirst))
  }
  return [...found, figure('memory-1m', most / 1024 ** 2, LIMIT_MIB)]
}

/** Returns the seconds until the first rows of a folder are there that the index does not know. */
async function firstRows({ bridge, folder }: ListingCore): Promise<number> {
  const ask = (prefix: string) =>
    bridge.call('index.rows', {
      scope: { ...folder, prefix, depth: 'level' },
      sort: { by: 'name', down: false },
      filter: {},
      offset: 0,
      count: ROWS,
    })
  valueOf(await bridge.call('index.clear', {}))
  // The index is open, as in a window that shows another folder.
  valueOf(await ask('none/'))
  const began = performance.now()
  const seconds = await new Promise<number>((resolve, reject) => {
    const off = bridge.on('listing.changed', ({ status }) => {
      if (status.listed === 0 && status.listing) return
      off()
      ask(folder.prefix).then(
        () => resolve((performance.now() - began) / 1000),
        (cause: unknown) => reject(cause as Error),
      )
    })
    bridge.call('listing.open', { ...folder, refresh: true }).catch(reject)
  })
  valueOf(await bridge.call('listing.stop', { ...folder }))
  return seconds
}

/** Lists the folder to its end. Returns the seconds until all rows are in the index. */
async function allRows({ bridge, folder }: ListingCore): Promise<number> {
  const began = performance.now()
  await new Promise<void>((resolve, reject) => {
    bridge.on('listing.changed', ({ status }) => {
      if (status.error !== null) reject(new Error(status.error.code))
      else if (!status.listing) resolve()
    })
    bridge.call('listing.open', { ...folder, refresh: true }).catch(reject)
  })
  return (performance.now() - began) / 1000
}

/** Returns the seconds of CPU of the whole process, all threads included. */
async function cpu(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

/** Resolves when the process does next to nothing. */
async function quiet(): Promise<void> {
  for (let busy = 1; busy > QUIET;) {
    busy = await cpu(() => new Promise((resolve) => setTimeout(resolve, 1000)))
  }
}
