import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { BlobStore, Segment } from './blob-store.ts'
import {
  deletionOf,
  loadBucket,
  publishBucket,
  versionOf,
  type BucketRecord,
  type DeleteMarkerRecord,
  type LoadedBucket,
  type StoredObject,
  type Versioning,
} from './bucket-files.ts'
import { markerHeaders, refusal } from '../errors.ts'
import { isMadeUp, MADE_UP_BLOB } from './made-up.ts'
import type { Version, VersionIndex } from './version-index.ts'
import { newVersionId, NULL_VERSION } from './version-ids.ts'

/** A bucket as operations see it. */
export interface StoredBucket extends Omit<BucketRecord, 'format'> {
  /** Facts that listings need of every version. The rest stays on disk. */
  readonly index: VersionIndex
}

/** An object that has not been stored yet: the store chooses version id and sequence. */
export type NewObject = Omit<StoredObject, 'versionId' | 'sequence'>

/** Result of a deletion. */
export interface Deletion {
  /** Version that was deleted, or delete marker that was added; null without versioning. */
  readonly versionId: string | null
  /** True when a delete marker was added or deleted. */
  readonly isDeleteMarker: boolean
}

/** A bucket with objects by a formula; see `made-up.ts`. */
export interface MadeUpBucket {
  readonly bucket: string
  readonly objects: number
}

const MAX_BUCKETS = 100

/**
 * Buckets and their objects. Publishing an object is one record appended, in one turn of the event
 * loop, after the bytes are written. A reader sees the old object or the new one, and a crash
 * leaves one of them.
 */
export class ObjectStore {
  readonly blobs: BlobStore
  readonly #directory: string
  readonly #madeUp: MadeUpBucket
  readonly #buckets = new Map<string, LoadedBucket>()

  /**
   * Reads the buckets of `directory`. Versions whose bytes are not all there are dropped.
   * `named` receives the names of the blobs that objects need. `madeUp`: a bucket that has so many
   * objects by a formula.
   * Errors: Failure 'target-unwritable' for a bucket that a later version of this program wrote.
   */
  constructor(
    directory: string,
    blobs: BlobStore,
    named: Set<string>,
    madeUp: MadeUpBucket = { bucket: '', objects: 0 },
  ) {
    this.#directory = directory
    this.#madeUp = madeUp
    this.blobs = blobs
    mkdirSync(directory, { recursive: true })
    for (const name of readdirSync(directory)) {
      if (existsSync(join(directory, name, 'bucket.json'))) this.#load(name, named)
    }
  }

