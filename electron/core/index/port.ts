import type {
  IndexFilter,
  IndexRow,
  IndexScope,
  IndexSort,
  RowState,
} from '../../../shared/contract/models-index.ts'
import type { ObjectRow } from '../../../shared/contract/models.ts'

/** A place that is listed. 'level': one folder. 'below': everything below the prefix. */
export interface IndexPlace {
  readonly bucket: string
  readonly prefix: string
  readonly depth: IndexScope['depth']
}

/** The stored progress of a listing or of a sync. */
export interface ListingRecord {
  /** Milliseconds since 1970 of the last complete listing; null without one. */
  readonly asOf: number | null
  /** The next page of an unfinished listing; null without one. */
  readonly cursor: string | null
  /** The last key of an unfinished listing; '' without one. */
  readonly after: string
  /** Rows of an unfinished listing so far. */
  readonly listed: number
  /** Grows with each change of the rows, and starts again when the index is opened. */
  readonly revision: number
}

/** One page of a listing: all rows of a range of keys. */
export interface ListedPage extends IndexPlace {
  /** The range begins behind this key; '' for the beginning. */
  readonly after: string
  /** The range ends with this key; null: it has no end. */
  readonly through: string | null
  /** In the order of OSS. */
  readonly rows: readonly ObjectRow[]
  /** Null: the page patches a range, and is no page of a listing. */
  readonly listing: {
    /** Null: this page is the last. */
    readonly cursor: string | null
    /** Rows of the listing so far, those of this page included. */
    readonly listed: number
    /** Milliseconds since 1970. */
    readonly now: number
  } | null
}

/** An object that is looked at, by all that a listing says of it. */
export interface LookedObject {
  readonly key: string
  readonly etag: string
  /** ISO 8601. */
  readonly modified: string
}

/** The answer to a HEAD, as far as it shows the encryption. */
export interface HeadText {
  /** Everything but the sizes: see `app/objects/head-text.ts`. Equal texts are stored once. */
  readonly text: string
  readonly dataSize: number | null
  readonly partSize: number | null
}

/** A HEAD that was sent now. */
export interface FoundHead extends HeadText {
  /** Null in a bucket that never had versioning. */
  readonly versionId: string | null
  /**
   * The HEAD came in the second of the object's time, so another object of this ETag and time may
   * have followed. The next listing removes such a state.
   */
  readonly isYoung: boolean
  /** A hash of the wrapped data key; null where the headers have none. */
  readonly dataKey: string | null
  /** A hash that stands for the stored bytes: of size and CRC-64, or of size and ETag. */
  readonly content: string
}

/**
 * The encryption state of one object. It is stored only for a row that has the ETag and the time of
 * the HEAD, in whole seconds.
 */
export interface FoundState extends LookedObject {
  readonly state: RowState
  readonly keyId: string | null
  /** The HEAD that gave the state; null for one that the index has. */
  readonly head: FoundHead | null
}

/** A HEAD that the index knows, and the state of its row. */
export interface KnownHead extends HeadText {
  readonly state: RowState
  readonly keyId: string | null
  /** Bytes of the object. */
  readonly size: number
}

/** An object with everything that the index knows for an audit. */
export interface AuditRow extends Omit<ObjectRow, 'kind'> {
  /** The HEAD that gave the state, a young one too; null without one. */
  readonly head: HeadText | null
  /**
   * An object of this profile with the same wrapped data key. One with other stored bytes comes
   * first. `isSame`: the stored bytes are the same.
   */
  readonly sharedWith: (BucketKey & { readonly isSame: boolean }) | null
}

/** Sums of the objects of a bucket in one state. */
export interface StateSums extends Sizes {
  readonly bucket: string
  readonly state: RowState
  /** The master key of encrypted objects; null for every other state. */
  readonly keyId: string | null
}

/** Rows to be shown, in an order. `scope.profileId` chooses the index. */
export interface RowsQuery {
  readonly scope: Omit<IndexScope, 'profileId'>
  readonly sort: { readonly by: IndexSort['by'] | 'path'; readonly down: boolean }
  readonly filter: IndexFilter
  /** Ids of the master keys in the order of their names, for the sort by key. */
  readonly keyOrder: readonly string[]
  /** Rows are arriving, so an answer may be somewhat old when a new one would take long. */
  readonly mayBeOld: boolean
}

export interface RowsAnswer {
  readonly revision: number
  readonly folders: number
  readonly files: number
  readonly bytes: number
  readonly rows: readonly IndexRow[]
}

/** A key and its bucket. */
export interface BucketKey {
  readonly bucket: string
  readonly key: string
}

export interface Sizes {
  readonly objects: number
  readonly bytes: number
}

/**
 * The local index of one profile. Every method works at once, and throws {@link DatabaseError} for
 * a file that is damaged or cannot be written.
 */
export interface RowIndex {
  /** Returns the progress of a listing. */
  opened(place: IndexPlace): ListingRecord
  /**
   * Replaces a range of rows. Rows that stay are not written. A row with another ETag or time loses
   * its state.
   */
  replacePage(page: ListedPage): ListingRecord
  /** Adds or replaces single rows, and stores states. Returns the number of changed rows. */
  upsert(bucket: string, rows: readonly ObjectRow[], states: readonly FoundState[]): number
  /** Returns the HEAD of each object that is still the same; null for every other one. */
  heads(bucket: string, objects: readonly LookedObject[]): readonly (KnownHead | null)[]
  /** Removes the state that a version of an object gave, because the version was deleted. */
  dropVersion(bucket: string, key: string, versionId: string): void
  /**
   * Removes objects, and folders with everything below them. Returns the folders that may have no
   * object any more: nothing is known below them.
   */
  remove(bucket: string, objects: readonly string[], folders: readonly string[]): readonly string[]
  /** Returns a window of rows, and the sums of all matching rows. */
  query(query: RowsQuery, offset: number, count: number): RowsAnswer
  /** Returns the row number of a key; null when no row has the key. */
  position(query: RowsQuery, at: BucketKey): number | null
  /** Returns the keys of the rows `from` to `to`, without `to`, as they are at this moment. */
  keys(query: RowsQuery, from: number, to: number): readonly KeyRow[]
  /**
   * Returns objects and bytes below a prefix. `depth`: the number of levels of folders to list with
   * their own sums.
   */
  counts(
    bucket: string,
    prefix: string,
    depth: number,
  ): Sizes & {
    readonly folders: readonly (Sizes & { readonly prefix: string })[]
  }
  /**
   * Returns objects below a prefix, behind a key, for an audit. The order is that of folders, then
   * of names. Empty objects that stand for a folder are left out. `after`: '' for the beginning.
   */
  audited(bucket: string, prefix: string, after: string, count: number): readonly AuditRow[]
  /** Returns the sums of all objects, by bucket, state and master key. */
  stateSums(): readonly StateSums[]
  /** Returns the rows of all folders and buckets. */
  size(): number
  /**
   * Forgets the states that a change of the master keys makes wrong. `ids`: all keys. The index
   * knows those of the last call, also after it was opened again.
   */
  keysChanged(ids: readonly string[]): void
  /**
   * Does some milliseconds of work that makes the next query quick. Returns whether work is left.
   */
  prepare(): boolean
  close(): void
}

/** A row by its key, with the facts that a transfer of it needs. */
export interface KeyRow extends BucketKey {
  readonly kind: ObjectRow['kind']
  /** Bytes; 0 for a folder. */
  readonly size: number
  /** Milliseconds since 1970. */
  readonly modified: number
}
