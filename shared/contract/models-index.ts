import type { AppError } from './errors.ts'
import type { FileKind } from './file-kinds.ts'
import type { MasterKeyId, ObjectRow, ProfileId } from './models.ts'

/**
 * The rows that a window of the index shows. 'level': one folder, with its folders first. 'below':
 * every object below the prefix at any depth, without folders. A `bucket` of null stands for all
 * buckets of the profile, with depth 'below' and the prefix ''.
 */
export interface IndexScope {
  readonly profileId: ProfileId
  readonly bucket: string | null
  readonly prefix: string
  readonly depth: 'level' | 'below'
}

/**
 * The order of rows. In a level folders come first, whatever the order. Names decide between
 * equals. See `core/index/name-key.ts` for the order of names.
 */
export interface IndexSort {
  readonly by: 'name' | 'size' | 'modified' | 'class' | 'state' | 'key'
  readonly down: boolean
}

/** The encryption of an object, as the index knows it. 'unknown': no HEAD was sent yet. */
export type RowState = 'encrypted' | 'plain' | 'damaged' | 'key-missing' | 'unknown'

/**
 * The conditions for a row; a row meets all of them. A text, a glob and a regular expression are
 * compared with the last part of the name, in NFC and in lower case. Folders meet conditions on the
 * name alone: every other condition leaves them out.
 */
export interface IndexFilter {
  /** A part of the name. */
  readonly text?: string | undefined
  /** The whole name: `*` any text, `?` one character, `[a-z]` one of these, `[!a-z]` another. */
  readonly glob?: string | undefined
  /** A JavaScript regular expression for a part of the name. */
  readonly regex?: string | undefined
  /** The type by the extension. */
  readonly kinds?: readonly FileKind[] | undefined
  /** More bytes than this. */
  readonly larger?: number | undefined
  /** Fewer bytes than this. */
  readonly smaller?: number | undefined
  /** Modified at this time or later, ISO 8601. */
  readonly newer?: string | undefined
  /** Modified before this time, ISO 8601. */
  readonly older?: string | undefined
  readonly classes?: readonly string[] | undefined
  readonly states?: readonly RowState[] | undefined
  readonly keyId?: MasterKeyId | undefined
}

export interface IndexRow extends ObjectRow {
  readonly bucket: string
  readonly state: RowState
  /** The master key of an encrypted object; null for every other state. */
  readonly keyId: MasterKeyId | null
}

/** The progress of a listing or of a sync. */
export interface ListingStatus {
  /** Grows with each change of the rows. Windows with one revision fit together. */
  readonly revision: number
  /** The time of the last complete listing, ISO 8601; null without one. */
  readonly asOf: string | null
  /** The server is being asked now. */
  readonly listing: boolean
  /** All rows of the place are here, as of `asOf`. */
  readonly complete: boolean
  /** The user stopped the listing before its end, and it can continue. */
  readonly stopped: boolean
  /** Rows that the server gave in this listing. */
  readonly listed: number
  /** The reason why the listing ended early; null without one. */
  readonly error: AppError | null
}

/** A window of rows, and the sums of all matching rows. */
export interface IndexWindow {
  readonly revision: number
  readonly status: ListingStatus
  /** Matching rows: folders and files. */
  readonly total: number
  readonly folders: number
  readonly files: number
  readonly bytes: number
  readonly rows: readonly IndexRow[]
}

/** The progress of the HEAD requests that look for encryption states. */
export interface StatesProgress {
  readonly running: boolean
  /** HEAD requests sent since the start. */
  readonly requests: number
  /** The most HEAD requests. */
  readonly budget: number
  /** Objects of the scope whose state is unknown. */
  readonly unknown: number
  readonly error: AppError | null
}

/** The local index of this computer. */
export interface IndexInfo {
  /**
   * 'kept': encrypted files under a key in the secret store. 'session': encrypted files under a key
   * of this run, removed at the end. 'memory': nothing is on the disk. The index is switched off,
   * or its program is not made for this computer.
   */
  readonly storage: 'kept' | 'session' | 'memory'
  /** The reason for 'session' or 'memory'; null for 'kept'. */
  readonly reason: 'no-secret-store' | 'switched-off' | 'not-available' | 'disk' | null
  /** Bytes of the files of all profiles. */
  readonly bytes: number
  /** Objects and folders of the profiles whose index is open. */
  readonly objects: number
}
