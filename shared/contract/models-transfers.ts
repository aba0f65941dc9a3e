import type { AppError, LeftOutReason } from './errors.ts'
import type { SealJudgement } from './models-seals.ts'
import type { Encryption, GrantId, PlanId, ProfileId, TransferId } from './models.ts'

export type TransferPhase =
  | 'waiting'
  | 'running'
  /** All bytes are sent or received, and the checks, the rename or the completion still run. */
  | 'finishing'
  | 'paused'
  /** The transfer continues by itself when this computer has a key that unwraps its envelope. */
  | 'needs-master-key'
  /** The transfer continues by itself when its profile has credentials that OSS accepts. */
  | 'needs-credentials'
  /** The transfer is tried again by itself at `retryAt`. */
  | 'needs-network'
  /** The transfer needs the user: see `error`. */
  | 'needs-user'
  | 'failed'
  | 'done'

/**
 * The reason why a transfer could not continue from its checkpoint and started over. 'no-record':
 * this computer did not start it, or no longer knows the sent bytes.
 */
export type Restart =
  'source-changed' | 'upload-gone' | 'envelope-differs' | 'object-changed' | 'no-record'

/** The files of a batch. */
export interface TransferFiles {
  /** Files found so far; all files once `counting` is false. */
  readonly total: number
  readonly counting: boolean
  /** Files that ended well, skipped files among them. */
  readonly done: number
  readonly skipped: number
  /** Files that failed or wait for the user. Each of them has a row of its own. */
  readonly failed: number
}

export interface Transfer {
  readonly id: TransferId
  readonly kind:
    'upload' | 'download' | 'download-raw' | 'decrypt' | 'copy' | 'move' | 'delete' | 'count'
  readonly phase: TransferPhase
  /** The name of the file or object, without folders. */
  readonly name: string
  /** The destination: bucket and prefix, or the name of a folder. */
  readonly target: string
  readonly profileId: ProfileId | null
  /** The object. For a copy or move it is the written object. */
  readonly bucket: string | null
  readonly key: string | null
  /** Bytes that the other side acknowledged, and bytes in all. */
  readonly done: number
  readonly total: number
  readonly partsDone: number
  readonly parts: number
  /** Mean bytes per second over five seconds; null when no bytes move. */
  readonly speed: number | null
  /** Whole seconds; null when the time is unknown. */
  readonly secondsLeft: number | null
  /** Attempts after the first one, completed or running. */
  readonly retries: number
  readonly keyName: string | null
  readonly outcome: TransferOutcome | null
  readonly error: AppError | null
  /** ISO 8601; null unless the transfer is tried again by itself. */
  readonly retryAt: string | null
  /** The reason why the transfer started over; null when it did not. */
  readonly restarted: Restart | null
  /**
   * The state of a batch's files. `done` and `total` then count the bytes of all files. Null for
   * one file.
   */
  readonly files: TransferFiles | null
  /**
   * The batch that this file belongs to. The batch's numbers include the file. Null for a transfer
   * outside a batch.
   */
  readonly batchId: TransferId | null
  /** ISO 8601 */
  readonly changed: string
  readonly order: number
}

/** The outcome of a transfer that ended well. */
export interface TransferOutcome {
  readonly encrypted: boolean
  /** 'absent': OSS or the envelope file gave no checksum to compare with. */
  readonly checksum: 'matches' | 'absent'
  /**
   * The state of a GCM message's tag. 'verified': the tag of the whole message matches.
   * 'not-verified': only a range was read. 'none': the format has no tag.
   */
  readonly tag: 'none' | 'verified' | 'not-verified'
  /** Set for a sealed object that was read whole: its seal as it was judged. */
  readonly seal?: SealJudgement
  /**
   * Set when the initial counter is one that no SDK writes. Some SDKs read ranges of such an object
   * wrongly.
   */
  readonly oddCounter?: true
  /** Absolute path of the written file on this computer; null for uploads. */
  readonly savedAs: string | null
  readonly skipped: boolean
  /**
   * Set for a copy or move that was not skipped. `key`: the written object. `inside`: OSS copied by
   * itself, and no byte passed through this computer.
   */
  readonly copied?: { readonly key: string; readonly inside: boolean }
  /**
   * Set for a range of objects that were to be deleted. `objects`: the number of deleted objects.
   * `left`: the keys of the objects that stay.
   */
  readonly deleted?: { readonly objects: number; readonly left: readonly string[] }
  /**
   * Set for a batch. `objects`: the number of rows. `skipped`: the number of rows that stay
   * unchanged.
   */
  readonly many?: { readonly objects: number; readonly skipped: number }
}

/**
 * An upload in parts that was started, and neither completed nor aborted. A null field: the app has
 * not looked, or OSS does not tell.
 */
export interface Leftover {
  readonly key: string
  readonly uploadId: string
  /**
   * This computer has a record of the upload from a command line that was killed, so the upload may
   * continue. Without a record, the file is sent again under a new data key.
   */
  readonly startedHere: boolean
  /** ISO 8601 */
  readonly begun: string
  /** Parts and bytes that OSS stores and charges for. */
  readonly parts: number | null
  readonly bytes: number | null
  /** Bytes of the whole object, as the upload declared them. */
  readonly dataSize: number | null
  /**
   * True when the upload has an envelope in format V2. Only such an upload can be resumed from the
   * file alone.
   */
  readonly encrypted: boolean | null
  /** The transfer of this computer that the upload belongs to. */
  readonly transferId: TransferId | null
}

/** A path that the user chose, under an opaque id. */
export interface Grant {
  readonly id: GrantId
  /** '' for loose files. */
  readonly name: string
  /** 'files': many loose files that were dropped together. */
  readonly kind: 'file' | 'folder' | 'files'
  /** Bytes of a file; null for other kinds. */
  readonly size: number | null
}

/**
 * An upload that the app counts, and that then waits for the user's word. The app sends nothing
 * before.
 */
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
   * At most 1,000 links, pipes, sockets and devices, and at most 1,000 other paths. `leftOutCount`:
   * the whole number. `missing`: the number without links, pipes, sockets and devices.
   */
  readonly leftOut: readonly { readonly path: string; readonly reason: LeftOutReason }[]
  readonly leftOutCount: number
  readonly missing: number
  /**
   * At most 100 keys that two of the files would share. `sharedCount`: the whole number. `first`
   * and `second`: paths on this computer.
   */
  readonly shared: readonly {
    readonly key: string
    readonly first: string
    readonly second: string
  }[]
  readonly sharedCount: number
  /**
   * False: there are too many names to compare before the start. The upload then finds the taken
   * names while it runs.
   */
  readonly compared: boolean
  /** At most 1,000 conflicts. `conflictCount`: the whole number. */
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
   * `grant`: the value that `offline.start` takes as `envelope`. It is null for three sources.
   * 'beside': the core finds the file again. 'pasted': the envelope is a text. 'inside': the blob
   * is a whole message of the KMS Encryption SDK.
   */
  readonly envelope: {
    readonly name: string
    readonly source: 'beside' | 'dropped' | 'pasted' | 'inside'
    readonly grant: GrantId | null
  } | null
  readonly encryption: Encryption | null
  readonly error: AppError | null
  /** Bytes of the blob that the envelope declares; null when the envelope does not declare them. */
  readonly expectedSize: number | null
}
