import { createCipheriv, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serialize } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { identify } from '../../electron/core/files/file-source.ts'
import { LeafSum } from '../../electron/core/seals/leaves.ts'
import { planSeal } from '../../electron/core/seals/new-seal.ts'
import { deriveSealKeys } from '../../electron/core/seals/seal-keys.ts'
import { readSealText, SEAL_HEADER } from '../../electron/core/seals/seal-text.ts'
import { markFits } from '../../electron/core/seals/writer.ts'
import type { WorkerJob } from '../../electron/core/worker/job.ts'
import type { FromWorker, JobEnd, ToWorker } from '../../electron/core/worker/message.ts'
import { headerMap } from '../../electron/core/worker/message.ts'
import { speedLimitMemory } from '../../electron/core/worker/speed-limit.ts'
import { valueOf } from '../../shared/contract/errors.ts'
import { readHeaders, recognise } from '../../shared/format/recognise.ts'
import { never } from './oss-practice.ts'
import { openersOf, testKey, WORKER_URL } from './transfer-kit.ts'

const folder = mkdtempSync(join(tmpdir(), 'cb-seal-messages-'))
const path = join(folder, 'source')
const CHUNK = 1024 ** 2
const plain = randomBytes(2 * CHUNK + 5)
let worker: Worker
/** Everything that the thread ever said, as it crossed to this one. */
const said: Buffer[] = []

beforeAll(() => {
  writeFileSync(path, plain)
  worker = new Worker(WORKER_URL, { workerData: { speedLimit: speedLimitMemory(), proxy: null } })
})
afterAll(async () => {
  await worker.terminate()
  rmSync(folder, { recursive: true, force: true })
})

function run(job: WorkerJob): Promise<JobEnd> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.on('message', (message: FromWorker) => {
      said.push(serialize(message))
      for (const end of message.ended) resolve(end)
    })
    const message: ToWorker = { jobs: [{ id: 1, job }], stop: [], release: [] }
    worker.postMessage(message)
  })
}

/** Finds secrets in what the thread said, as bytes and as text. */
function found(secrets: ReadonlyMap<string, Uint8Array>): readonly string[] {
  const all = Buffer.concat(said)
  return [...secrets].flatMap(([name, bytes]) =>
    (['latin1', 'hex', 'base64', 'base64url'] as const)
      .filter((form) => all.includes(Buffer.from(bytes).toString(form), 0, 'latin1'))
      .map((form) => `${name} as ${form}`),
  )
}

/** The sum of a chunk, which nobody but the maker of its leaf may see. */
function sumOf(key: Uint8Array, chunk: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, Buffer.alloc(12)).setAAD(chunk)
  cipher.final()
  return cipher.getAuthTag()
}

test('a job on a range returns leaves, and neither sums of chunks nor keys', async () => {
  const [dataKey, counter] = [randomBytes(32), randomBytes(16)]
  const plan = { ...planSeal(plain.length), firstIndex: 0 }
  const end = await run({
    kind: 'sum',
    source: { path, identity: await identify(path) },
    offset: 0,
    length: statSync(path).size,
    cipher: { kind: 'ctr', dataKey: Uint8Array.from(dataKey), counter, at: 0, resplit: null },
    checksum: true,
    leaves: { ...plan, dataKey: Uint8Array.from(dataKey) },
  })
  if (!('range' in end)) throw new Error('no range')
  const stored = createCipheriv('aes-256-ctr', dataKey, counter).update(plain)
  using keys = deriveSealKeys(dataKey)
  const sum = new LeafSum(keys, plan)
  sum.update(stored)
  expect(Buffer.from(end.range.leaves ?? []).equals(sum.leaves())).toBe(true)
  // The search finds what is there: it is no proof that it finds nothing of the rest.
  expect(found(new Map([['leaves', sum.leaves()]]))).toEqual(['leaves as latin1'])
  const chunks = [0, 1, 2].map((i) => stored.subarray(i * CHUNK, (i + 1) * CHUNK))
  const secrets = new Map<string, Uint8Array>([
    ['data key', dataKey],
    ['key of leaves', keys.mac],
    ['key of chunks', keys.chunk],
    ...chunks.map((chunk, i) => [`sum ${i}`, sumOf(keys.chunk, chunk)] as const),
  ])
  expect(found(secrets)).toEqual([])
})

test('a held file comes with its seal, and no secret leaves its thread', async () => {
  said.length = 0
  using master = testKey()
  const writer = master.writerSecret?.()
  if (writer == null || master.publicHalf === undefined) throw new Error('no writer secret')
  const small = join(folder, 'small')
  writeFileSync(small, plain.subarray(0, 5000))
  const end = await run({
    kind: 'hold',
    path: small,
    most: 5000,
    wrapping: { publicHalf: master.publicHalf(), format: 'v2', description: '' },
    seal: { bucket: 'b', key: 'k', time: 1, writer: Uint8Array.from(writer) },
  })
  if (!('held' in end) || end.held === null) throw new Error('nothing is held')
  const headers = headerMap(end.held.headers)
  const read = readSealText(headers.get(SEAL_HEADER) ?? '')
  if (read.kind !== 'seal') throw new Error('no seal')
  expect(markFits(writer, read.seal)).toBe(true)
  const envelope = recognise(readHeaders(headers))
  if (envelope.kind !== 'encrypted') throw new Error('no envelope')
  const opened = valueOf(await openersOf(testKey()).envelope(envelope.envelope, never))
  using dataKey = opened.dataKey
  using keys = deriveSealKeys(dataKey.bytes)
  const stored = createCipheriv('aes-256-ctr', dataKey.bytes, opened.counter).update(
    plain.subarray(0, 5000),
  )
  const secrets = new Map<string, Uint8Array>([
    ['writer secret', writer],
    ['data key', dataKey.bytes],
    ['counter', opened.counter],
    ['key of leaves', keys.mac],
    ['key of chunks', keys.chunk],
    ['sum', sumOf(keys.chunk, stored)],
  ])
  expect(found(secrets)).toEqual([])
})
