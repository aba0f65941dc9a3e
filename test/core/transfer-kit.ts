import {
  constants,
  createDecipheriv,
  createHash,
  generateKeyPairSync,
  privateDecrypt,
  randomBytes,
} from 'node:crypto'
import { createReadStream, mkdtempSync, rmSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { openMessage } from '../../electron/core/keys/keyring-messages.ts'
import { open } from '../../electron/core/keys/keyring.ts'
import type { MasterKeyHandle } from '../../electron/core/keys/master-key.ts'
import { openSecond, recipientOf } from '../../electron/core/keys/second-envelope.ts'
import { rsaMasterKey } from '../../electron/core/keys/rsa-master-key.ts'
import { getRange, headObject, type ObjectHead } from '../../electron/core/oss/objects.ts'
import { listUploads } from '../../electron/core/oss/multipart.ts'
import { openControl, type Control } from '../../electron/core/transfer/run/control.ts'
import { download } from '../../electron/core/transfer/download/download.ts'
import type { HowToOpen } from '../../electron/core/transfer/download/open-content.ts'
import { openReadable } from '../../electron/core/transfer/download/read-range.ts'
import type { DownloadJob, Openers, UploadJob } from '../../electron/core/transfer/run/jobs.ts'
import { openPool, type WorkerPool } from '../../electron/core/worker/pool.ts'
import type { Running } from '../../electron/core/transfer/run/running.ts'
import type { Step } from '../../electron/core/transfer/run/transfer-state.ts'
import { upload } from '../../electron/core/transfer/upload/upload.ts'
import { fail, ok, type AppError } from '../../shared/contract/errors.ts'
import type { TransferOutcome } from '../../shared/contract/models-transfers.ts'
import { bench, never, type Bench } from './oss-practice.ts'

export const WORKER_URL = new URL('../../out/core/part-worker.mjs', import.meta.url)
/** Smallest part size OSS takes that is a multiple of the block. */
export const PART = 102_400

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })

/** A handle of the one key of the tests; `name` makes it another key. */
export function testKey(name = 'work', halves = pair): MasterKeyHandle {
  return rsaMasterKey({
    id: name,
    name,
    description: `{"key":"${name}"}`,
    writes: 'v2',
    publicKey: halves.publicKey,
    privateKey: halves.privateKey,
  })
}

/** Tries these keys, as often as it is asked. */
export const openersOf = (...keys: readonly MasterKeyHandle[]): Openers => ({
  envelope: (envelope, signal) => open(envelope, keys, signal),
  async second(second) {
    const named = keys.filter(
      ({ publicHalf }) =>
        publicHalf !== undefined &&
        Buffer.compare(recipientOf(publicHalf()), second.recipient) === 0,
    )
    if (named.length === 0) return fail({ code: 'unknown-master-key', description: '' })
    const opened = named.map((key) => openSecond(second, key)).find((one) => one !== null)
    return opened ? ok(opened) : fail({ code: 'wrong-master-key', tried: [] })
  },
  message: (message, signal) => openMessage(message, keys, signal),
})

/** For objects that need no key, and keys that cannot be had. */
export const noOpeners = (error: AppError): Openers => ({
  envelope: async () => fail(error),
  message: async () => fail(error),
})

/** Opens an object and decrypts one range of it into memory, as a preview does. */
export async function readRange(
  { oss, pool }: Pick<Kit, 'oss' | 'pool'>,
  at: {
    readonly bucket: string
    readonly key: string
    readonly offset: number
    readonly length: number
  },
  how: HowToOpen,
  signal: AbortSignal,
): Promise<{ readonly bytes: Uint8Array; readonly encrypted: boolean }> {
  const { bucket, key, offset, length } = at
  using object = await openReadable(
    { oss, pool, traffic: () => ({}) },
    { bucket, key, versionId: null },
    how,
    signal,
  )
  return { bytes: await object.read(offset, length, signal), encrypted: object.encrypted }
}

export interface Kit extends Bench {
  readonly pool: WorkerPool
  /** An empty folder of the present test. */
  readonly dir: string
  uploadJob(path: string | null, change?: Partial<UploadJob>): UploadJob
  downloadJob(key: string, change?: Partial<DownloadJob>): DownloadJob
  running(control?: Control, onStep?: (step: Step) => void): Running & { readonly steps: Step[] }
  up(path: string | null, change?: Partial<UploadJob>, running?: Running): Promise<TransferOutcome>
  down(key: string, change?: Partial<DownloadJob>, running?: Running): Promise<TransferOutcome>
  head(key: string): Promise<ObjectHead>
  stored(key: string): Promise<Buffer>
  uploadsLeft(): Promise<number>
  /** Names in `dir` that a crash would leave. */
  leftovers(): Promise<readonly string[]>
}

