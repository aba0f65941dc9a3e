import { join } from 'node:path'
import { compose } from '../../electron/core/app/compose.ts'
import type { IndexFilter, IndexScope, IndexSort } from '../../shared/contract/models-index.ts'
import { bridgeOver } from '../../shared/contract/routes/bridge.ts'
import { valueOf } from '../../shared/contract/errors.ts'
import { servePort } from '../../shared/contract/routes/serve.ts'
import { portPair } from '../core/core-fixture.ts'
import { startSide } from './side-process.ts'
import type { Figure } from './statistics.ts'
import { figure } from './table.ts'
import { scaledCount, type Workbench } from './workbench.ts'

/** The flat folder of made-up objects. */
const PREFIX = 'camera/'
/** Seconds of CPU in which any order or filter is to be shown. */
const SHOWN_SECONDS = 0.15
const LIMIT_MIB = 400
const SAMPLE_MS = 50
/** Rows that a window shows. */
const ROWS = 100

/**
 * A folder of 1,000,000 objects of a practice server through the whole core and its index. To be
 * run in a process of its own, because its memory is measured.
 */
export async function list1m(bench: Workbench): Promise<readonly Figure[]> {
  const count = scaledCount(bench, 1_000_000)
  const side = await startSide('practice', join(bench.disk, 'practice'), PREFIX, String(count))
  bench.later(() => side.close())
  const peer = await bench.peers.start('bench-ali-oss', side.told)
  const loop =
    peer === null
      ? null
      : ((await peer.run('list', { master: null, key: PREFIX })) as unknown as {
          readonly first: number
          readonly all: number
        })
  await peer?.close()
  let most = 0
  const sampler = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), SAMPLE_MS)
  bench.later(async () => clearInterval(sampler))

  const { bucket } = side.told
  const core = await compose({
    shell: 'loopback',
    version: '0.0.0',
    dataDirectory: join(bench.disk, 'data'),
    workerUrl: bench.worker,
    environment: {},
    home: bench.disk,
    secretsPlace: 'file',
    practice: { ...side.told, bytes: async () => 0, reset: async () => undefined },
  })
  const [client, server] = portPair()
  servePort(server, core)
  const bridge = bridgeOver(client)
  bench.later(async () => {
    bridge.close()
    await core.close()
  })
  const place = { profileId: 'practice', bucket, prefix: PREFIX }
  const level: IndexScope = { ...place, depth: 'level' }
  const window = async (scope: IndexScope, sort: IndexSort, filter: IndexFilter, offset = 0) =>
    valueOf(await bridge.call('index.rows', { scope, sort, filter, offset, count: ROWS }))
  const names: IndexSort = { by: 'name', down: false }

  // The peer runs already, and so do the core and its index in an open window.
  await window({ ...level, prefix: 'none/' }, names, {})
  const began = performance.now()
  let first = Number.NaN
  await new Promise<void>((resolve, reject) => {
    bridge.on('listing.changed', ({ status }) => {
      if (Number.isNaN(first)) {
        first = 0
        void window(level, names, {}).then(() => (first = (performance.now() - began) / 1000))
      }
      if (status.error !== null) reject(new Error(status.error.code))
      else if (!status.listing) resolve()
    })
    bridge.call('listing.open', { ...place, refresh: true }).catch(reject)
  })
  const all = (performance.now() - began) / 1000
  const { total } = await window(level, names, {})
  if (total !== count) throw new Error(`${total} of ${count} objects are in the index`)

  /** Seconds of CPU of the whole process, all threads included. */
  const cpu = async (work: () => Promise<unknown>): Promise<number> => {
    const before = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1e6
  }
  const sorts: Record<string, number> = {}
  for (const by of ['name', 'size', 'modified', 'class', 'state'] as const)
    sorts[`${by}Seconds`] = await cpu(() => window(level, { by, down: true }, {}))
  sorts['deepSeconds'] = await cpu(() =>
    window(level, { by: 'size', down: false }, {}, Math.floor(count / 2)),
  )
  const filters: Record<string, number> = {
    textSeconds: await cpu(() => window(level, names, { text: '99' })),
    globSeconds: await cpu(() =>
      window(level, { by: 'modified', down: true }, { glob: '*99*.jpg' }),
    ),
    sizeSeconds: await cpu(() => window(level, names, { larger: 1e6, smaller: 1e7 })),
    classSeconds: await cpu(() => window(level, names, { classes: ['Archive'] })),
  }
  const search = await cpu(() => window({ ...level, depth: 'below' }, names, { text: '0099' }))
  const reopened = performance.now()
  valueOf(await bridge.call('listing.open', { ...place, refresh: false }))
  await window(level, names, {})
  const known = (performance.now() - reopened) / 1000
  const { deepSeconds: _deep, ...shown } = sorts
  return [
    figure('list-1m', first, loop?.first ?? null),
    figure('list-1m-all', all, loop?.all ?? null),
    figure('sort-1m', Math.max(...Object.values(shown)), SHOWN_SECONDS, sorts),
    figure('filter-1m', Math.max(...Object.values(filters)), SHOWN_SECONDS, filters),
    figure('search-1m', search, SHOWN_SECONDS),
    figure('known-1m', known, loop?.first ?? null),
    figure('memory-1m', most / 1024 ** 2, LIMIT_MIB),
  ]
}
