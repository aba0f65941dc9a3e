import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { open as openEnvelope } from '../../electron/core/keys/keyring.ts'
import type { MasterKeyHandle } from '../../electron/core/keys/master-key.ts'
import { rsaMasterKey } from '../../electron/core/keys/rsa-master-key.ts'
import { openHttpClient } from '../../electron/core/net/http-client.ts'
import { openOss, type Oss } from '../../electron/core/oss/client.ts'
import { openControl } from '../../electron/core/transfer/run/control.ts'
import type { Openers } from '../../electron/core/transfer/run/jobs.ts'
import { openPool, type WorkerPool } from '../../electron/core/worker/pool.ts'
import type { Running } from '../../electron/core/transfer/run/running.ts'
import { fail, ok } from '../../shared/contract/errors.ts'
import type { RsaMaster } from '../interop/protocol.ts'
import type { PeerName, Peers, RunningPeer } from './peers.ts'
import { startSide } from './side-process.ts'

/** As the options of the command say. */
export interface Effort {
  /** 1 is what the table names; less makes everything smaller, for trying the bench itself. */
  readonly scale: number
  /** Rounds that count; null for as many as each bench thinks right. */
  readonly rounds: number | null
}

/** A server that keeps nothing, and our client of it. */
export interface SinkSide {
  readonly oss: Oss
  /** Without a path. */
  readonly url: string
  readonly bucket: string
  /** Null: it cannot run here. Closed with the workbench. */
  peer(name: PeerName): Promise<RunningPeer | null>
}

/** The parts with which one bench is measured. */
export interface Workbench {
  /** Of the repository. */
  readonly root: string
  readonly effort: Effort
  readonly peers: Peers
  readonly pool: WorkerPool
  /** The bundled worker. */
  readonly worker: URL
  /** On a disk of this machine. */
  readonly disk: string
  /** In memory where the system has such a folder, so that no disk is measured. */
  readonly memory: string
  /** The one master key, as the peers are given it. */
  readonly master: RsaMaster
  /** `bitsPerSecond` null: as fast as it can. */
  sink(bitsPerSecond: number | null): Promise<SinkSide>
  masterKey(): MasterKeyHandle
  openers(): Openers
  running(parallel: number): Running
  /** Runs `work` when the workbench closes; the last first. */
  later(work: () => Promise<unknown>): void
  close(): Promise<void>
}

const BUCKET = 'bench-bucket'
const ACCOUNT = { accessKeyId: 'bench', accessKeySecret: 'bench' }
const REGION = 'cn-hangzhou'

/** The production engine: two threads, as the app has them. `worker`: the bundled worker. */
export function openWorkbench({
  root,
  effort,
  peers,
  worker,
}: {
  readonly root: string
  readonly effort: Effort
  readonly peers: Peers
  readonly worker: URL
}): Workbench {
  const closing: (() => Promise<unknown>)[] = []
  const pool = openPool({ workerUrl: worker, threads: 2 })
  const wire = openHttpClient()
  const halves = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const masterKey = (): MasterKeyHandle =>
    rsaMasterKey({ id: 'bench', name: 'bench', description: '', writes: 'v2', ...halves })
  const disk = mkdtempSync(join(tmpdir(), 'cb-bench-'))
  const memory = existsSync('/dev/shm') ? mkdtempSync('/dev/shm/cb-bench-') : disk
  return {
    root,
    effort,
    peers,
    pool,
    worker,
    disk,
    memory,
    master: {
      kind: 'rsa',
      publicPem: String(halves.publicKey.export({ type: 'spki', format: 'pem' })),
      privatePem: String(halves.privateKey.export({ type: 'pkcs8', format: 'pem' })),
      padding: 'pkcs1',
      files: null,
      passphrase: null,
      description: null,
    },
    async sink(bitsPerSecond) {
      const side = await startSide('sink', String(bitsPerSecond ?? 0))
      closing.push(() => side.close())
      const { url } = side.told
      const oss = openOss(
        {
          endpoint: url,
          region: REGION,
          credentials: async () => ok({ ...ACCOUNT, securityToken: null }),
        },
        wire,
      )
      return {
        oss,
        url,
        bucket: BUCKET,
        async peer(name) {
          const peer = await peers.start(name, {
            endpoint: url,
            region: REGION,
            bucket: BUCKET,
            ...ACCOUNT,
          })
          if (peer !== null) closing.push(() => peer.close())
          return peer
        },
      }
    },
    masterKey,
    openers: () => ({
      envelope: (envelope, signal) => openEnvelope(envelope, [masterKey()], signal),
      message: async () => fail({ code: 'no-master-key' }),
    }),
    running: (parallel) => ({
      pool,
      control: openControl(),
      parallel: () => parallel,
      traffic: () => ({}),
      tell: () => undefined,
      saved: null,
      stall: () => false,
    }),
    later: (work) => void closing.push(work),
    async close() {
      await pool.close()
      wire.close()
      for (const work of closing.reverse()) await work()
      for (const folder of [disk, memory]) rmSync(folder, { recursive: true, force: true })
    },
  }
}

const MIB = 1024 ** 2

/** Bytes of a file of `bytes` at this scale: whole MiB, so that no part is odd. */
export const scaledBytes = ({ effort }: Workbench, bytes: number): number =>
  Math.max(1, Math.round((bytes * effort.scale) / MIB)) * MIB

/** Things at this scale; one at least. */
export const scaledCount = ({ effort }: Workbench, count: number): number =>
  Math.max(1, Math.round(count * effort.scale))

/** A file of random bytes, made of one random MiB over and over. */
export async function randomFile(path: string, bytes: number): Promise<void> {
  const block = randomBytes(Math.min(MIB, bytes))
  const file = await open(path, 'w')
  for (let at = 0; at < bytes; at += block.length)
    await file.write(block, 0, Math.min(block.length, bytes - at))
  await file.close()
}
