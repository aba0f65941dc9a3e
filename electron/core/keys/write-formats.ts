import type { MasterKey, WriteFormat } from '../../../shared/contract/models.ts'
import { WRITES } from '../../../shared/contract/write-formats.ts'

/** Can new objects be written so under a key of this kind? */
export const mayWrite = (kind: MasterKey['kind'], format: WriteFormat): boolean =>
  WRITES[kind].includes(format)

/**
 * How a KMS key that writes this format puts CiphertextBlobs into headers; see
 * `format/kms-wrap.ts`.
 */
export const kmsForm = (format: WriteFormat): 'a' | 'b' => (format === 'v2-kms-b' ? 'b' : 'a')

/** A message of the KMS Encryption SDK, and no envelope. */
export const isMessageFormat = (format: WriteFormat): boolean =>
  format === 'sdk-split' || format === 'sdk-message'
