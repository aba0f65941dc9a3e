import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { startDriver } from '../interop/driver.ts'
import type { Answer, At, Fields, Op, Peer } from '../interop/protocol.ts'
import {
  cacheFolder,
  driverEnv,
  install,
  manifests,
  missing,
  type Manifest,
} from '../interop/toolchain.ts'

/** The peer lists a million objects in some minutes on a busy machine. */
const PATIENCE_MS = 30 * 60_000

/**
 * Compared with: drivers of test/interop whose call is the one that is measured, and programs of
 * test/bench/peers where the SDK has none.
 */
export type PeerName = 'bench-go-v1' | 'go-v2' | 'python-oss2' | 'bench-python-v2' | 'bench-ali-oss'

/** The name, SDK, version and runtime of a peer, for the table. */
export type Version = Readonly<Record<'name' | 'sdk' | 'version' | 'runtime', string>>

export interface Peers {
  /**
   * Installs, compiles and starts it. Null: it cannot run on this machine, which is said on stderr
   * once.
   */
  start(name: PeerName, at: Omit<At, 'signature'>): Promise<RunningPeer | null>
  /** Of all that were started. */
  versions(): readonly Version[]
  /** Those that could not be started, and why. */
  skipped(): ReadonlyMap<PeerName, string>
}

export interface RunningPeer {
  /** Rejects with what the SDK said. */
  run(op: Op, fields: Omit<Fields, 'signature'>): Promise<Extract<Answer, { ok: true }>>
  close(): Promise<void>
}

/** `root`: of the repository. `folder`: for homes and temporary files of the peers. */
export function openPeers(root: string, folder: string): Peers {
  const cache = cacheFolder(process.env)
  const all = ['interop/drivers', 'bench/peers'].flatMap((place) =>
    manifests(join(root, 'test', place), cache),
  )
  const installed = new Set<PeerName>()
  const versions = new Map<PeerName, Version>()
  const skipped = new Map<PeerName, string>()

  /** Returns why a peer cannot run here, or null. */
  async function obstacle(manifest: Manifest): Promise<string | null> {
    const lacking = missing(manifest.needs, process.env)
    if (lacking.length > 0)
      return `${lacking.join(', ')} ${lacking.length === 1 ? 'is' : 'are'} not installed`
    try {
      await install(manifest, cache)
      return null
    } catch (cause) {
      // No network, most likely.
      return (cause as Error).message
    }
  }

  async function isReady(manifest: Manifest, name: PeerName): Promise<boolean> {
    if (installed.has(name)) return true
    if (skipped.has(name)) return false
    const why = await obstacle(manifest)
    if (why === null) installed.add(name)
    else {
      process.stderr.write(`${name} is skipped: ${why}\n`)
      skipped.set(name, why.split('\n', 1)[0] ?? '')
    }
    return why === null
  }

  return {
    async start(name, at) {
      const manifest = all.find((one) => one.name === name)
      if (manifest === undefined) throw new Error(`no peer is called ${name}`)
      if (!(await isReady(manifest, name))) return null
      const home = join(folder, 'homes', name)
      mkdirSync(home, { recursive: true })
      // Plain HTTP to this machine: no certificate is ever asked for.
      const peer = await startDriver({
        name,
        run: manifest.run,
        env: driverEnv(home, ''),
        cwd: home,
        at,
        patienceMs: PATIENCE_MS,
      })
      versions.set(name, peer.hello)
      return running(name, peer)
    },
    versions: () => [...versions.values()],
    skipped: () => skipped,
  }
}

function running(name: string, peer: Peer): RunningPeer {
  return {
    async run(op, fields) {
      const answer = await peer.run(op, { ...fields, signature: 'v4' })
      if (!answer.ok) throw new Error(`${name}: ${answer.error}`)
      return answer
    },
    close: () => peer.close(),
  }
}
