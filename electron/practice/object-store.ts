import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BlobStore, Segment } from './blob-store.ts'
import { refusal } from './errors.ts'
import { FanOut } from './fan-out.ts'
import { KeyIndex, type Listed } from './key-index.ts'

/** An object as it is kept: one small JSON file; the bytes are in the segments. */
export interface StoredObject extends Listed {
  readonly type: 'Normal' | 'Multipart' | 'Appendable'
  /** CRC-64 of the stored bytes, decimal; null when OSS would not know it. */
  readonly crc64: string | null
  /** Headers that come back with every read, names as they were sent, values one byte a character. */
  readonly headers: readonly (readonly [string, string])[]
  readonly tags: readonly (readonly [string, string])[]
  readonly segments: readonly Segment[]
}

export interface Bucket {
  readonly name: string
  /** ms since 1970 */
  readonly created: number
  readonly acl: string
  readonly index: KeyIndex
}

interface KeptBucket extends Bucket {
  /** One file per object, named by a hash of its key. */
  readonly records: FanOut
}

const MAX_BUCKETS = 100

/**
 * Buckets and their objects. Publishing an object is one rename, done in one turn of the event loop, so a reader sees the
 * old object or the new one and a crash leaves one of them.
 */
export class ObjectStore {
  readonly blobs: BlobStore
  readonly #directory: string
  readonly #buckets = new Map<string, KeptBucket>()

  /**
   * Reads what `directory` holds. Records that are torn or whose bytes are missing are dropped.
   * `named` receives the names of the blobs that objects need.
   */
  constructor(directory: string, blobs: BlobStore, named: Set<string>) {
    this.#directory = directory
    this.blobs = blobs
    mkdirSync(directory, { recursive: true })
    for (const name of readdirSync(directory)) this.#loadBucket(name, named)
  }

  buckets(): readonly Bucket[] {
    return [...this.#buckets.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  bucket(name: string): Bucket {
    return this.#kept(name)
  }

  #kept(name: string): KeptBucket {
    const found = this.#buckets.get(name)
    if (found === undefined) throw refusal('NoSuchBucket', { extra: { BucketName: name } })
    return found
  }

  hasBucket(name: string): boolean {
    return this.#buckets.has(name)
  }

  createBucket(name: string, created: number, acl = 'private'): void {
    if (this.#buckets.size >= MAX_BUCKETS) throw refusal('TooManyBuckets')
    const records = new FanOut(join(this.#directory, name))
    publish(join(this.#directory, name, 'bucket.json'), JSON.stringify({ name, created, acl }))
    this.#buckets.set(name, { name, created, acl, index: new KeyIndex(), records })
  }

  /** The bucket must be empty. */
  deleteBucket(name: string): void {
    if (this.bucket(name).index.size > 0) throw refusal('BucketNotEmpty', { extra: { BucketName: name } })
    this.#buckets.delete(name)
    rmSync(join(this.#directory, name), { recursive: true, force: true })
  }

  find(bucket: string, key: string): StoredObject | undefined {
    if (this.bucket(bucket).index.get(key) === undefined) return undefined
    return JSON.parse(readFileSync(this.#path(bucket, key), 'utf8')) as StoredObject
  }

  get(bucket: string, key: string): StoredObject {
    const found = this.find(bucket, key)
    if (found === undefined) throw refusal('NoSuchKey', { extra: { Key: key } })
    return found
  }

  /** Puts the object in place of whatever had its key, or refuses to when `forbidOverwrite`. */
  put(bucket: string, object: StoredObject, forbidOverwrite = false): void {
    const { index } = this.bucket(bucket)
    const old = this.find(bucket, object.key)
    if (old !== undefined && forbidOverwrite) throw refusal('FileAlreadyExists', { extra: { Key: object.key } })
    publish(this.#path(bucket, object.key), JSON.stringify(object))
    index.set(listed(object))
    const kept = new Set(object.segments.map(({ blob }) => blob))
    this.blobs.remove((old?.segments ?? []).filter(({ blob }) => !kept.has(blob)))
  }

  remove(bucket: string, key: string): void {
    const old = this.find(bucket, key)
    if (old === undefined) return
    rmSync(this.#path(bucket, key), { force: true })
    this.bucket(bucket).index.delete(key)
    this.blobs.remove(old.segments)
  }

  #path(bucket: string, key: string): string {
    return this.#kept(bucket).records.path(`${createHash('sha256').update(key).digest('hex')}.json`)
  }

  #loadBucket(folder: string, named: Set<string>): void {
    const path = join(this.#directory, folder, 'bucket.json')
    if (!existsSync(path)) return
    const { name, created, acl } = JSON.parse(readFileSync(path, 'utf8')) as Omit<Bucket, 'index'>
    const records = new FanOut(join(this.#directory, folder))
    const entries: Listed[] = []
    for (const file of records.names()) {
      const object = file.endsWith('.json') ? readRecord(records.path(file)) : null
      if (object === null || !this.blobs.holds(object.segments)) {
        rmSync(records.path(file))
        continue
      }
      for (const { blob } of object.segments) named.add(blob)
      entries.push(listed(object))
    }
    const index = new KeyIndex()
    index.load(entries)
    this.#buckets.set(name, { name, created, acl, index, records })
  }
}

function listed({ key, size, etag, modified, type, storageClass }: Listed): Listed {
  return { key, size, etag, modified, type, storageClass }
}

function readRecord(path: string): StoredObject | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as StoredObject
  } catch {
    return null
  }
}

/** The whole text under its name, or nothing: written beside it and renamed. */
export function publish(path: string, text: string): void {
  const draft = `${path}.new`
  writeFileSync(draft, text, { mode: 0o600 })
  renameSync(draft, path)
}