export function kit(): Kit {
  const root = mkdtempSync(join(tmpdir(), 'cb-transfer-'))
  const all = bench() as Kit & { pool: WorkerPool; dir: string }
  let made = 0
  beforeAll(() => void (all.pool = openPool({ workerUrl: WORKER_URL, threads: 2 })))
  beforeEach(async () => void (await mkdir((all.dir = join(root, String(made++))))))
  afterEach(() => all.practice.faults.clear())
  afterAll(async () => {
    await all.pool.close()
    rmSync(root, { recursive: true, force: true })
  })
  const base = {
    target: '',
    profileId: null,
    keyName: null,
    oss: async () => ok(all.oss),
    parallel: 3,
    partSize: PART,
  }
  all.uploadJob = (path, change = {}) => ({
    ...base,
    kind: 'upload',
    name: 'x',
    bucket: all.bucket,
    key: path === null ? 'folder/' : basename(path),
    source: path,
    size: 1024 ** 2,
    masterKey: async () => ok(testKey()),
    openers: openersOf(testKey()),
    format: 'v2',
    seals: () => false,
    replace: false,
    multipartFrom: 3 * PART,
    ...change,
  })
  all.downloadJob = (key, change = {}) => ({
    ...base,
    kind: 'download',
    name: key,
    bucket: all.bucket,
    key,
    size: null,
    path: join(all.dir, 'down', 'file.bin'),
    existing: 'fail',
    raw: false,
    range: null,
    openers: openersOf(testKey()),
    message: false,
    repair: false,
    ...change,
  })
  all.running = (control = openControl(), onStep = () => undefined) => {
    const steps: Step[] = []
    return {
      pool: all.pool,
      control,
      parallel: () => 3,
      traffic: () => ({}),
      tell: (step) => (steps.push(step), onStep(step)),
      saved: null,
      stall: () => false,
      steps,
    }
  }
  all.up = (path, change, running = all.running()) => upload(all.uploadJob(path, change), running)
  all.down = (key, change, running = all.running()) =>
    download(all.downloadJob(key, change), running)
  all.head = (key) => headObject(all.oss, all.bucket, key, never)
  all.stored = async (key) => {
    const { size } = await all.head(key)
    if (size === 0) return Buffer.alloc(0)
    return buffer(
      (
        await getRange(
          all.oss,
          { bucket: all.bucket, key, offset: 0, length: null, ifMatch: null },
          never,
        )
      ).body,
    )
  }
  all.uploadsLeft = async () =>
    (await listUploads(all.oss, { bucket: all.bucket, prefix: '' }, never)).length
  all.leftovers = async () =>
    (await readdir(all.dir, { recursive: true })).filter((name) =>
      name.endsWith('.cipherbucket-part'),
    )
  return all
}

/**
 * Opens a stored object with nothing of ours: headers, RSA, AES-CTR as the published format says.
 */
export function openIndependently(
  head: Pick<ObjectHead, 'headers'>,
  ciphertext: Buffer,
  privateKey = pair.privateKey,
): Buffer {
  const read = (name: string): Buffer => {
    const block = privateDecrypt(
      { key: privateKey, padding: constants.RSA_NO_PADDING },
      Buffer.from(head.headers.get(`x-oss-meta-client-side-encryption-${name}`) ?? '', 'base64'),
    )
    return block.subarray(block.indexOf(0, 2) + 1)
  }
  return createDecipheriv('aes-256-ctr', read('key'), read('start')).update(ciphertext)
}

export async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

/** Bytes in which no 16 in a row occur twice, so that one run of them found elsewhere is proof. */
export const plaintext = (bytes: number): Buffer => randomBytes(bytes)

/** Does any aligned run of 16 bytes of `plain` occur anywhere in `stored`? */
export function leaks(plain: Buffer, stored: Buffer): boolean {
  const runs = new Map<number, number>()
  for (let at = 0; at + 16 <= plain.length; at += 16) runs.set(plain.readUInt32LE(at), at)
  for (let at = 0; at + 16 <= stored.length; at++) {
    const run = runs.get(stored.readUInt32LE(at))
    if (run !== undefined && plain.compare(stored, at, at + 16, run, run + 16) === 0) return true
  }
  return false
}
