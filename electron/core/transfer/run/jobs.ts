import type { AppError, Result } from '../../../../shared/contract/errors.ts'
import type { ProfileId, TransferId, WriteFormat } from '../../../../shared/contract/models.ts'
import type { Transfer, TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import type { Envelope } from '../../../../shared/format/envelope/envelope.ts'
import type { EncryptedMessage } from '../../../../shared/format/message/message.ts'
import type { Headers } from '../../../../shared/format/recognise.ts'
import type { Opened } from '../../keys/keyring.ts'
import type { MasterKeyHandle } from '../../keys/master-key.ts'
import type { Oss } from '../../oss/client.ts'
import type { SecondEnvelope } from '../../seals/second-text.ts'
import type { FileSeal } from './file-seal.ts'
import type { PlainRefusal, ReadFacts } from './read-facts.ts'
import type { StoredFacts } from './stored-facts.ts'
import type { SealMemories, SealRules } from './stored-seal.ts'

/**
 * The rule for a name that is taken. 'rename' writes `name (2).ext` beside it; 'skip' ends well
 * with `outcome.skipped`.
 */
type Existing = 'fail' | 'rename' | 'replace' | 'skip'

/** The facts that a row shows, and the functions to call when the transfer ends. */
export interface JobBase {
  /** File or object name, without folders. */
  readonly name: string
  /** The place that the file or object goes to, in words: bucket and prefix, or folder. */
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
   * Called once, when the transfer does not need its source any more. Then the transfer is done,
   * cancelled or cleared from the list, or the queue has closed.
   */
  readonly released?: (id: TransferId) => void
}

/** Opens the account of one bucket. Called at every start and retry, for new credentials. */
export type OpenOss = () => Promise<Result<Oss>>

/**
 * Opens an object with whichever master key fits. No master key is handed out. The transfer
 * disposes of the data key. The signal ends a wait for KMS or for a program.
 */
export interface Openers {
  envelope(envelope: Envelope, signal: AbortSignal): Promise<Result<Opened>>
  /** Opens a second envelope, which nothing ties to its object yet. Left out: none is opened. */
  second?(second: SecondEnvelope, signal: AbortSignal): Promise<Result<Opened>>
  /** Opens a whole message. A good result has an authentic header; the content was not read. */
  message(message: EncryptedMessage, signal: AbortSignal): Promise<Result<Opened>>
}

/** The rules for an object that has the name already. */
export type ExistingName = 'ask' | 'skip' | 'same' | 'newer' | 'rename' | 'replace'

/**
 * One file of this computer that becomes one object. The object is always encrypted, except the
 * marker of an empty folder.
 */
export interface UploadJob extends JobBase {
  readonly kind: 'upload'
  readonly oss: OpenOss
  readonly bucket: string
  /** Full object key. */
  readonly key: string
  /**
   * Absolute path. Null writes the marker of an empty folder: an empty object whose `key` ends in
   * '/'.
   */
  readonly source: string | null
  /** Bytes, as counted for the plan. They are only shown, until the source is read again. */
  readonly size: number
  /**
   * Returns the key that wraps the data key. Called at every start and retry; the transfer disposes
   * of the handle. The signal ends a wait for KMS.
   */
  readonly masterKey: (signal: AbortSignal) => Promise<Result<MasterKeyHandle>>
  /** Open the envelope again when an interrupted upload continues. */
  readonly openers: Openers
  readonly format: WriteFormat
  /**
   * Tells whether the object gets a seal. Called at every start and retry. Messages of the KMS
   * Encryption SDK never get one.
   */
  readonly seals: () => boolean
  /** False: OSS itself refuses to replace an object ('object-exists'). */
  readonly replace: boolean
  /**
   * Decides when the name is taken: another job of the same file, or a word. Left out: the user
   * decides.
   */
  readonly onExisting?: (job: UploadJob, signal: AbortSignal) => Promise<UploadJob | 'skip' | 'ask'>
  /**
   * True: the name is known to be taken. A function finds out. Where the name is taken,
   * `onExisting` is called before anything is sent. With `replace`, see `assertReplaceable`.
   */
  readonly taken?: boolean | ((signal: AbortSignal) => Promise<boolean>)
  /** The rule that `onExisting` applies. */
  readonly existing?: ExistingName
  /**
   * Called when the object is stored and compared. A later upload recognizes the file by these
   * facts.
   */
  readonly stored?: (facts: StoredFacts) => void
  /** Sources of this many bytes and more go up in parts. */
  readonly multipartFrom: number
  /** Preferred part size in bytes. */
  readonly partSize: number
  /** Parts at the same time; null for the queue's limit. */
  readonly parallel: number | null
}

/**
 * How an object without an envelope is read. False: its bytes as they are. True: as a whole message
 * of the KMS Encryption SDK; any other content is refused. 'maybe': the content decides.
 */
export type MayBeMessage = boolean | 'maybe'

/** One object that becomes one file of this computer. */
export interface DownloadJob extends JobBase {
  readonly kind: 'download'
  readonly oss: OpenOss
  readonly bucket: string
  readonly key: string
  /** The version to read; null or left out: the current one. */
  readonly versionId?: string | null
  /** Bytes, as listed; null when not known yet. */
  readonly size: number | null
  /** Absolute path of the file to write; missing folders above it are made. */
  readonly path: string
  /**
   * The folder that the user chose. No link between this folder and the file is followed. Left out:
   * the file's own folder.
   */
  readonly root?: string
  readonly existing: Existing
  /**
   * Returns why the object is refused. Called when its headers say that it is not encrypted. Left
   * out: the object is not refused.
   */
  readonly refusePlain?: () => Promise<PlainRefusal | null>
  /** Called when the file has its name. */
  readonly read?: (facts: ReadFacts) => void
  /**
   * True: saves the stored bytes as they are. An encrypted object gets the file
   * `<name>.ossenv.json` beside it.
   */
  readonly raw: boolean
  /** The bytes of the plaintext to save; `length` null to the end. Null: the whole object. */
  readonly range: { readonly offset: number; readonly length: number | null } | null
  readonly openers: Openers
  /** Returns the rules for seals, as they are now. Left out: those of `PLAIN_SEAL_RULES`. */
  readonly seals?: () => SealRules
  /** True: a range of a large sealed object is saved, though nothing verifies the range. */
  readonly unverified?: boolean
  /** See {@link MayBeMessage}. */
  readonly message: MayBeMessage
  /** True: decrypts a file that a Java SDK split again (FORMAT.md 2.7). */
  readonly repair: boolean
  /** Bytes of one request. */
  readonly partSize: number
  readonly parallel: number | null
}

/** One blob of this computer that becomes one decrypted file. It uses no network except KMS. */
export interface DecryptJob extends JobBase {
  readonly kind: 'decrypt'
  /** Absolute path of the blob. */
  readonly blob: string
  /** Bytes of the blob, as last seen. */
  readonly size: number
  /** Name of the envelope file; '' without an envelope, or for a pasted text. */
  readonly envelopeFile: string
  /** Headers of the envelope file, as `readEnvelopeFile` gives them. */
  readonly headers: Headers
  /** Bytes and CRC-64 (decimal) that the envelope file names; null when it names none. */
  readonly expectedSize: number | null
  readonly expectedCrc64: string | null
  /** Null or left out: the envelope file has no seal. */
  readonly seal?: FileSeal | null
  readonly path: string
  readonly existing: Existing
  readonly openers: Openers
  /**
   * True: the blob itself is a whole message of the KMS Encryption SDK, and its start is read
   * again. False: the headers say what the blob is.
   */
  readonly whole: boolean
  /** True: decrypts a file that a Java SDK split again (FORMAT.md 2.7). */
  readonly repair: boolean
  readonly parallel: number | null
}

/** One side of a copy. */
export interface CopySide {
  readonly oss: OpenOss
  readonly profileId: ProfileId
  readonly bucket: string
  /** Full object key. */
  readonly key: string
  /** '' when the region is not known: then it is that of the other side. */
  readonly region: string
}

/** The side that is copied. `versionId` null: the current version. */
export interface CopySource extends CopySide {
  readonly versionId: string | null
}

/** One object that is copied as it is stored. Only the seal of the copy needs a master key. */
export interface CopyJob extends JobBase {
  readonly kind: 'copy'
  /** Open the envelope of a sealed source. Without a key, its seal belongs to the old place. */
  readonly openers: Pick<Openers, 'envelope'>
  /** Finds the seals that this computer knows of the source. */
  readonly sealMemory: SealMemories['find']
  /** True: a move. The source is deleted when the copy is proven. */
  readonly removeSource: boolean
  readonly from: CopySource
  readonly to: CopySide
  readonly existing: Existing
  /** Bytes, as listed; null when not known yet. */
  readonly size: number | null
  /** An object that passes through this computer goes in parts from this many bytes on. */
  readonly multipartFrom: number
  /** Preferred part size in bytes. */
  readonly partSize: number
  readonly parallel: number | null
}

/** One unit of a batch: a row of its list, or a range of rows. */
export interface BatchUnit {
  /** The number of its first row. */
  readonly index: number
  /** The number of rows in it. */
  readonly count: number
  /** Bytes of all its rows. */
  readonly size: number
}

/** A transfer of many objects. Only the objects under way are in memory. */
export interface BatchJob<J extends ChildJob = ChildJob> extends JobBase {
  readonly kind: 'batch'
  /** The facts that the row of the batch shows. */
  readonly shown: {
    readonly kind: Transfer['kind']
    readonly bucket: string | null
    readonly key: string | null
  }
  /** The bucket that the requests go to. Transfers to the same bucket fail together. */
  readonly bucket: string
  /** Bytes; 0: known only while counting. */
  readonly size: number
  /**
   * True: the batch is one file, which was sent before it was counted. The batch is the row of the
   * file.
   */
  readonly isOneFile: boolean
  /**
   * Takes the next unit, without rows that `skip` names. The order of the units never changes.
   * Null: no unit is ready.
   */
  next(skip?: (index: number) => boolean): (BatchUnit & { job(): J }) | null
  /** Makes the jobs of the units that start at these rows. */
  those(indices: ReadonlySet<number>): readonly { readonly index: number; readonly job: J }[]
  /** Counts the files that the search has found so far. */
  found(): {
    readonly files: number
    readonly bytes: number
    readonly counting: boolean
    readonly error: AppError | null
  }
  /**
   * Calls `more` whenever the search found more rows or ended. The returned function stops the
   * calls.
   */
  onFound(more: () => void): () => void
  /** Pauses the search for rows, or lets it go on. */
  hold?(isHeld: boolean): void
  /** Sets the rule for names that are taken. The rule holds for all rows that still come. */
  decide?(existing: 'skip' | 'rename' | 'replace'): void
}

/** A job of one unit of a batch. The table of kinds says how the job runs. */
export interface ChildJob extends JobBase {
  readonly kind: string
  readonly size: number | null
  readonly parallel: number | null
}

export const isBatch = (job: ChildJob | BatchJob): job is BatchJob => 'next' in job
