import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../../../../shared/contract/errors.ts'
import type { BlobStore, Segment } from './blob-store.ts'
import type { ListingEntry } from './key-index.ts'
import { MadeUpKeys } from './made-up-keys.ts'
import { publish } from './publish.ts'
import { RecordLog, type RecordSpot } from './record-log.ts'
import { NULL_VERSION } from './version-ids.ts'
import { VersionIndex, type Version } from './version-index.ts'

/** Null: versioning was never enabled. */
export type Versioning = 'Enabled' | 'Suspended' | null

/** The content of `bucket.json`. */
export interface BucketRecord {
  /** Form of the records in `objects.jsonl`; absent in the first form, which had no versions. */
  readonly format: number
  readonly name: string
  /** ms since 1970 */
  readonly created: number
  readonly acl: string
  readonly versioning: Versioning
}

/** A version of an object as one record; the bytes are in the segments. */
export interface StoredObject extends Omit<ListingEntry, 'isDeleteMarker'> {
  /** `null` in records of the first form, which leave it out. */
  readonly versionId: string
  /** Place among the versions of the key, from 1; 0 in records of the first form. */
  readonly sequence: number
  readonly type: 'Normal' | 'Multipart' | 'Appendable'
  /** CRC-64 of the stored bytes, decimal; null when OSS would not know it. */
  readonly crc64: string | null
  /** Headers that come back with every read: names as sent, values one byte a character. */
  readonly headers: readonly (readonly [string, string])[]
  readonly tags: readonly (readonly [string, string])[]
  /** Undefined: the ACL of the bucket. */
  readonly acl?: string | undefined
  readonly segments: readonly Segment[]
}

/** A delete marker as one record. */
export interface DeleteMarkerRecord extends Pick<
  StoredObject,
  'key' | 'versionId' | 'sequence' | 'modified'
> {
  readonly isDeleteMarker: true
}

/** The removal of one version; without an id, of the version `null`. */
interface DeletionRecord {
  readonly deleted: string
  readonly versionId?: string
}

/** A record of either form. */
type AnyForm<Record extends { versionId: string; sequence: number }> = Omit<
  Record,
  'versionId' | 'sequence'
> &
  Partial<Pick<Record, 'versionId' | 'sequence'>>

type VersionRecord = AnyForm<StoredObject> | AnyForm<DeleteMarkerRecord>
type ObjectRecord = VersionRecord | DeletionRecord

/** A bucket that is open. */
export interface LoadedBucket extends Omit<BucketRecord, 'format'> {
  readonly index: VersionIndex
  readonly log: RecordLog<ObjectRecord>
  /** Returns a number greater than the sequence of every version here. */
  nextSequence(): number
}

const FORMAT = 2

export const deletionOf = (key: string, versionId: string): DeletionRecord =>
  versionId === NULL_VERSION ? { deleted: key } : { deleted: key, versionId }

/** Writes `bucket.json` in the current form. */
export function publishBucket(folder: string, bucket: Omit<BucketRecord, 'format'>): void {
  publish(join(folder, 'bucket.json'), JSON.stringify({ format: FORMAT, ...bucket }))
}

/**
 * Reads a bucket of this form or of the first one, which is then of this form. Versions whose bytes
 * are not all there are dropped. `named` receives the names of the blobs that versions need.
 * `madeUp`: the number of objects that the bucket has by a formula.
 * Errors: Failure 'target-unwritable' for a form of a later version.
 */
export function loadBucket(
  folder: string,
  blobs: BlobStore,
  named: Set<string>,
  madeUp = 0,
): LoadedBucket {
  const bucket = readBucket(folder)
  const path = join(folder, 'objects.jsonl')
  const found = new Map<string, Version & { readonly segments: readonly Segment[] }>()
  const keys = madeUp === 0 ? null : new MadeUpKeys(madeUp)
  let last = 0
  const note = (record: ObjectRecord, spot: RecordSpot) => {
    const key = 'deleted' in record ? record.deleted : record.key
    // No version id has a slash in it.
    const name = `${record.versionId ?? NULL_VERSION}/${key}`
    if ('deleted' in record) {
      found.delete(name)
      keys?.hide(key)
      return
    }
    const segments = 'isDeleteMarker' in record ? [] : record.segments
    const version = versionOf(record, spot)
    last = Math.max(last, version.sequence)
    found.set(name, { ...version, segments })
  }
  let log = RecordLog.open<ObjectRecord>(path, note)
  // A shorter log would not say which made-up objects were deleted.
  if (keys === null && log.isSparse(found.values())) {
    log.compactInto(path, [...found.values()])
    found.clear()
    log = RecordLog.open<ObjectRecord>(path, note)
  }
  const whole: Version[] = []
  for (const { segments, ...version } of found.values()) {
    if (!blobs.holds(segments)) continue
    for (const { blob } of segments) named.add(blob)
    whole.push(version)
  }
  const index = new VersionIndex(keys ?? undefined)
  index.load(whole)
  return { ...bucket, index, log, nextSequence: () => (last += 1) }
}

function readBucket(folder: string): Omit<BucketRecord, 'format'> {
  const record = JSON.parse(
    readFileSync(join(folder, 'bucket.json'), 'utf8'),
  ) as Partial<BucketRecord> & Omit<BucketRecord, 'format' | 'versioning'>
  const { format = 1, name, created, acl, versioning = null } = record
  if (format > FORMAT)
    throw new Failure({
      code: 'target-unwritable',
      path: folder,
      reason: 'a later version of Cipherbucket wrote it',
    })
  const bucket = { name, created, acl, versioning }
  if (format < FORMAT) publishBucket(folder, bucket)
  return bucket
}

/** Returns what is held in memory of a record. */
export function versionOf(record: VersionRecord, spot: RecordSpot): Version {
  const { key, modified, versionId = NULL_VERSION, sequence = 0 } = record
  const { offset, bytes } = spot
  const place = { versionId: shared(versionId), sequence, offset, bytes }
  if ('isDeleteMarker' in record)
    return {
      key,
      modified,
      ...place,
      size: 0,
      etag: '',
      type: '',
      storageClass: '',
      isDeleteMarker: true,
    }
  const { size, etag, type, storageClass } = record
  return {
    key,
    modified,
    ...place,
    size,
    etag,
    type: shared(type),
    storageClass: shared(storageClass),
    isDeleteMarker: false,
  }
}

/** A few words that every entry repeats, held once. Ids of versions are not among them. */
const words = new Map<string, string>()
function shared(word: string): string {
  if (word.length > 20) return word
  const known = words.get(word)
  if (known === undefined) words.set(word, word)
  return known ?? word
}
