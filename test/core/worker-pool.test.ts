import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { openCancellation } from '../../electron/core/base/cancellation.ts'
import type { RangeJob, HoldJob } from '../../electron/core/worker/job.ts'
import { MOST_HELD, openPool, type WorkerPool } from '../../electron/core/worker/pool.ts'
import { identify, type SourceIdentity } from '../../electron/core/files/file-source.ts'
import { runRange, type RangeContext } from '../../electron/core/worker/range-work.ts'
import { openHttpClient } from '../../electron/core/net/http-client.ts'
import { openSpeedLimit, speedLimitMemory } from '../../electron/core/worker/speed-limit.ts'
import { errorOf, never } from './oss-practice.ts'

/** The pool against threads that say what the test wants. */

const folder = mkdtempSync(join(tmpdir(), 'cb-worker-pool-'))
const pools: WorkerPool[] = []
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A pool of one thread. `body` runs for every message: `jobs`, `stop`, `release`, and `end(…)`. */
function poolOf(name: string, body: string): WorkerPool {
  const file = join(folder, `${name}.mjs`)
  writeFileSync(
    file,
    `import { parentPort } from 'node:worker_threads'
    let messages = 0
    const end = (...ended) => parentPort.postMessage({ moved: [], prints: [], ended })
    const none = { answer: null, crc64: null, tag: null, edges: null }
    parentPort.on('message', ({ jobs, stop, release }) => { messages += 1; ${body} })`,
  )
  const pool = openPool({ workerUrl: pathToFileURL(file), threads: 1 })
  pools.push(pool)
  return pool
}

const identity: SourceIdentity = { size: 1, mtimeNs: 0n, ctimeNs: 0n, inode: 0n, device: 0n }
const sum = (path = 'x', of = identity): RangeJob => ({
  kind: 'sum',
  source: { path, identity: of },
  offset: 0,
  length: 1,
  cipher: {
    kind: 'ctr',
    dataKey: new Uint8Array(32).fill(7),
    counter: new Uint8Array(16),
    at: 0,
    resplit: null,
  },
  checksum: true,
})
/** 'wiped', 'moved' to the thread, or 'there'. */
const keyOf = ({ cipher }: RangeJob): string => {
  const key = cipher?.dataKey ?? new Uint8Array(0)
  if (key.length === 0) return 'moved'
  return key.every((byte) => byte === 0) ? 'wiped' : 'there'
}
const aborted = AbortSignal.abort()
const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const holdJob = async (): Promise<HoldJob> => ({
  kind: 'hold',
  path: 'x',
  most: 1,
  wrapping: { publicHalf: publicKey, format: 'v2', description: '' },
  seal: null,
})
const HELD = `{ size: 1, modified: 1, state: 's', headers: [], crc64: 1n }`
const REQUEST = { url: 'http://127.0.0.1/b/k', method: 'PUT', headers: {} }
const LOOK = { ...REQUEST, method: 'HEAD' }

describe('data keys', () => {
  const ends = 'for (const { id } of jobs) end({ id, range: none })'

  test('a key is moved to the thread', async () => {
    const job = sum()
    await poolOf('moved', ends).run(job, { signal: never })
    expect(keyOf(job)).toBe('moved')
  })

  test('the key of a job that is cancelled before it starts is wiped', async () => {
    const pool = poolOf('early', ends)
    const [given, made] = [sum(), sum()]
    const late = new AbortController()
    expect((await errorOf(pool.run(given, { signal: aborted }))).code).toBe('cancelled')
    const making = async () => (late.abort(), made)
    expect((await errorOf(pool.run(making, { signal: late.signal }))).code).toBe('cancelled')
    expect([keyOf(given), keyOf(made)]).toEqual(['wiped', 'wiped'])
  })

  test('the key of a job is wiped when the pool is closed', async () => {
    const pool = poolOf('closed', ends)
    await pool.close()
    const job = sum()
    expect((await errorOf(pool.run(job, { signal: never }))).code).toBe('cancelled')
    expect(keyOf(job)).toBe('wiped')
  })

  test('the keys of a message that cannot be sent are wiped, and the next job runs', async () => {
    const pool = poolOf('unsendable', ends)
    const job: RangeJob = Object.assign(sum(), { extra: () => undefined })
    await expect(pool.run(job, { signal: never })).rejects.toThrow('could not be cloned')
    expect(keyOf(job)).toBe('wiped')
    expect((await pool.run(sum(), { signal: never })).crc64).toBe(null)
  })
})

