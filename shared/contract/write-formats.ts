import type { MasterKey, WriteFormat } from './models.ts'

/**
 * What new objects can be written as under a key of each kind, the usual one first. What a program
 * wraps has no readers besides itself, so there is nobody to write an older format for.
 */
export const WRITES: Readonly<Record<MasterKey['kind'], readonly WriteFormat[]>> = {
  rsa: ['v2', 'v2-oaep', 'v1'],
  kms: ['v2', 'v2-kms-b', 'v1', 'sdk-split', 'sdk-message'],
  command: ['v2'],
}
