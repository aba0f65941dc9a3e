import { join } from 'node:path'
import { compose } from '../../electron/core/app/compose.ts'
import { valueOf } from '../../shared/contract/errors.ts'
import { bridgeOver, type Bridge } from '../../shared/contract/routes/bridge.ts'
import { servePort } from '../../shared/contract/routes/serve.ts'
import { portPair } from '../core/core-fixture.ts'
import { startSide } from './side-process.ts'
import type { RunningPeer } from './peers.ts'
import type { Workbench } from './workbench.ts'

/** The place in the practice server that a bench lists. */
export interface ListedFolder {
  readonly profileId: 'practice'
  readonly bucket: string
  readonly prefix: string
}

/** Seconds of one listing by the peer. */
export interface PeerListing {
  /** To the first page. */
  readonly first: number
  /** To the last. */
  readonly all: number
  readonly objects: number
}

/** The whole core without a window, and a peer, over one practice server with many objects. */
export interface ListingCore {
  readonly bridge: Bridge
  readonly folder: ListedFolder
  /** Lists what begins with a prefix, by the peer. Null: the peer cannot run here. */
  readonly peer: ((prefix: string) => Promise<PeerListing>) | null
}

/** Starts a practice server with `objects` in the folder `prefix`, the core, and the peer. */
export async function openListingCore(
  bench: Workbench,
  prefix: string,
  objects: number,
): Promise<ListingCore> {
  const side = await startSide('practice', join(bench.disk, 'practice'), prefix, String(objects))
  bench.later(() => side.close())
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
  const peer = await bench.peers.start('bench-ali-oss', side.told)
  if (peer !== null) bench.later(() => peer.close())
  return {
    bridge,
    folder: { profileId: 'practice', bucket: side.told.bucket, prefix },
    peer: peer === null ? null : (wanted) => listedBy(peer, wanted),
  }
}

const listedBy = async (peer: RunningPeer, key: string): Promise<PeerListing> =>
  (await peer.run('list', { master: null, key })) as unknown as PeerListing

/** Lists a folder page after page over the bridge, past the index. Returns the seconds. */
export async function listedByPages({ bridge, folder }: ListingCore): Promise<PeerListing> {
  const began = performance.now()
  const elapsed = (): number => (performance.now() - began) / 1000
  let [first, objects, cursor] = [0, 0, null as string | null]
  do {
    const page = valueOf(await bridge.call('objects.list', { ...folder, cursor }))
    if (objects === 0) first = elapsed()
    objects += page.rows.length
    cursor = page.cursor
  } while (cursor !== null)
  return { first, all: elapsed(), objects }
}
