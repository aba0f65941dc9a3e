import { createPublicKey, type KeyObject } from 'node:crypto'
import type {
  DescriptionStyle,
  KeyState,
  MasterKeyId,
  ProfileId,
  WriteFormat,
} from '../../../../shared/contract/models.ts'
import type { WrittenSheets } from '../../../../shared/contract/models-keys.ts'
import { fingerprintOf } from '../public-key.ts'

export interface CommonRecord {
  readonly version: 1
  readonly id: MasterKeyId
  readonly name: string
  readonly state: KeyState
  /** The text that is written into envelopes. */
  readonly description: string
  readonly style: DescriptionStyle
  readonly writes: WriteFormat
  readonly created: string
  readonly origin: 'generated' | 'imported' | 'sample' | 'session'
  readonly backedUp: string | null
  /** When a recovery sheet was last read back, in ISO 8601. */
  readonly escrowed: string | null
  /** Records of earlier versions do not have this field. */
  readonly sheets: WrittenSheets | null
  readonly proven: string | null
  readonly weakAllowed: boolean
  /**
   * The id of the key's secrets: a private half, credentials, a passphrase. Null when it has none.
   */
  readonly half: string | null
  /**
   * True from the moment the user deleted the key until nothing of it is left. The key is not
   * listed.
   */
  readonly removing: boolean
}

export interface RsaRecord extends CommonRecord {
  readonly kind: 'rsa'
  /** The public half as SubjectPublicKeyInfo, DER in base64. */
  readonly spki: string
  readonly fingerprint: string
}

/** The place of a KMS, and the credentials for its calls. */
export interface KmsPlace {
  readonly region: string
  /** URL or host; '' for the public endpoint of the region. */
  readonly endpoint: string
  /** The profile whose credentials are used; null for credentials of the key's own. */
  readonly profileId: ProfileId | null
  /** The id of the key's own credentials; '' with a profile. */
  readonly accessKeyId: string
}

export interface KmsRecord extends CommonRecord, KmsPlace {
  readonly kind: 'kms'
  /**
   * Id or alias as the user gave it; '' for a key of this session that opens whatever the KMS of
   * its region opens.
   */
  readonly cmkId: string
  readonly arn: string
  readonly context: Readonly<Record<string, string>>
  /** True when oss2's passphrase is among the secrets. */
  readonly hasPassphrase: boolean
}

export interface CommandRecord extends CommonRecord {
  readonly kind: 'command'
  /** An absolute path. */
  readonly program: string
  readonly args: readonly string[]
  readonly wrapAlgorithm: string
  readonly timeoutSeconds: number
}

/**
 * Stands for a text that could not be read. The key is listed as lost, opens nothing, and can only
 * be removed.
 */
interface DamagedRecord extends CommonRecord {
  readonly kind: 'damaged'
}

/**
 * The record of a stored master key in the text `master-key.<id>`: everything except its secrets.
 */
export type KeyRecord = RsaRecord | KmsRecord | CommandRecord | DamagedRecord

export const RECORD_PREFIX = 'master-key.'
export const recordName = (id: MasterKeyId): string => RECORD_PREFIX + id

export const writeKeyRecord = (record: KeyRecord): string => JSON.stringify(record, null, 2)

/**
 * Returns the public half of an RSA key, and null for a key of another kind. Throws for damaged
 * bytes.
 */
export function publicKeyOf(record: KeyRecord): KeyObject | null {
  return record.kind === 'rsa'
    ? createPublicKey({ key: Buffer.from(record.spki, 'base64'), format: 'der', type: 'spki' })
    : null
}

/**
 * Returns the text that the secrets are bound to. They open only under the record that they were
 * stored for, so nobody can redirect them to another server.
 */
export function bindingOf(record: KeyRecord): string {
  if (record.kind === 'rsa') return `${record.id}:${record.fingerprint}`
  if (record.kind === 'kms')
    return JSON.stringify([record.id, 'kms', record.region, record.endpoint, record.accessKeyId])
  return record.id
}

/**
 * Reads a record and its public half. Returns null when the text is damaged or of a later version;
 * the key is then shown as lost, not hidden.
 */
export function readKeyRecord(
  id: MasterKeyId,
  text: string,
): { readonly record: KeyRecord; readonly publicKey: KeyObject | null } | null {
  try {
    // The first version knew only RSA keys, which wrote one format, and no recovery sheets. Its
    // texts have none of these fields.
    const first = { kind: 'rsa', writes: 'v2', escrowed: null, sheets: null }
    const record = { ...first, ...(JSON.parse(text) as object) } as KeyRecord
    if (
      record.version !== 1 ||
      record.id !== id ||
      !TEXTS[record.kind]?.every((field) => typeof record[field as keyof KeyRecord] === 'string')
    )
      return null
    // Only true or false may stand in the mark of a removal, because the mark deletes the private
    // half.
    if (typeof record.removing !== 'boolean' || typeof record.weakAllowed !== 'boolean') return null
    if (
      ![record.half, record.proven, record.backedUp, record.escrowed].every(
        (value) => value === null || typeof value === 'string',
      ) ||
      !(record.half === null || HALF_NAME.test(record.half))
    )
      return null
    if (record.sheets !== null && !isWritten(record.sheets)) return null
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

const isWritten = ({ count, made }: Partial<WrittenSheets>): boolean =>
  typeof count === 'number' && typeof made === 'string'

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

/** Returns the fields that every new key begins with. `created`: ISO 8601. */
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
    escrowed: null,
    sheets: null,
    proven: null,
    weakAllowed: false,
    removing: false,
  }
}

/**
 * Makes the record that stands for an unreadable one, so that the user sees the loss. The name is
 * read from the text if possible, and so is the id of the secrets, which are removed with it.
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

/** The characters that the name of a text can have. */
const HALF_NAME = /^[a-z0-9-]{1,64}$/
const HALF = /^[0-9a-f-]{36}$/

function legible(text: string): { readonly name?: unknown; readonly half?: unknown } {
  try {
    return (JSON.parse(text) as object | null) ?? {}
  } catch {
    return {}
  }
}
