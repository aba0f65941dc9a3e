import type { FormatName } from './errors.ts'
import type { MasterKeyId } from './models.ts'

/**
 * The way in which an object is stored. 'damaged': its envelope is incomplete. 'unread': its
 * headers could not be read. A whole message ('sdk-message') shows only where an object was
 * encrypted before.
 */
export type AuditForm = FormatName | 'plain' | 'damaged' | 'unread'

/**
 * 'error': content is lost or exposed, or two contents share a data key. 'missing': a key or an
 * answer is not here. 'hint': the object is readable, and could be stored better.
 */
export type FindingSeverity = 'error' | 'missing' | 'hint'

/** An object that has the same wrapped data key. */
export interface SharedWith {
  readonly bucket: string
  readonly key: string
}

/** One fact about an object that somebody should know. */
export type Finding =
  /** The object is not encrypted. */
  | { readonly name: 'plain' }
  /** The object is not encrypted, and an object of its name was. */
  | { readonly name: 'replaced-by-plain' }
  /** The object is not encrypted, and everybody may read it. `acl`: as OSS names it. */
  | { readonly name: 'public-plain'; readonly acl: string }
  /** A header of the envelope is missing or invalid. */
  | { readonly name: 'damaged'; readonly header: string; readonly problem: 'missing' | 'invalid' }
  /** No key here has the description. `description`: as written; a CMK for a message. */
  | { readonly name: 'unknown-description'; readonly description: string }
  /** The format is recognised and not read. */
  | { readonly name: 'unsupported'; readonly format: FormatName }
  /** Format V1, which no SDK writes any more. */
  | { readonly name: 'old-format' }
  /** An RSA key below 2048 bits wrapped the data key. */
  | { readonly name: 'weak-key'; readonly bits: number }
  /** Anybody can compute the private half of the master key. */
  | { readonly name: 'broken-key' }
  /** The object is not as long as its envelope says. */
  | { readonly name: 'inconsistent-size'; readonly declared: number; readonly size: number }
  /** A Java SDK may have split the file differently (FORMAT.md, section 2.7). */
  | { readonly name: 'java-damage' }
  /** Another content is encrypted under the same data key. */
  | { readonly name: 'shared-data-key'; readonly with: SharedWith }
  /** A copy has the same data key and the same stored bytes. */
  | { readonly name: 'copied-data-key'; readonly with: SharedWith }
  /** The object carries the MD5 of its plaintext. */
  | { readonly name: 'plaintext-md5' }
  /** The headers could not be read. */
  | { readonly name: 'unread' }
  /** The ACL could not be read. */
  | { readonly name: 'acl-unread' }

export type FindingName = Finding['name']

/** The severity of each finding. */
export const FINDING_SEVERITY: Readonly<Record<FindingName, FindingSeverity>> = {
  plain: 'hint',
  'replaced-by-plain': 'error',
  'public-plain': 'error',
  damaged: 'error',
  'unknown-description': 'missing',
  unsupported: 'missing',
  'old-format': 'hint',
  'weak-key': 'error',
  'broken-key': 'error',
  'inconsistent-size': 'error',
  'java-damage': 'hint',
  'shared-data-key': 'error',
  'copied-data-key': 'hint',
  'plaintext-md5': 'hint',
  unread: 'missing',
  'acl-unread': 'missing',
}

/** An object as an audit judges it. */
export interface AuditedObject {
  readonly key: string
  /** Bytes stored. */
  readonly size: number
  /** ISO 8601. */
  readonly modified: string
  readonly storageClass: string
  readonly form: AuditForm
  /** The master key that opens the object; null for none here. */
  readonly keyId: MasterKeyId | null
  readonly keyName: string | null
  readonly findings: readonly Finding[]
}

/** Objects and their stored bytes. */
export interface ObjectSums {
  readonly objects: number
  readonly bytes: number
}

/** Sums by name. The name '' stands for all names beyond the limit of {@link mergedSums}. */
export type NamedSums = Readonly<Record<string, ObjectSums>>

/** The sums of audited objects. An object with two findings counts under both. */
export interface AuditSums extends ObjectSums {
  /** By {@link FindingName}. */
  readonly findings: NamedSums
  /** By {@link AuditForm}. */
  readonly forms: NamedSums
  /** By the id of the master key that opens the objects. */
  readonly keys: NamedSums
  /** By storage class. */
  readonly classes: NamedSums
  /** By month of modification in UTC, such as '2026-11'. */
  readonly months: NamedSums
}

/** One step of the requests of an audit. */
export interface AuditLook {
  /** Objects of this step. */
  readonly objects: number
  /** HEAD requests of this step. */
  readonly requests: number
  /** Objects of this step whose headers were not read. */
  readonly unread: number
  /** The step ended before an object for which no request was left. */
  readonly isLimited: boolean
  /** The last key of the step; null after the last step. */
  readonly after: string | null
}

/** Audited objects of one step, from the index alone. */
export interface AuditPage {
  /** The objects with findings. */
  readonly objects: readonly AuditedObject[]
  /** The sums of all objects of the step. */
  readonly sums: AuditSums
  /** The last key of the step; null after the last step. */
  readonly after: string | null
}

/** The share of an audit that one of several computers does, counted from 1. */
export interface Shard {
  readonly index: number
  readonly of: number
}

/** The objects of one bucket under one master key. */
export interface LedgerBucket extends ObjectSums {
  readonly bucket: string
  /** The time of the last complete listing of the bucket, ISO 8601; null without one. */
  readonly asOf: string | null
  /** The bucket was listed, and each state is known. Else there may be more objects. */
  readonly isWhole: boolean
}

/** The objects that one master key opens, as this computer knows them. */
export interface KeyLedger extends ObjectSums {
  readonly keyId: MasterKeyId
  readonly keyName: string
  /** The oldest listing of the buckets, ISO 8601; null when no bucket was listed whole. */
  readonly asOf: string | null
  readonly buckets: readonly LedgerBucket[]
  /** Buckets that are known here, and may have more objects under the key than were counted. */
  readonly uncounted: readonly string[]
}