  buckets(): readonly StoredBucket[] {
    return [...this.#buckets.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** Errors: NoSuchBucket. */
  bucket(name: string): StoredBucket {
    return this.#loaded(name)
  }

  hasBucket(name: string): boolean {
    return this.#buckets.has(name)
  }

  createBucket(name: string, created: number, acl = 'private'): void {
    if (this.#buckets.size >= MAX_BUCKETS) throw refusal('TooManyBuckets')
    mkdirSync(join(this.#directory, name), { recursive: true })
    publishBucket(join(this.#directory, name), { name, created, acl, versioning: null })
    this.#load(name, new Set())
  }

  /** Changes ACL or versioning of a bucket. */
  updateBucket(
    name: string,
    changes: { readonly acl?: string; readonly versioning?: Versioning },
  ): void {
    const bucket = this.#loaded(name)
    const { created, acl, versioning } = { ...bucket, ...changes }
    publishBucket(join(this.#directory, name), { name, created, acl, versioning })
    this.#buckets.set(name, { ...bucket, ...changes })
  }

  /** Deletes a bucket. Errors: BucketNotEmpty while it has a version or a delete marker. */
  deleteBucket(name: string): void {
    const { index, log } = this.#loaded(name)
    if (index.newest.size > 0) throw refusal('BucketNotEmpty', { extra: { BucketName: name } })
    log.close()
    this.#buckets.delete(name)
    rmSync(join(this.#directory, name), { recursive: true, force: true })
  }

  /** Returns the current object of a key. A missing or deleted object gives undefined. */
  find(bucket: string, key: string): StoredObject | undefined {
    const { index } = this.#loaded(bucket)
    const version = index.find(key, null)
    return version === undefined || version.isDeleteMarker ? undefined : this.#read(bucket, version)
  }

  /**
   * Returns one version; `versionId` null asks for the current object.
   * Errors: NoSuchKey, NoSuchVersion; MethodNotAllowed for a delete marker asked for by its id.
   * Source: OSS's documentation of GetObject.
   */
  get(bucket: string, key: string, versionId: string | null, method = 'GET'): StoredObject {
    const { index } = this.#loaded(bucket)
    const version = index.find(key, versionId)
    if (version === undefined)
      throw versionId === null
        ? refusal('NoSuchKey', { extra: { Key: key } })
        : refusal('NoSuchVersion', { extra: { Key: key, VersionId: versionId } })
    if (!version.isDeleteMarker) return this.#read(bucket, version)
    const headers = markerHeaders(version.versionId)
    throw versionId === null
      ? refusal('NoSuchKey', { extra: { Key: key }, headers })
      : refusal('MethodNotAllowed', {
          ec: '0017-00000002',
          extra: { Method: method, ResourceType: 'DeleteMarker' },
          headers: { ...headers, Allow: 'DELETE' },
        })
  }

  /**
   * Stores an object as the newest version of its key and returns it. Without versioning, and while
   * versioning is suspended, it replaces the version `null`.
   * Errors: FileAlreadyExists, under the condition of {@link checkMayWrite}.
   */
  put(bucket: string, object: NewObject, forbidOverwrite = false): StoredObject {
    this.checkMayWrite(bucket, object.key, forbidOverwrite)
    const { versioning, nextSequence } = this.#loaded(bucket)
    const sequence = nextSequence()
    const versionId = versioning === 'Enabled' ? newVersionId(sequence) : NULL_VERSION
    const stored = { ...object, versionId, sequence }
    this.update(bucket, stored)
    return stored
  }

  /**
   * Refuses a write that must not replace an object. OSS ignores `x-oss-forbid-overwrite` on a
   * bucket whose versioning is enabled or suspended. Source: OSS's documentation of PutObject.
   * Errors: FileAlreadyExists.
   */
  checkMayWrite(bucket: string, key: string, forbidOverwrite: boolean): void {
    if (!forbidOverwrite || this.#loaded(bucket).versioning !== null) return
    if (this.find(bucket, key) !== undefined)
      throw refusal('FileAlreadyExists', { extra: { Key: key } })
  }

  /** Writes a version in place of the one with its id; its sequence decides its place. */
  update(bucket: string, object: StoredObject): void {
    const { index, log } = this.#loaded(bucket)
    const replaced = this.#segments(bucket, index.find(object.key, object.versionId))
    index.set(versionOf(object, log.append(object)))
    const needed = new Set(object.segments.map(({ blob }) => blob))
    this.blobs.remove(replaced.filter(({ blob }) => !needed.has(blob)))
  }

  /**
   * Deletes an object. With a version id, that version is deleted for good. Without one, a bucket
   * with versioning gets a delete marker, also for a key without an object. While versioning is
   * suspended, the marker replaces the version `null`.
   * Source: OSS's documentation of DeleteObject and of delete markers.
   */
  remove(bucket: string, key: string, versionId: string | null, modified: number): Deletion {
    const { index, log, versioning, nextSequence } = this.#loaded(bucket)
    if (versionId === null && versioning !== null) {
      const sequence = nextSequence()
      const id = versioning === 'Enabled' ? newVersionId(sequence) : NULL_VERSION
      const replaced = this.#segments(bucket, index.find(key, id))
      const marker: DeleteMarkerRecord = {
        key,
        versionId: id,
        sequence,
        modified,
        isDeleteMarker: true,
      }
      index.set(versionOf(marker, log.append(marker)))
      this.blobs.remove(replaced)
      return { versionId: id, isDeleteMarker: true }
    }
    const id = versionId ?? NULL_VERSION
    const version = index.find(key, id)
    const told = versioning === null ? null : id
    if (version === undefined) return { versionId: told, isDeleteMarker: false }
    const segments = this.#segments(bucket, version)
    log.append(deletionOf(key, id))
    index.delete(key, id)
    this.blobs.remove(segments)
    return { versionId: told, isDeleteMarker: version.isDeleteMarker }
  }

  close(): void {
    for (const { log } of this.#buckets.values()) log.close()
    this.#buckets.clear()
  }

  #read(bucket: string, version: Version): StoredObject {
    if (isMadeUp(version)) return madeUpObject(version)
    const object = this.#loaded(bucket).log.read(version) as StoredObject
    return { ...object, versionId: version.versionId, sequence: version.sequence }
  }

  #segments(bucket: string, version: Version | undefined): readonly Segment[] {
    if (version === undefined || version.isDeleteMarker) return []
    return this.#read(bucket, version).segments
  }

  #loaded(name: string): LoadedBucket {
    const found = this.#buckets.get(name)
    if (found === undefined) throw refusal('NoSuchBucket', { extra: { BucketName: name } })
    return found
  }

  #load(folder: string, named: Set<string>): void {
    const objects = folder === this.#madeUp.bucket ? this.#madeUp.objects : 0
    const bucket = loadBucket(join(this.#directory, folder), this.blobs, named, objects)
    this.#buckets.set(bucket.name, bucket)
  }
}

/** Returns the whole record of a made-up version. */
function madeUpObject(version: Version): StoredObject {
  const { key, size, etag, modified, storageClass, versionId, sequence } = version
  return {
    key,
    size,
    etag,
    modified,
    storageClass,
    versionId,
    sequence,
    type: 'Multipart',
    crc64: null,
    headers: [['Content-Type', 'application/octet-stream']],
    tags: [],
    segments: size === 0 ? [] : [{ blob: MADE_UP_BLOB, bytes: size }],
  }
}
