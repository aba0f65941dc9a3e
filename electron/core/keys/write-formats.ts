import type { MasterKey, WriteFormat } from '../../../shared/contract/models.ts'

const WRITES: Readonly<Record<MasterKey['kind'], readonly WriteFormat[]>> = {
  rsa: ['v2', 'v2-oaep', 'v1'],
  kms: ['v2', 'v2-kms-b', 'v1', 'sdk-split', 'sdk-message'],
  // What a program wraps has no readers besides itself, so there is nobody to write an older format for.
  command: ['v2'],
}

/** Can new objects be written so under a key of this kind? */
export const mayWrite = (kind: MasterKey['kind'], format: WriteFormat): boolean => WRITES[kind].includes(format)

/** How a KMS key that writes this format puts CiphertextBlobs into headers; see `format/kms-wrap.ts`. */
export const kmsForm = (format: WriteFormat): 'a' | 'b' => (format === 'v2-kms-b' ? 'b' : 'a')

/** A message of the KMS Encryption SDK, and no envelope. */
export const isMessageFormat = (format: WriteFormat): boolean => format === 'sdk-split' || format === 'sdk-message'
