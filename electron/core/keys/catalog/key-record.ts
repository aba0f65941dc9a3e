import { createPublicKey, type KeyObject } from 'node:crypto'
import type {
  DescriptionStyle,
  KeyState,
  MasterKeyId,
  ProfileId,
  WriteFormat,
} from '../../../../shared/contract/models.ts'
import { fingerprintOf } from '../public-key.ts'

export interface CommonRecord {
  readonly version: 1
  readonly id: MasterKeyId
  readonly name: string
  readonly state: KeyState
  /** As it is written into envelopes. */
  readonly description: string
  readonly style: DescriptionStyle
  readonly writes: WriteFormat
  readonly created: string
  readonly origin: 'generated' | 'imported' | 'sample' | 'session'
  readonly backedUp: string | null
  readonly proven: string | null
  readonly weakAllowed: boolean
  /**
   * Under which id its secrets are kept: a private half, credentials, a passphrase; null when it
   * has none.
   */
  readonly half: string | null
  /** True from the moment the user deleted it until nothing of it is left. Never listed. */
  readonly removing: boolean
}

export interface RsaRecord extends CommonRecord {
  readonly kind: 'rsa'
  /** Public half, SubjectPublicKeyInfo DER in base64. */
  readonly spki: string
  readonly fingerprint: string
}

/** Where KMS is, and how it is called for one key. */
export interface KmsPlace {
  readonly region: string
  /** '' for the region's public endpoint. */
  readonly endpoint: string
  /** Whose credentials are used; null: its own. */
  readonly profileId: ProfileId | null
  /** Of its own credentials; '' when a profile's are used. */
  readonly accessKeyId: string
}

export interface KmsRecord extends CommonRecord, KmsPlace {
  readonly kind: 'kms'
  /**
   * Id or alias, as the user gave it; '' for a key of this session that opens whatever its region's
   * KMS opens.
   */
  readonly cmkId: string
  readonly arn: string
  readonly context: Readonly<Record<string, string>>
  /** oss2's passphrase is among its secrets. */
  readonly hasPassphrase: boolean
}

export interface CommandRecord extends CommonRecord {
  readonly kind: 'command'
  /** Absolute path. */
  readonly program: string
  readonly args: readonly string[]
  readonly wrapAlgorithm: string
  readonly timeoutSeconds: number
}

/** Stands for a text that could not be read. Listed as lost, opens nothing, can only be removed. */
interface DamagedRecord extends CommonRecord {
  readonly kind: 'damaged'
}

/**
 * What is kept of a stored master key in the text `master-key.<id>`: everything but its secrets.
 */
export type KeyRecord = RsaRecord | KmsRecord | CommandRecord | DamagedRecord

export const RECORD_PREFIX = 'master-key.'
export const recordName = (id: MasterKeyId): string => RECORD_PREFIX + id

export const writeRecord = (record: KeyRecord): string => JSON.stringify(record, null, 2)

/** The public half of an RSA key; null for a key that has none. Throws when it is no public key. */
export function publicKeyOf(record: KeyRecord): KeyObject | null {
  return record.kind === 'rsa'
    ? createPublicKey({ key: Buffer.from(record.spki, 'base64'), format: 'der', type: 'spki' })
    : null
}

/**
 * What secrets are bound to: they open only under the record they were kept for, so none can be
 * lured to another server.
 */
export function bindingOf(record: KeyRecord): string {
  if (record.kind === 'rsa') return `${record.id}:${record.fingerprint}`
  if (record.kind === 'kms')
    return JSON.stringify([record.id, 'kms', record.region, record.endpoint, record.accessKeyId])
  return record.id
}

/**
 * The record and its public half, or null when the text is damaged or of a later version: then it
 * is shown as lost, not hidden.
 */
export function readRecord(
  id: MasterKeyId,
  text: string,
): { readonly record: KeyRecord; readonly publicKey: KeyObject | null } | null {
  try {
    // The first version knew RSA keys alone, which wrote one format, and said neither.
    const record = { kind: 'rsa', writes: 'v2', ...(JSON.parse(text) as object) } as KeyRecord
    if (
      record.version !== 1 ||
      record.id !== id ||
      !TEXTS[record.kind]?.every((field) => typeof record[field as keyof KeyRecord] === 'string')
    )
      return null
    // What says that a key is to go must say nothing else: by it the private half is removed.
    if (typeof record.removing !== 'boolean' || typeof record.weakAllowed !== 'boolean') return null
    if (
      ![record.half, record.proven, record.backedUp].every(
        (value) => value === null || typeof value === 'string',
      ) ||
      !(record.half === null || HALF_NAME.test(record.half))
    )
      return null
    if (
      record.kind === 'command' &&
      !(Array.isArray(record.args) && record.args.every((arg) => typeof arg === 'string'))
    )
      return null
    if (record.kind === 'kms' && (typeof record.context !== 'object' || record.context === null))
      return null
    const publicKey = publicKeyOf(record)
    if (
      record.kind === 'rsa' &&
      (publicKey?.asymmetricKeyType !== 'rsa' || fingerprintOf(publicKey) !== record.fingerprint)
    )
      return null
    return { record, publicKey }
  } catch {
    return null
  }
}

const COMMON = [
  'name',
  'state',
  'description',
  'style',
  'writes',
  'created',
  'origin',
] as const satisfies readonly (keyof CommonRecord)[]
const TEXTS: Readonly<Partial<Record<KeyRecord['kind'], readonly string[]>>> = {
  rsa: [...COMMON, 'spki', 'fingerprint'] satisfies readonly (keyof RsaRecord)[],
  kms: [
    ...COMMON,
    'cmkId',
    'arn',
    'region',
    'endpoint',
    'accessKeyId',
  ] satisfies readonly (keyof KmsRecord)[],
  command: [...COMMON, 'program', 'wrapAlgorithm'] satisfies readonly (keyof CommandRecord)[],
}

/** What every new key begins with. `created`: ISO 8601. */
export function newCommon(id: MasterKeyId, created: string): CommonRecord {
  return {
    version: 1,
    id,
    name: '',
    half: null,
    state: 'active',
    description: '',
    style: 'compact',
    writes: 'v2',
    created,
    origin: 'imported',
    backedUp: null,
    proven: null,
    weakAllowed: false,
    removing: false,
  }
}

/**
 * Stands for a record that could not be read, so that the key is missed and not just missing. What
 * can be made out of the text is its name, and where its secrets lie, which go with it.
 */
export function damagedRecord(id: MasterKeyId, text: string): DamagedRecord {
  const { name, half } = legible(text)
  return {
    ...newCommon(id, ''),
    kind: 'damaged',
    name: typeof name === 'string' && name !== '' ? name : id,
    half: typeof half === 'string' && HALF.test(half) ? half : id,
    state: 'decrypt-only',
  }
}

/** What may stand in the name of a text. */
const HALF_NAME = /^[a-z0-9-]{1,64}$/
const HALF = /^[0-9a-f-]{36}$/

function legible(text: string): { readonly name?: unknown; readonly half?: unknown } {
  try {
    return (JSON.parse(text) as object | null) ?? {}
  } catch {
    return {}
  }
}
