import type { AppError, LeftOutReason } from './errors.ts'
import type { Encryption, GrantId, PlanId, ProfileId, TransferId } from './models.ts'

export type TransferPhase =
  | 'waiting'
  | 'running'
  /** All bytes are sent or received; checks, rename, complete are under way. */
  | 'finishing'
  | 'paused'
  /** Goes on by itself when a key is here that opens its envelope. */
  | 'needs-master-key'
  /** Goes on by itself when its profile has credentials that OSS takes. */
  | 'needs-credentials'
  /** Is tried again by itself, at `retryAt`. */
  | 'needs-network'
  /** Needs the user: see `error`. */
  | 'needs-user'
  | 'failed'
  | 'done'

/**
 * Why a transfer could not go on where it was, and began again. 'no-record': this computer did not
 * start it, or no longer knows what was sent.
 */
export type Restart =
  'source-changed' | 'upload-gone' | 'envelope-differs' | 'object-changed' | 'no-record'

/** The files of a transfer of many. */
export interface TransferFiles {
  /** Found so far; all of them once `counting` is false. */
  readonly total: number
  readonly counting: boolean
  /** Ended well, skipped ones among them. */
  readonly done: number
  readonly skipped: number
  /** Failed, or waiting for the user: each has a row of its own. */
  readonly failed: number
}

export interface Transfer {
  readonly id: TransferId
  readonly kind:
    'upload' | 'download' | 'download-raw' | 'decrypt' | 'copy' | 'move' | 'delete' | 'count'
  readonly phase: TransferPhase
  /** File or object name, without folders. */
  readonly name: string
  /** Where it goes: bucket and prefix, or folder name. */
  readonly target: string
  readonly profileId: ProfileId | null
  /** The object; of a copy or move, the one that is written. */
  readonly bucket: string | null
  readonly key: string | null
  /** Bytes acknowledged by the wire, and bytes in all. */
  readonly done: number
  readonly total: number
  readonly partsDone: number
  readonly parts: number
  /** Mean bytes per second over five seconds; null when nothing moves. */
  readonly speed: number | null
  /** Whole seconds, null when it cannot be told. */
  readonly secondsLeft: number | null
  /** Attempts after the first that are under way or were needed. */
  readonly retries: number
  readonly keyName: string | null
  readonly outcome: TransferOutcome | null
  readonly error: AppError | null
  /** ISO 8601; null unless it is tried again by itself. */
  readonly retryAt: string | null
  /** Why it began again; null when it did not. */
  readonly restarted: Restart | null
  /**
   * Of many files: how they are; `done` and `total` are bytes of all of them. Null for one file.
   */
  readonly files: TransferFiles | null
  /**
   * The transfer of many that this file belongs to, whose numbers include it; null for one of its
   * own.
   */
  readonly batchId: TransferId | null
  /** ISO 8601 */
  readonly changed: string
  readonly order: number
}

/** How a finished transfer ended well. */
export interface TransferOutcome {
  readonly encrypted: boolean
  /** 'absent' when OSS or the envelope file gave no checksum to compare with. */
  readonly checksum: 'matches' | 'absent'
  /**
   * Of a GCM message: 'verified' over all of it; a range of one is 'not-verified'. 'none' where the
   * format has no tag.
   */
  readonly tag: 'none' | 'verified' | 'not-verified'
  /**
   * Left out unless the initial counter is one that no SDK writes: some SDKs read ranges of such an
   * object wrongly.
   */
  readonly oddCounter?: true
  /** Absolute path of what was written on this computer; null for uploads. */
  readonly savedAs: string | null
  readonly skipped: boolean
  /**
   * Of a copy or move that was not skipped. `key`: what was written. `inside`: OSS did it by
   * itself, and no byte came here.
   */
  readonly copied?: { readonly key: string; readonly inside: boolean }
  /** Of a range of objects that were to be deleted: how many were, and how many stay. */
  readonly deleted?: { readonly objects: number; readonly left: number }
  /** Of many: how many rows there were, and how many were left as they are. */
  readonly many?: { readonly objects: number; readonly skipped: number }
}

/**
 * An upload in parts that was begun and neither finished nor dropped. Null: not looked at, or OSS
 * does not say.
 */
export interface Leftover {
  readonly key: string
  readonly uploadId: string
  /**
   * This computer has a record of it, of a command line that was killed: it may go on. Else the
   * file is sent again under a new data key.
   */
  readonly startedHere: boolean
  /** ISO 8601 */
  readonly begun: string
  /** Parts and bytes that OSS holds, and charges for. */
  readonly parts: number | null
  readonly bytes: number | null
  /** Bytes the whole object will have, as it was declared. */
  readonly dataSize: number | null
  /** Has it an envelope in format V2? Only then can it be resumed from the file alone. */
  readonly encrypted: boolean | null
  /** The transfer of this computer that it belongs to. */
  readonly transferId: TransferId | null
}

/** A path the user chose, by an opaque id. */
export interface Grant {
  readonly id: GrantId
  /** '' for loose files. */
  readonly name: string
  /** 'files': many loose ones that were dropped together. */
  readonly kind: 'file' | 'folder' | 'files'
  /** Bytes of a file, null for others. */
  readonly size: number | null
}

/** An upload being counted, and then waiting for the user's word. Nothing is sent before that. */
export interface UploadPlan {
  readonly id: PlanId
  readonly phase: 'counting' | 'ready' | 'failed'
  readonly profileId: ProfileId
  readonly bucket: string
  readonly prefix: string
  readonly items: readonly {
    readonly name: string
    readonly kind: Grant['kind']
    readonly files: number
    readonly folders: number
    readonly emptyFolders: number
    readonly bytes: number
  }[]
  readonly files: number
  readonly bytes: number
  /**
   * At most 1,000 links and the like, and 1,000 others; `leftOutCount` is the whole number,
   * `missing` that without links, pipes, sockets and devices.
   */
  readonly leftOut: readonly { readonly path: string; readonly reason: LeftOutReason }[]
  readonly leftOutCount: number
  readonly missing: number
  /**
   * Keys that two of the files would share: at most 100 of them; `sharedCount` is the whole number.
   * Paths on this computer.
   */
  readonly shared: readonly {
    readonly key: string
    readonly first: string
    readonly second: string
  }[]
  readonly sharedCount: number
  /**
   * False: there are too many names to look them all up before; those that are taken are found
   * while uploading.
   */
  readonly compared: boolean
  /** At most 1,000 of them; `conflictCount` is the whole number. */
  readonly conflicts: readonly {
    readonly key: string
    readonly size: number
    readonly modified: string
    readonly theirSize: number
    readonly theirModified: string
  }[]
  readonly conflictCount: number
  readonly error: AppError | null
}

/** A blob and its envelope on the offline page. */
export interface OfflineItem {
  readonly blob: Grant | null
  /**
   * `grant` is what `offline.start` takes as `envelope`; null for 'beside' (found again by the
   * core), 'pasted', and 'inside': the blob itself is a whole message of the KMS Encryption SDK.
   */
  readonly envelope: {
    readonly name: string
    readonly source: 'beside' | 'dropped' | 'pasted' | 'inside'
    readonly grant: GrantId | null
  } | null
  readonly encryption: Encryption | null
  readonly error: AppError | null
  /** Bytes the envelope says the blob has; null when it does not say. */
  readonly expectedSize: number | null
}
