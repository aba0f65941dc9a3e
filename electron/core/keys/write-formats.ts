import type { MasterKey, WriteFormat } from '../../../shared/contract/models.ts'
import { WRITES } from '../../../shared/contract/write-formats.ts'

/** Tells whether a key of this kind can write new objects in this format. */
export const mayWrite = (kind: MasterKey['kind'], format: WriteFormat): boolean =>
  WRITES[kind].includes(format)

/**
 * Returns the form of CiphertextBlobs in the headers that a KMS key writes in this format. See
 * `format/message/kms-wrap.ts`.
 */
export const kmsForm = (format: WriteFormat): 'a' | 'b' => (format === 'v2-kms-b' ? 'b' : 'a')

/** Tells whether this format is a message of the KMS Encryption SDK instead of an envelope. */
export const isMessageFormat = (format: WriteFormat): boolean =>
  format === 'sdk-split' || format === 'sdk-message'
