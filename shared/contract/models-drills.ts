import type { AppError } from './errors.ts'
import type { SealReason, SealState } from './models-seals.ts'

/** The form in which the copy of the key was kept. */
export type DrillSource = 'sheet' | 'shares' | 'file'

/** One object of a drill. */
export interface DrillObject {
  readonly key: string
  readonly versionId: string | null
  /** Stored bytes. */
  readonly size: number
  /** Ms from the first request to the last check. */
  readonly ms: number
  /** 'plain': the object is not encrypted, so no key is needed. */
  readonly state: 'opened' | 'failed' | 'plain'
  /** The state of the seal, and its reason; null where none was judged. */
  readonly seal: SealState | null
  readonly sealReason: SealReason | null
  /** The CRC-64 of all stored bytes against that of OSS. */
  readonly checksum: 'matches' | 'absent'
  readonly error: AppError | null
}

/** A number of objects and their stored bytes. */
export interface DrillSum {
  readonly objects: number
  readonly bytes: number
}

/** The outcome of one drill, as it is signed. Numbers are whole. */
export interface DrillReport {
  readonly format: 'cipherbucket-drill-1'
  /** ISO 8601. */
  readonly made: string
  readonly bucket: string
  readonly prefix: string
  readonly key: {
    /** The name in the key list; '' for a key that is not there. */
    readonly name: string
    /** SHA-256 of the SPKI, in hex. */
    readonly fingerprint: string
    readonly bits: number
    readonly source: DrillSource
  }
  /** Everything below the prefix. */
  readonly listed: DrillSum
  readonly opened: DrillSum
  readonly failed: DrillSum
  readonly plain: DrillSum
  /** Ms of the whole drill, without the listing. */
  readonly ms: number
  readonly objects: readonly DrillObject[]
}

/** A drill that was run on this computer. */
export type DrillSummary = Omit<DrillReport, 'format' | 'objects'>

/** The result of `drills.run`. */
export interface DrillResult {
  readonly report: DrillReport
  /** Base64: RSASSA-PSS of the drilled key over the report. Source FORMAT.md 15. */
  readonly signature: string
  /** The path of the written report; null where none was asked for. */
  readonly savedAs: string | null
}
