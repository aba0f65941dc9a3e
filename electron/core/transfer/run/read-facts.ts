import type { AppError } from '../../../../shared/contract/errors.ts'
import type { MasterKeyId } from '../../../../shared/contract/models.ts'

/** The object that a download read. */
export interface ReadFacts {
  /** Without quotes. */
  readonly etag: string
  /** The master key that opened the object; null: the object is not encrypted. */
  readonly keyId: MasterKeyId | null
}

/** The error of an object that is refused because it is not encrypted. */
export type PlainRefusal = Extract<AppError, { readonly code: 'not-encrypted' }>
