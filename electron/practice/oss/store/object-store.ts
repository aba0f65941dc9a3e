import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { BlobStore, Segment } from './blob-store.ts'
import { refusal } from '../errors.ts'
import { KeyIndex, type Listed } from './key-index.ts'
import { publish } from './publish.ts'
import { RecordLog, type Spot } from './record-log.ts'

/** An object as it is kept: one record; the bytes are in the segments. */
export interface StoredObject extends Listed {
  readonly type: 'Normal' | 'Multipart' | 'Appendable'
  /** CRC-64 of the stored bytes, decimal; null when OSS would not know it. */
  readonly crc64: string | null
  /**
   * Headers that come back with every read, names as they were sent, values one byte a character.
   */
  readonly headers: readonly (readonly [string, string])[]
  readonly tags: readonly (readonly [string, string])[]
  /** Undefined: that of the bucket. */
  readonly acl?: string | undefined
  readonly segments: readonly Segment[]
}

export interface Bucket {
  readonly name: string
  /** ms since 1970 */
  readonly created: number
  acl: string
  /** What listings need of every object; all else stays on disk. */
  readonly index: KeyIndex
}

type Entry = StoredObject | { readonly deleted: string }

interface KeptBucket extends Bucket {
  readonly log: RecordLog<Entry>
  /** Where the record of a key lies. */
  readonly spots: Map<string, Spot>
}

const MAX_BUCKETS = 100

/**
 * Buckets and their objects. Publishing an object is one record appended, in one turn of the event
 * loop, after its bytes are written: a reader sees the old object or the new one, and a crash
 * leaves one of them.
 */
export class ObjectStore {
  readonly blobs: BlobStore
  readonly #directory: string
  readonly #buckets = new Map<string, KeptBucket>()

  /**
   * Reads what `directory` holds. Objects whose bytes are not all there are dropped.
   * `named` receives the names of the blobs that objects need.
   */
  constructor(directory: string, blobs: BlobStore, named: Set<string>) {
    this.#directory = directory
    this.blobs = blobs
    mkdirSync(directory, { recursive: true })
    for (const name of readdirSync(directory)) {
      if (existsSync(join(directory, name, 'bucket.json'))) this.#loadBucket(name, named)
    }
  }

  buckets(): readonly Bucket[] {
    return [...this.#buckets.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  bucket(name: string): Bucket {
    return this.#kept(name)
  }

  hasBucket(name: string): boolean {
    return this.#buckets.has(name)
  }

  createBucket(name: string, created: number, acl = 'private'): void {
    if (this.#buckets.size >= MAX_BUCKETS) throw refusal('TooManyBuckets')
    mkdirSync(join(this.#directory, name), { recursive: true })
    this.#publishBucket({ name, created, acl })
    this.#loadBucket(name, new Set())
  }

  setAcl(name: string, acl: string): void {
    const bucket = this.#kept(name)
    this.#publishBucket({ name, created: bucket.created, acl })
    bucket.acl = acl
  }

  #publishBucket(bucket: Omit<Bucket, 'index'>): void {
    publish(join(this.#directory, bucket.name, 'bucket.json'), JSON.stringify(bucket))
  }

  /** The bucket must be empty. */
  deleteBucket(name: string): void {
    const { index, log } = this.#kept(name)
    if (index.size > 0) throw refusal('BucketNotEmpty', { extra: { BucketName: name } })
    log.close()
    this.#buckets.delete(name)
    rmSync(join(this.#directory, name), { recursive: true, force: true })
  }

  find(bucket: string, key: string): StoredObject | undefined {
    const { log, spots } = this.#kept(bucket)
    const spot = spots.get(key)
    return spot === undefined ? undefined : (log.read(spot) as StoredObject)
  }

  get(bucket: string, key: string): StoredObject {
    const found = this.find(bucket, key)
    if (found === undefined) throw refusal('NoSuchKey', { extra: { Key: key } })
    return found
  }

  /** Puts the object in place of whatever had its key, or refuses to when `forbidOverwrite`. */
  put(bucket: string, object: StoredObject, forbidOverwrite = false): void {
    const { index, log, spots } = this.#kept(bucket)
    const old = this.find(bucket, object.key)
    if (old !== undefined && forbidOverwrite)
      throw refusal('FileAlreadyExists', { extra: { Key: object.key } })
    spots.set(object.key, log.append(object))
    index.set(listed(object))
    const kept = new Set(object.segments.map(({ blob }) => blob))
    this.blobs.remove((old?.segments ?? []).filter(({ blob }) => !kept.has(blob)))
  }

  remove(bucket: string, key: string): void {
    const { index, log, spots } = this.#kept(bucket)
    const old = this.find(bucket, key)
    if (old === undefined) return
    log.append({ deleted: key })
    spots.delete(key)
    index.delete(key)
    this.blobs.remove(old.segments)
  }

  close(): void {
    for (const { log } of this.#buckets.values()) log.close()
    this.#buckets.clear()
  }

  #kept(name: string): KeptBucket {
    const found = this.#buckets.get(name)
    if (found === undefined) throw refusal('NoSuchBucket', { extra: { BucketName: name } })
    return found
  }

  #loadBucket(folder: string, named: Set<string>): void {
    const { name, created, acl } = JSON.parse(
      readFileSync(join(this.#directory, folder, 'bucket.json'), 'utf8'),
    ) as Omit<Bucket, 'index'>
    const path = join(this.#directory, folder, 'objects.jsonl')
    const found = new Map<
      string,
      { readonly spot: Spot; readonly entry: Listed; readonly segments: readonly Segment[] }
    >()
    const note = (record: Entry, spot: Spot) => {
      if ('deleted' in record) found.delete(record.deleted)
      else found.set(record.key, { spot, entry: listed(record), segments: record.segments })
    }
    let log = RecordLog.open<Entry>(path, note)
    if (log.isSparse([...found.values()].map(({ spot }) => spot))) {
      log.compactInto(
        path,
        [...found.values()].map(({ spot }) => spot),
      )
      found.clear()
      log = RecordLog.open<Entry>(path, note)
    }
    const spots = new Map<string, Spot>()
    const index = new KeyIndex()
    const whole = [...found.values()].filter(({ segments }) => this.blobs.holds(segments))
    for (const { spot, entry, segments } of whole) {
      for (const { blob } of segments) named.add(blob)
      spots.set(entry.key, spot)
    }
    index.load(whole.map(({ entry }) => entry))
    this.#buckets.set(name, { name, created, acl, index, log, spots })
  }
}

function listed({ key, size, etag, modified, type, storageClass }: Listed): Listed {
  return { key, size, etag, modified, type: shared(type), storageClass: shared(storageClass) }
}

/** A few words that every entry repeats, kept once. */
const words = new Map<string, string>()
function shared(word: string): string {
  const known = words.get(word)
  if (known === undefined) words.set(word, word)
  return known ?? word
}