test('a thread wipes the key of a job however the job ends', async () => {
  const path = join(folder, 'one-byte')
  writeFileSync(path, 'x')
  const context: RangeContext = {
    http: openHttpClient({ textLimit: 1024 }),
    limit: openSpeedLimit(speedLimitMemory()),
    stop: never,
    moved: () => undefined,
    prints: () => undefined,
  }
  const good = sum(path, await identify(path))
  const bad = sum()
  expect((await runRange(good, context)).crc64).not.toBe(null)
  expect((await errorOf(runRange(bad, context))).code).toBe('source-unreadable')
  expect([keyOf(good), keyOf(bad)]).toEqual(['wiped', 'wiped'])
})

describe('messages', () => {
  test('the jobs of one turn go in one message, and so do their stops', async () => {
    const pool = poolOf(
      'together',
      `for (const { id } of jobs) end({ id, range: { ...none, crc64: BigInt(messages) } })`,
    )
    const results = await Promise.all([1, 2, 3].map(() => pool.run(sum(), { signal: never })))
    expect(results.map(({ crc64 }) => crc64)).toEqual([1n, 1n, 1n])
    expect((await pool.run(sum(), { signal: never })).crc64).toBe(2n)
  })

  test('a cancel reaches the thread with the number of its job', async () => {
    const pool = poolOf(
      'stops',
      `for (const id of stop) end({ id, error: { code: 'cancelled' } })
       if (jobs.length > 0) parentPort.postMessage({ moved: [{ id: jobs[0].id, bytes: 1 }], prints: [], ended: [] })`,
    )
    const control = new AbortController()
    const run = pool.run(sum(), { signal: control.signal, onMoved: () => control.abort() })
    expect((await errorOf(run)).code).toBe('cancelled')
  })

  test('a result of another kind and a bug in the thread are errors', async () => {
    const pool = poolOf('kinds', 'for (const { id } of jobs) end({ id, held: null })')
    await expect(pool.run(sum(), { signal: never })).rejects.toThrow('another kind')
    const other = poolOf('bug', `for (const { id } of jobs) end({ id, stack: 'it broke here' })`)
    await expect(other.run(sum(), { signal: never })).rejects.toThrow('it broke here')
  })
})

describe('held files', () => {
  test('a thread that dies fails the send of a file it held, and gives the places back', async () => {
    const pool = poolOf(
      'dies',
      `for (const { id, job } of jobs) job.kind === 'hold' ? end({ id, held: ${HELD} }) : process.exit(3)`,
    )
    for (let round = 0; round < 2; round++) {
      const all = Array.from({ length: MOST_HELD }, () => pool.hold(holdJob, openCancellation()))
      const files = await Promise.all(all)
      await expect(files[0]?.send(REQUEST, LOOK)).rejects.toThrow('a worker thread stopped')
      for (const file of files) file?.release()
    }
  })

  test('the prints of a part are unknown when the thread dies', async () => {
    const pool = poolOf('unknown', 'process.exit(3)')
    const heard: (Uint8Array | null)[] = []
    const run = pool.run(sum(), { signal: never, onPrinted: (records) => heard.push(records) })
    await expect(run).rejects.toThrow('a worker thread stopped')
    expect(heard).toEqual([null])
  })

  test('a cancel while a file is sealed releases it', async () => {
    const pool = poolOf(
      'release',
      `for (const { id, job } of jobs) job.kind === 'hold'
         ? end({ id, held: ${HELD} })
         : end({ id, range: { ...none, crc64: BigInt(globalThis.released ?? 0) } })
       globalThis.released = release[0] ?? globalThis.released`,
    )
    const cancellation = openCancellation()
    const held = pool.hold(holdJob, cancellation)
    setImmediate(() => setImmediate(() => cancellation.cancel()))
    expect((await errorOf(held)).code).toBe('cancelled')
    await expect
      .poll(async () => (await pool.run(sum(), { signal: never })).crc64)
      .toBeGreaterThan(0n)
  })
})

describe('a cancellation', () => {
  test('calls each listener once, and none that was removed', () => {
    const cancellation = openCancellation()
    const heard: string[] = []
    cancellation.onCancel(() => heard.push('first'))
    cancellation.onCancel(() => heard.push('removed'))()
    cancellation.cancel()
    cancellation.cancel()
    expect([heard, cancellation.isCancelled()]).toEqual([['first'], true])
  })

  test.each(['before', 'after'])('its signal, made %s the cancel, is aborted', (when) => {
    const cancellation = openCancellation()
    if (when === 'before') expect(cancellation.signal.aborted).toBe(false)
    cancellation.cancel()
    expect(cancellation.signal.aborted).toBe(true)
    expect(cancellation.signal).toBe(cancellation.signal)
  })
})
