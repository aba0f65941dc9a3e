import type { MasterKeyId, ProfileId, TransferId } from './models.ts'

/** Opaque id of an edited copy. */
export type EditId = string

/**
 * The content of an edited copy, compared with the object. 'changed': it differs, and is not
 * uploaded. 'gone': nothing is at its place.
 */
export type EditState = 'unchanged' | 'changed' | 'gone'

/** A decrypted, writable copy of one object, which a program of the system changes. */
export interface EditedCopy {
  readonly id: EditId
  readonly profileId: ProfileId
  readonly bucket: string
  readonly key: string
  readonly state: EditState
  /** The master key that opened the object; null: the object is not encrypted. */
  readonly keyId: MasterKeyId | null
  /** True: an earlier start of the app left the copy behind, with changes. */
  readonly isLeftover: boolean
  /** The transfer that uploads the copy, until the transfer is done or off the list. */
  readonly transferId: TransferId | null
}
