/**
 * The ways to give an object another master key. 'relay': the stored bytes go again under the same
 * data key, newly wrapped. 'fresh': the content is encrypted again under a new data key. 'second':
 * the object gets a second key, and keeps its own. Nothing else is written.
 */
export const REWRAP_MODES = ['relay', 'fresh', 'second'] as const
export type RewrapMode = (typeof REWRAP_MODES)[number]

/**
 * The reason why an object keeps its master key. 'plain': it is not encrypted. 'message': it is a
 * message of the KMS Encryption SDK. 'damaged': its envelope is incomplete or invalid.
 * 'unknown-key': no key here opens it. 'other-key': another key than the named ones opens it.
 * 'archived': it has to be restored before it can be read. 'link': it is a symbolic link. 'gone':
 * it is not there any more. 'odd-parts': OSS does not take it again in the parts that its envelope
 * declares. 'java-damage': a Java SDK may have split it differently, so only a relay keeps its
 * content. 'size-differs': it is not as long as its envelope says. 'seal-changed', 'seal-moved':
 * its seal does not fit. 'sealed-large': it is too large to be verified and encrypted again at
 * once. 'seal-newer': a later version of the app made its seal. For a second key, 'not-sealed': it
 * has no seal. 'second-taken': it has another second key. 'no-room': it has too many tags.
 */
export type RewrapLeft =
  | 'plain'
  | 'message'
  | 'damaged'
  | 'unknown-key'
  | 'other-key'
  | 'archived'
  | 'link'
  | 'gone'
  | 'odd-parts'
  | 'java-damage'
  | 'size-differs'
  | 'seal-changed'
  | 'seal-moved'
  | 'sealed-large'
  | 'seal-newer'
  | 'not-sealed'
  | 'second-taken'
  | 'no-room'

/** The end of one object that was to get another master key. */
export interface RewrapOutcome {
  /** 'would': a dry run found that it can be rewrapped. 'already': the new key opened it before. */
  readonly did: 'rewrapped' | 'would' | 'already' | 'left'
  /** Set for 'left'. */
  readonly why: RewrapLeft | null
  /** The name of the key that opened it before; null when none was asked. */
  readonly oldKey: string | null
  /** The old keys that were tried on the new envelope, by name. */
  readonly tried: readonly string[]
  /** The old keys among `tried` that still open it, by name. */
  readonly stillOpen: readonly string[]
}

/** A plan, counted from a listing alone. Bytes are those stored. */
export interface RewrapPlan {
  readonly objects: number
  readonly bytes: number
  /** Objects and bytes that have to be restored before they can be read. */
  readonly archived: number
  readonly archivedBytes: number
  /** Objects in a class with a least time of storage, which begins again. */
  readonly infrequent: number
  /** For the next step; null after the last one. */
  readonly cursor: string | null
}

/** A version that is not the current one, and a key that opens it. */
export interface OldVersion {
  readonly key: string
  readonly versionId: string
  /** Bytes stored. */
  readonly size: number
  /** ISO 8601. */
  readonly modified: string
  readonly keyName: string
  /** True: the current version is under the new key, so this one is only history. */
  readonly isReplaced: boolean
}

/** Old versions of one step. */
export interface OldVersions {
  readonly versions: readonly OldVersion[]
  /** Versions of the step whose headers were asked for. */
  readonly looked: number
  /** For the next step; null after the last one. */
  readonly cursor: string | null
}
