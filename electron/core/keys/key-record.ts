import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import type { DescriptionStyle, KeyState, MasterKeyId } from '../../../shared/contract/models.ts'

/** What is kept of a stored master key in the text `master-key.<id>`: everything but the private half. */
export interface KeyRecord {
  readonly version: 1
  readonly id: MasterKeyId
  readonly name: string
  /** Public half, SubjectPublicKeyInfo DER in base64. */
  readonly spki: string
  readonly fingerprint: string
  /** Under which id the private half is kept; null when only the public half is here. */
  readonly half: string | null
  readonly state: KeyState
  /** As it is written into envelopes. */
  readonly description: string
  readonly style: DescriptionStyle
  readonly created: string
  readonly origin: 'generated' | 'imported' | 'sample' | 'session'
  readonly backedUp: string | null
  readonly proven: string | null
  readonly weakAllowed: boolean
  /** True from the moment the user deleted it until nothing of it is left. Never listed. */
  readonly removing: boolean
}

export const RECORD_PREFIX = 'master-key.'
export const recordName = (id: MasterKeyId): string => RECORD_PREFIX + id

/** SHA-256 of the SPKI, 64 hex digits. */
export function fingerprintOf(publicKey: KeyObject): string {
  return createHash('sha256').update(spkiOf(publicKey)).digest('hex')
}

export const spkiOf = (publicKey: KeyObject): Buffer => publicKey.export({ type: 'spki', format: 'der' })

export const bitsOf = (key: KeyObject): number => key.asymmetricKeyDetails?.modulusLength ?? 0

export const writeRecord = (record: KeyRecord): string => JSON.stringify(record, null, 2)

/** The record and its public half, or null when the text is damaged or of a later version: then it is shown as lost, not hidden. */
export function readRecord(id: MasterKeyId, text: string): { readonly record: KeyRecord; readonly publicKey: KeyObject } | null {
  try {
    const record = JSON.parse(text) as KeyRecord
    if (record.version !== 1 || record.id !== id || !TEXTS.every((field) => typeof record[field] === 'string')) return null
    const publicKey = createPublicKey({ key: Buffer.from(record.spki, 'base64'), format: 'der', type: 'spki' })
    if (publicKey.asymmetricKeyType !== 'rsa' || fingerprintOf(publicKey) !== record.fingerprint) return null
    return { record, publicKey }
  } catch {
    return null
  }
}

const TEXTS = ['name', 'spki', 'fingerprint', 'state', 'description', 'style', 'created', 'origin'] as const satisfies readonly (keyof KeyRecord)[]

/** Stands for a record that could not be read, so that the key is missed and not just missing. */
export function damagedRecord(id: MasterKeyId): KeyRecord {
  return {
    version: 1, id, name: id, spki: '', fingerprint: '', half: id, state: 'decrypt-only', description: '', style: 'compact', created: '',
    origin: 'imported', backedUp: null, proven: null, weakAllowed: false, removing: false,
  }
}
