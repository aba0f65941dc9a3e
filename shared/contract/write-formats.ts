import type { MasterKey, WriteFormat } from './models.ts'

/**
 * The formats of new objects under a key of each kind, the usual format first. Only the program
 * itself reads the values that the program wraps. Nobody needs an older format for such a key.
 */
export const WRITES: Readonly<Record<MasterKey['kind'], readonly WriteFormat[]>> = {
  rsa: ['v2', 'v2-oaep', 'v1'],
  kms: ['v2', 'v2-kms-b', 'v1', 'sdk-split', 'sdk-message'],
  command: ['v2'],
}
