/** The rules of a profile for seals (FORMAT.md 11). */
export interface SealPolicy {
  /** New objects are sealed. */
  readonly sealsNew: boolean
  /** Objects without a seal are not read. */
  readonly sealedOnly: boolean
}

/**
 * The state of an object's seal. 'intact': the object is as it was sealed. 'changed': it is not, or
 * its seal is missing. 'moved': it was sealed under another name. 'unsealed': nothing says that it
 * was ever sealed. 'unknown': the seal could not be checked.
 */
export type SealState = 'intact' | 'changed' | 'moved' | 'unsealed' | 'unknown'

/**
 * The reason why the content was not read in full. 'archived': OSS must restore it first.
 * 'unreachable': OSS did not answer.
 */
export type SealUnread = 'not-read' | 'archived' | 'unreachable'

/** The reason of a seal's state. Source FORMAT.md 11.8. */
export type SealReason =
  /** All of the content was read, and fits. */
  | 'read'
  /** The content fits. The seal was made after the upload, by reading. */
  | 'sealed-later'
  /** The envelope is missing or damaged, and there is or was a seal. */
  | 'envelope-missing'
  /** All texts of the seal are malformed. */
  | 'seal-damaged'
  /** The counter or the memory says that there was a seal. */
  | 'seal-missing'
  /** Another object without a seal is at the name. */
  | 'replaced'
  /** The data key or the counter is not the sealed one. */
  | 'key'
  /** The length is not the sealed one. */
  | 'length'
  /** The content is not the sealed one. */
  | 'content'
  /** This computer saw a later version at this name. */
  | 'older-version'
  /** The seal belongs to another bucket or name. */
  | 'other-name'
  /** The object is not encrypted. */
  | 'plain'
  /** A message of the KMS Encryption SDK, which has a tag of its own. */
  | 'message'
  /** Nothing says that the object was ever sealed. */
  | 'never-sealed'
  /** The envelope is damaged, and nothing says that there was a seal. */
  | 'damaged'
  /** No master key here fits the envelope. */
  | 'no-key'
  /** No master key here opens the envelope. */
  | 'cannot-open'
  /** The tags could not be read, and the seal may be in them. */
  | 'tags-unreadable'
  /** A later version of the app made the seal. */
  | 'newer-seal'
  | SealUnread

/** The state of each reason. */
export const SEAL_STATE: Readonly<Record<SealReason, SealState>> = {
  read: 'intact',
  'sealed-later': 'intact',
  'envelope-missing': 'changed',
  'seal-damaged': 'changed',
  'seal-missing': 'changed',
  replaced: 'changed',
  key: 'changed',
  length: 'changed',
  content: 'changed',
  'older-version': 'changed',
  'other-name': 'moved',
  plain: 'unsealed',
  message: 'unsealed',
  'never-sealed': 'unsealed',
  damaged: 'unknown',
  'no-key': 'unknown',
  'cannot-open': 'unknown',
  'tags-unreadable': 'unknown',
  'newer-seal': 'unknown',
  'not-read': 'unknown',
  archived: 'unknown',
  unreachable: 'unknown',
}

/** The choices of the user for the seals of one reading. */
export interface SealChoices {
  /** Only objects with a seal are read, as if the profile said so. */
  readonly sealedOnly: boolean
  /** Objects that were sealed under another name are taken. */
  readonly allowMoved: boolean
  /** A range of a large sealed object is taken, though nothing verifies it. */
  readonly unverified: boolean
}

/** The judgement of one object's seal. */
export interface SealJudgement {
  readonly state: SealState
  readonly reason: SealReason
  /** The id of the writer secret whose mark fits, hex. Null: the writer is not proven. */
  readonly writer: string | null
}

/** The judgement of one object, whose content was read whole as far as it can be. */
export interface SealReport extends SealJudgement {
  /** ISO 8601: the time of the judgement. */
  readonly judged: string
  /** ISO 8601: the time at which its seal says the object was put at its name. Null: unknown. */
  readonly sealed: string | null
}

/** A key that opens an object beside its own. Nothing shows yet that it does. */
export interface SecondKey {
  /** The first 16 digits of the fingerprint; '' for a second key that cannot be read. */
  readonly fingerprint: string
  /** The name of the key here; null for none that is here. */
  readonly keyName: string | null
}

/** Left out: the object has no second key, or its tags may not be read. */
export interface WithSecondKey {
  readonly secondKey?: SecondKey
}
