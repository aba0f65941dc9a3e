import type { AppError, Result } from '../../../../shared/contract/errors.ts'
import type { ProfileId, TransferId, WriteFormat } from '../../../../shared/contract/models.ts'
import type { Transfer, TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import type { Envelope } from '../../../../shared/format/envelope/envelope.ts'
import type { SealedMessage } from '../../../../shared/format/message/message.ts'
import type { Headers } from '../../../../shared/format/recognise.ts'
import type { Opened } from '../../keys/keyring.ts'
import type { MasterKeyHandle } from '../../keys/master-key.ts'
import type { Oss } from '../../oss/client.ts'

/**
 * The rule for a name that is taken. 'rename' writes `name (2).ext` beside it; 'skip' ends well
 * with `outcome.skipped`.
 */
type Existing = 'fail' | 'rename' | 'replace' | 'skip'

/** The facts that a row shows, and the functions to call when the transfer ends. */
export interface JobBase {
  /** File or object name, without folders. */
  readonly name: string
  /** Where it goes, in words: bucket and prefix, or folder. */
  readonly target: string
  readonly profileId: ProfileId | null
  /** The master key's name, where it is known before the transfer starts. */
  readonly keyName: string | null
  /**
   * Plain data from which the job is made again after a restart. A job without it ends with the
   * app.
   */
  readonly record?: unknown
  /** Called once, when the transfer ended well and before the row says so. */
  readonly finished?: (id: TransferId, outcome: TransferOutcome) => void
  /**
   * Called once, when the transfer needs its source no more: it is done, cancelled or cleared from
   * the list, or the queue has closed.
   */
  readonly released?: (id: TransferId) => void
}

/**
 * Opens the account that answers for one bucket. Called again on every start and retry, so that new
 * credentials are used.
 */
export type OpenOss = () => Promise<Result<Oss>>

/**
 * Opens an object with whichever master key fits. No master key is handed out. The transfer
 * disposes of the data key. The signal ends a wait for KMS or for a program.
 */
export interface Openers {
  envelope(envelope: Envelope, signal: AbortSignal): Promise<Result<Opened>>
  /** Its header is authentic when this is good; nothing of its content was looked at. */
  message(message: SealedMessage, signal: AbortSignal): Promise<Result<Opened>>
}

/** The rules for an object that has the name already. */
export type ExistingName = 'ask' | 'skip' | 'same' | 'newer' | 'rename' | 'replace'

/**
 * A file and the object it became. Sizes in bytes; `mtimeMs`: whole milliseconds since 1970;
 * `crc64`: of the object, decimal; `etag` without quotes.
 */
export interface StoredFacts {
  readonly key: string
  readonly size: number
  readonly mtimeMs: number
  readonly storedSize: number
  readonly crc64: string
  readonly etag: string
}

/** One file of this computer to one object; always sealed, save the marker of an empty folder. */
export interface UploadJob extends JobBase {
  readonly kind: 'upload'
  readonly oss: OpenOss
  readonly bucket: string
  /** Full object key. */
  readonly key: string
  /**
   * Absolute path; null writes an empty object (`key` ends in '/'): the marker of an empty folder.
   */
  readonly source: string | null
  /** Bytes, as counted when it was planned; only shown until the source is looked at again. */
  readonly size: number
  /**
   * The key that wraps the data key. Asked on every start and retry; the transfer disposes of the
   * handle. The signal ends a wait for KMS.
   */
  readonly masterKey: (signal: AbortSignal) => Promise<Result<MasterKeyHandle>>
  /** Open the envelope again when an interrupted upload goes on. */
  readonly openers: Openers
  readonly format: WriteFormat
  /** False: OSS itself refuses to replace an object ('object-exists'). */
  readonly replace: boolean
  /**
   * Decides when the name is taken after all: another job of the same file, or a word. Left out:
   * the user decides.
   */
  readonly onExisting?: (job: UploadJob, signal: AbortSignal) => Promise<UploadJob | 'skip' | 'ask'>
  /**
   * The name was seen to be taken, or is looked for now: `onExisting` is asked before anything is
   * sent.
   */
  readonly taken?: boolean | ((signal: AbortSignal) => Promise<boolean>)
  /** The rule that `onExisting` goes by. */
  readonly existing?: ExistingName
  /** Called when the object is there and was compared: what a later upload can tell the file by. */
  readonly stored?: (facts: StoredFacts) => void
  /** Sources of this many bytes and more go up in parts. */
  readonly multipartFrom: number
  /** Preferred part size in bytes. */
  readonly partSize: number
  /** Parts at the same time; null for the queue's limit. */
  readonly parallel: number | null
}

/**
 * How an object without an envelope is read. False: its bytes as they are. True: a whole message of
 * the KMS Encryption SDK, and it is refused where it is none. 'maybe': whichever it turns out to
 * be.
 */
export type MayBeMessage = boolean | 'maybe'

/** Why an object that is not encrypted is not saved or shown. */
export type PlainRefusal = Extract<AppError, { readonly code: 'not-encrypted' }>

/** One object to one file of this computer. */
export interface DownloadJob extends JobBase {
  readonly kind: 'download'
  readonly oss: OpenOss
  readonly bucket: string
  readonly key: string
  /** The version that is meant; null or left out: the current one. */
  readonly versionId?: string | null
  /** Bytes, as listed; null when not known yet. */
  readonly size: number | null
  /** Absolute path of the file to write; missing folders above it are made. */
  readonly path: string
  /**
   * The folder that the user chose: between it and the file no link is followed. Left out: the
   * file's own folder.
   */
  readonly root?: string
  readonly existing: Existing
  /**
   * Why the object is refused where it is not encrypted; asked when its headers say so. Left out:
   * it is not refused.
   */
  readonly refusePlain?: () => Promise<PlainRefusal | null>
  /**
   * True: the stored bytes as they are, and `<name>.ossenv.json` beside them when the object is
   * sealed.
   */
  readonly raw: boolean
  /** Only these bytes of the plaintext; `length` null to the end. Null: the whole object. */
  readonly range: { readonly offset: number; readonly length: number | null } | null
  readonly openers: Openers
  /** See {@link MayBeMessage}. */
  readonly message: MayBeMessage
  /** Decrypt as a Java SDK wrote it that split the file again. */
  readonly repair: boolean
  /** Bytes asked for at once. */
  readonly partSize: number
  readonly parallel: number | null
}

/** One blob of this computer and its envelope to one decrypted file. Touches no network. */
export interface DecryptJob extends JobBase {
  readonly kind: 'decrypt'
  /** Absolute path of the blob. */
  readonly blob: string
  /** Bytes of the blob, as last seen. */
  readonly size: number
  /** Name of the envelope file; '' where there is none, or a text was pasted. */
  readonly envelopeFile: string
  /** Headers of the envelope file, as `readEnvelopeFile` gives them. */
  readonly headers: Headers
  /** Bytes and CRC-64 (decimal) the envelope file names; null when it does not. */
  readonly expectedSize: number | null
  readonly expectedCrc64: string | null
  readonly path: string
  readonly existing: Existing
  readonly openers: Openers
  /**
   * The blob itself was found to be a whole message of the KMS Encryption SDK, and is looked at
   * again; false: the headers say what it is.
   */
  readonly whole: boolean
  /** Decrypt as a Java SDK wrote it that split the file again. */
  readonly repair: boolean
  readonly parallel: number | null
}

/** One end of a copy. */
export interface CopySide {
  readonly oss: OpenOss
  readonly profileId: ProfileId
  readonly bucket: string
  /** Full object key. */
  readonly key: string
  /** '' where it is not known: then it is taken for the other one's. */
  readonly region: string
}

/** One object to another name, bucket or account, as it is stored; no master key is asked. */
export interface CopyJob extends JobBase {
  readonly kind: 'copy'
  /** A move: the source goes, once the copy is proven to be one. */
  readonly removeSource: boolean
  readonly from: CopySide
  readonly to: CopySide
  readonly existing: Existing
  /** Bytes, as listed; null when not known yet. */
  readonly size: number | null
  /** Bytes from which on an object that passes through this computer goes in parts. */
  readonly multipartFrom: number
  /** Preferred part size in bytes. */
  readonly partSize: number
  readonly parallel: number | null
}

export type Job = UploadJob | DownloadJob | DecryptJob | CopyJob

/** One unit of a transfer of many: a row of its list, or a range of rows. */
export interface BatchUnit {
  /** The number of its first row. */
  readonly index: number
  /** The number of rows in it. */
  readonly count: number
  /** Bytes of all its rows. */
  readonly size: number
}

/** Many objects in one transfer, of which only those under way are in memory. */
export interface BatchJob<J extends ChildJob = ChildJob> extends JobBase {
  readonly kind: 'batch'
  /** What the row of the many shows. */
  readonly shown: {
    readonly kind: Transfer['kind']
    readonly bucket: string | null
    readonly key: string | null
  }
  /** Profile and bucket that the requests go to: transfers to one place fail together. */
  readonly bucket: string
  /** Bytes; 0: known only while counting. */
  readonly size: number
  /**
   * True: the many are one file, which was sent before it was counted. The file is this row and has
   * no row of its own.
   */
  readonly isOneFile: boolean
  /**
   * Takes the next unit, in an order that stays, without rows that `skip` names. Null: none for
   * now.
   */
  next(skip?: (index: number) => boolean): (BatchUnit & { job(): J }) | null
  /** Makes the jobs of the units that begin at these rows. */
  those(indices: ReadonlySet<number>): readonly { readonly index: number; readonly job: J }[]
  /** Counts the files that were found so far. */
  found(): {
    readonly files: number
    readonly bytes: number
    readonly counting: boolean
    readonly error: AppError | null
  }
  /**
   * Calls `more` whenever there is more to find or it is all found; until the returned function is
   * called.
   */
  onFound(more: () => void): () => void
  /** Stops finding more while the transfer stands still, and goes on afterwards. */
  hold?(isHeld: boolean): void
  /** Sets the rule for names that are taken, for all rows that still come. */
  decide?(existing: 'skip' | 'rename' | 'replace'): void
}

/** A job that is one unit of many; the table of kinds knows what it does. */
export interface ChildJob extends JobBase {
  readonly kind: string
  readonly size: number | null
  readonly parallel: number | null
}

export const isBatch = (job: ChildJob | BatchJob): job is BatchJob => 'next' in job
