import { mkdirSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Accounts, type TemporaryCredentials } from './accounts.ts'
import { BlobStore } from './oss/store/blob-store.ts'
import { lockDirectory } from './directory-lock.ts'
import { kmsServer, type PracticeKms } from './kms-server.ts'
import { NO_KMS_INTERFERENCE, type KmsInterference } from './kms/interference.ts'
import { NO_INTERFERENCE, type OssInterference, type RequestTarget } from './oss/interference.ts'
import { MultipartStore } from './oss/store/multipart-store.ts'
import { ObjectStore } from './oss/store/object-store.ts'
import { RequestLog } from './request-log.ts'
import type { Shelf } from './oss/router.ts'
import { ossServer } from './oss/serve.ts'

/** The region of the practice bucket. */
const PRACTICE_REGION = 'cn-hangzhou'
/** The name of the bucket that always exists. */
const PRACTICE_BUCKET = 'practice-bucket'

/** The hooks of both servers. Each function is called once for each request. */
export interface Interference {
  oss(target: RequestTarget): OssInterference
  /** `action`: '' when the request names none. */
  kms(region: string, action: string): KmsInterference
}

const NOTHING: Interference = {
  oss: () => NO_INTERFERENCE,
  kms: () => NO_KMS_INTERFERENCE,
}

/** The settings of a practice server. */
export interface PracticeOptions {
  /** Folder of all data. The file of the AccessKey in it has mode 0600. */
  readonly directory: string
  /** Port of the OSS server; 0 or left out: a free port. */
  readonly port?: number
  /** Port of the KMS; 0 or left out: a free port. */
  readonly kmsPort?: number
  /** Returns the server's time, ms since 1970. */
  readonly now?: () => number
  /** Temporary credentials that are valid besides those of `issueToken`. */
  readonly tokens?: readonly TemporaryCredentials[]
  /** Objects that the practice bucket has by a formula; left out: none. See `made-up.ts`. */
  readonly madeUp?: number
  /** The most requests in the log; left out: 10,000. */
  readonly logged?: number
  /** Left out: nothing acts on the requests. */
  readonly interference?: Interference
}

/** A running practice server. */
export interface Practice {
  /** `http://127.0.0.1:port`; buckets are addressed by path. */
  readonly endpoint: string
  readonly port: number
  readonly region: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly bucket: string
  readonly log: RequestLog
  /** The KMS of the same region and accounts. */
  readonly kms: PracticeKms
  /** Starts the KMS of another region, with its own keys. It ends with the practice server. */
  openKms(region: string): Promise<PracticeKms>
  /** Issues temporary credentials. */
  issueToken(options: { readonly expiresInMs: number }): TemporaryCredentials
  /** Creates empty objects without HTTP, for tests that need very many. */
  fill(keys: Iterable<string>, bucket?: string): void
  /** Returns the bytes of all versions and of the parts of unfinished uploads. */
  bytes(): Promise<number>
  /** Leaves one empty bucket and empty logs. Addresses, AccessKey and master keys stay. */
  reset(): Promise<void>
  /** Cuts open connections and unlocks the directory. */
  close(): Promise<void>
}

/**
 * Starts an OSS server and a KMS on 127.0.0.1. They store objects and master keys in `directory`,
 * and enforce the rules of the real services.
 * Errors: Failure 'target-unwritable' while another practice server uses the directory, and for
 * data of a later version; EADDRINUSE for a port in use.
 */
export async function startPractice({
  directory,
  port = 0,
  kmsPort = 0,
  now = Date.now,
  tokens = [],
  logged,
  madeUp = 0,
  interference = NOTHING,
}: PracticeOptions): Promise<Practice> {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const lock = await lockDirectory(directory)
  const services: PracticeKms[] = []
  const closeServices = () => Promise.all(services.map((kms) => kms.close()))
  try {
    const accounts = new Accounts(join(directory, 'account.json'), tokens)
    const log = new RequestLog(logged)
    const openKms = async (region: string, atPort = 0) => {
      const running = services.find((service) => service.region === region)
      if (running !== undefined) return running
      const kms = await kmsServer({
        directory: join(directory, 'kms'),
        region,
        accounts,
        port: atPort,
        now,
        interfere: (action) => interference.kms(region, action),
      })
      services.push(kms)
      return kms
    }
    const kms = await openKms(PRACTICE_REGION, kmsPort)
    let shelf = openShelf(directory, now(), madeUp)
    const server = ossServer({
      accounts,
      log,
      region: PRACTICE_REGION,
      shelf: () => shelf,
      now,
      interfere: (target) => interference.oss(target),
    })
    await new Promise<void>((resolve, reject) => {
      server.http.once('error', reject)
      server.http.listen(port, '127.0.0.1', resolve)
    })
    const { port: actual } = server.http.address() as AddressInfo
    lock.listening(actual)
    return {
      endpoint: `http://127.0.0.1:${actual}`,
      port: actual,
      region: PRACTICE_REGION,
      accessKeyId: accounts.main.accessKeyId,
      accessKeySecret: accounts.main.accessKeySecret,
      bucket: PRACTICE_BUCKET,
      log,
      kms,
      openKms: (region) => openKms(region),
      issueToken: ({ expiresInMs }) => accounts.issue(now() + expiresInMs),
      fill: (keys, bucket = PRACTICE_BUCKET) => fill(shelf.store, keys, bucket, now()),
      bytes: () => Promise.resolve(storedBytes(shelf)),
      reset: async () => {
        shelf.store.close()
        for (const folder of ['buckets', 'blobs', 'uploads'])
          rmSync(join(directory, folder), { recursive: true, force: true })
        shelf = openShelf(directory, now(), madeUp)
        log.clear()
        for (const service of services) service.reset()
      },
      close: async () => {
        await Promise.all([server.close(), closeServices()])
        shelf.store.close()
        lock.release()
      },
    }
  } catch (cause) {
    await closeServices()
    lock.release()
    throw cause
  }
}

function openShelf(directory: string, now: number, madeUp: number): Shelf {
  const blobs = new BlobStore(join(directory, 'blobs'))
  const named = new Set<string>()
  const store = new ObjectStore(join(directory, 'buckets'), blobs, named, {
    bucket: PRACTICE_BUCKET,
    objects: madeUp,
  })
  const uploads = new MultipartStore(join(directory, 'uploads'), blobs, named)
  blobs.sweep(named)
  if (!store.hasBucket(PRACTICE_BUCKET)) store.createBucket(PRACTICE_BUCKET, now)
  return { store, uploads, region: PRACTICE_REGION }
}

function storedBytes({ store, uploads }: Shelf): number {
  let bytes = 0
  for (const { name, index } of store.buckets()) {
    for (const { size } of index.values()) bytes += size
    for (const { parts } of uploads.list(name)) for (const { size } of parts.values()) bytes += size
  }
  return bytes
}

/** The ETag of an empty object: the MD5 of no bytes. */
const EMPTY_ETAG = 'D41D8CD98F00B204E9800998ECF8427E'

function fill(store: ObjectStore, keys: Iterable<string>, bucket: string, modified: number): void {
  const empty = {
    size: 0,
    etag: EMPTY_ETAG,
    type: 'Normal',
    storageClass: 'Standard',
    crc64: '0',
    modified,
    tags: [],
    segments: [],
  } as const
  for (const key of keys)
    store.put(bucket, { ...empty, key, headers: [['Content-Type', 'application/octet-stream']] })
}
