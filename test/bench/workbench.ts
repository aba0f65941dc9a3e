import { spawn } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { open as openEnvelope } from '../../electron/core/keys/keyring.ts'
import type { MasterKeyHandle } from '../../electron/core/keys/master-key.ts'
import { rsaMasterKey } from '../../electron/core/keys/rsa-master-key.ts'
import { openWire } from '../../electron/core/net/http.ts'
import { openOss, type Oss } from '../../electron/core/oss/client.ts'
import { openControl } from '../../electron/core/transfer/control.ts'
import type { Openers } from '../../electron/core/transfer/jobs.ts'
import { openPool, type PartPool } from '../../electron/core/transfer/part-pool.ts'
import type { Running } from '../../electron/core/transfer/running.ts'
import { fail, ok } from '../../shared/contract/errors.ts'

/** One figure. `ours` and `peer` in the same unit; `target` as the ratio is compared with it. */
export interface Figure {
  readonly name: string
  readonly ours: number
  readonly peer: number
  readonly ratio: number
  readonly target: number
  readonly met: boolean
}

/** What every figure is measured with. */
export interface Workbench {
  readonly pool: PartPool
  readonly oss: Oss
  /** Of the sink, without a path. */
  readonly sinkUrl: string
  /** On a disk of this machine. */
  readonly disk: string
  /** In memory where the system has such a folder, so that no disk is measured. */
  readonly memory: string
  masterKey(): MasterKeyHandle
  openers(): Openers
  running(parallel: number): Running
  close(): Promise<void>
}

export async function openWorkbench(): Promise<Workbench> {
  const sink = spawn(process.execPath, [process.argv[1] ?? '', 'sink'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(sink.stdout, 'data')) as [Buffer]
  const sinkUrl = `http://127.0.0.1:${line.toString().trim()}`
  const wire = openWire()
  const oss = openOss({ endpoint: sinkUrl, region: 'cn-hangzhou', credentials: async () => ok({ accessKeyId: 'bench', accessKeySecret: 'bench', securityToken: null }) }, wire)
  const pool = openPool({ workerUrl: new URL('./core/part-worker.mjs', import.meta.url), threads: 2 })
  const halves = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const masterKey = (): MasterKeyHandle => rsaMasterKey({ id: 'bench', name: 'bench', description: '', writes: 'v2', ...halves })
  const disk = mkdtempSync(join(tmpdir(), 'cb-bench-'))
  const memory = existsSync('/dev/shm') ? mkdtempSync('/dev/shm/cb-bench-') : disk
  return {
    pool, oss, sinkUrl, disk, memory,
    masterKey,
    openers: () => ({ envelope: (envelope, signal) => openEnvelope(envelope, [masterKey()], signal), message: async () => fail({ code: 'no-master-key' }) }),
    running: (parallel) => ({ pool, control: openControl(), parallel: () => parallel, tell: () => undefined }),
    async close() {
      await pool.close()
      wire.close()
      sink.kill()
      for (const folder of [disk, memory]) rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A file of random bytes, made of one random MiB over and over. */
export async function randomFile(path: string, bytes: number): Promise<void> {
  const block = randomBytes(1024 * 1024)
  const file = await open(path, 'w')
  for (let at = 0; at < bytes; at += block.length) await file.write(block, 0, Math.min(block.length, bytes - at))
  await file.close()
}

export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** Both by turns, so that a slow minute of the machine hits both; medians. The first round warms up and does not count. */
export async function interleaved(rounds: number, ours: () => Promise<unknown>, peer: () => Promise<unknown>): Promise<{ readonly ours: number; readonly peer: number }> {
  const times: { readonly ours: number; readonly peer: number }[] = []
  for (let round = 0; round <= rounds; round++) times.push({ ours: await seconds(ours), peer: await seconds(peer) })
  const counted = times.slice(1)
  return { ours: median(counted.map((time) => time.ours)), peer: median(counted.map((time) => time.peer)) }
}

export const rounded = (value: number): number => Math.round(value * 1000) / 1000
