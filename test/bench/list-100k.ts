import { join } from 'node:path'
import { compose } from '../../electron/core/app/compose.ts'
import { bridgeOver } from '../../shared/contract/routes/bridge.ts'
import { valueOf } from '../../shared/contract/errors.ts'
import { servePort } from '../../shared/contract/routes/serve.ts'
import { portPair } from '../core/core-fixture.ts'
import { startSide } from './side-process.ts'
import { byTurns, median, type Figure } from './statistics.ts'
import { figure } from './table.ts'
import { scaledCount, type Workbench } from './workbench.ts'

const PREFIX = 'many/'

interface Listed {
  /** Seconds to the first page, and to the last. */
  readonly first: number
  readonly all: number
  readonly objects: number
}

/**
 * A folder of 100,000 objects of a practice server, listed as the window lists it: page after page
 * over the bridge.
 */
export async function list100k(bench: Workbench): Promise<readonly Figure[]> {
  const count = scaledCount(bench, 100_000)
  const side = await startSide('practice', join(bench.disk, 'practice'), PREFIX, String(count))
  bench.later(() => side.close())
  const list = await ours(bench, side.told)
  const contenders: Record<string, () => Promise<Listed>> = { ours: list }
  const peer = await bench.peers.start('bench-ali-oss', side.told)
  if (peer !== null) {
    bench.later(() => peer.close())
    contenders['peer'] = async () =>
      (await peer.run('list', { master: null, key: PREFIX })) as unknown as Listed
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

/** The whole core without a window. */
async function ours(
  bench: Workbench,
  {
    endpoint,
    region,
    bucket,
    accessKeyId,
    accessKeySecret,
  }: Parameters<Workbench['peers']['start']>[1],
): Promise<() => Promise<Listed>> {
  const core = await compose({
    shell: 'loopback',
    version: '0.0.0',
    dataDirectory: join(bench.disk, 'data'),
    workerUrl: bench.worker,
    environment: {},
    home: bench.disk,
    secretsPlace: 'file',
    practice: {
      endpoint,
      region,
      bucket,
      accessKeyId,
      accessKeySecret,
      bytes: async () => 0,
      reset: async () => undefined,
    },
  })
  const [client, server] = portPair()
  servePort(server, core)
  const bridge = bridgeOver(client)
  bench.later(async () => {
    bridge.close()
    await core.close()
  })
  return async () => {
    const began = performance.now()
    const elapsed = (): number => (performance.now() - began) / 1000
    let [first, objects, cursor] = [0, 0, null as string | null]
    do {
      const page = valueOf(
        await bridge.call('objects.list', {
          profileId: 'practice',
          bucket,
          prefix: PREFIX,
          cursor,
        }),
      )
      if (objects === 0) first = elapsed()
      objects += page.rows.length
      cursor = page.cursor
    } while (cursor !== null)
    return { first, all: elapsed(), objects }
  }
}
