import { randomBytes } from 'node:crypto'
import { openBlob, sealBlob, type Cmk } from './cmk.ts'
import { canonicalContext } from './context.ts'
import { kmsRefusal } from './errors.ts'
import type { KeyStore } from './key-store.ts'
import { needed } from './request.ts'

type Params = ReadonlyMap<string, string>

/** An answer without its RequestId. */
export type Answer = { readonly [member: string]: AnswerValue }
/** A value in an answer. */
export type AnswerValue = string | number | Answer | readonly Answer[]

/** The result of an operation. */
export interface OperationResult {
  /** Id of the key that the operation used, for the log; '' when it used none. */
  readonly keyId: string
  readonly answer: Answer
}

type Operation = (keys: KeyStore, params: Params) => OperationResult

/** Action → operation. Source: KMS's API reference 2016-01-20. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['Encrypt', encrypt],
  ['Decrypt', decrypt],
  ['GenerateDataKey', generateDataKey],
  ['ReEncrypt', reEncrypt],
  ['DescribeKey', describeKey],
  ['ListKeys', listKeys],
  ['ListAliases', listAliases],
])

/**
 * The most UTF-8 bytes of a Plaintext: the documented limit of 6 KiB, in base64. The server does
 * not require base64, because V1 of oss2 sends bare digits.
 */
const MAX_PLAINTEXT_BYTES = 8192

function encrypt(keys: KeyStore, params: Params): OperationResult {
  const cmk = usable(keys.find(needed(params, 'KeyId')))
  const plaintext = needed(params, 'Plaintext')
  if (Buffer.byteLength(plaintext) > MAX_PLAINTEXT_BYTES)
    throw kmsRefusal('InvalidParameter', 'Plaintext')
  return used(cmk, {
    CiphertextBlob: sealBlob(
      cmk,
      plaintext,
      canonicalContext(params.get('EncryptionContext'), 'EncryptionContext'),
    ),
  })
}

function decrypt(keys: KeyStore, params: Params): OperationResult {
  const { cmk, plaintext } = opened(keys, params, 'EncryptionContext')
  return used(cmk, { Plaintext: plaintext })
}

function generateDataKey(keys: KeyStore, params: Params): OperationResult {
  const cmk = usable(keys.find(needed(params, 'KeyId')))
  const context = canonicalContext(params.get('EncryptionContext'), 'EncryptionContext')
  const plaintext = randomBytes(dataKeyBytes(params)).toString('base64')
  return used(cmk, { Plaintext: plaintext, CiphertextBlob: sealBlob(cmk, plaintext, context) })
}

/** Returns the length of a data key. NumberOfBytes overrides KeySpec; without both it is 32. */
function dataKeyBytes(params: Params): number {
  const count = params.get('NumberOfBytes')
  if (count) return wholeNumber(count, 'NumberOfBytes', 1, 1024)
  const spec = params.get('KeySpec')
  if (!spec || spec === 'AES_256') return 32
  if (spec === 'AES_128') return 16
  throw kmsRefusal('InvalidParameter', 'KeySpec')
}

function reEncrypt(keys: KeyStore, params: Params): OperationResult {
  const destination = usable(keys.find(needed(params, 'DestinationKeyId')))
  const context = canonicalContext(
    params.get('DestinationEncryptionContext'),
    'DestinationEncryptionContext',
  )
  const { plaintext } = opened(keys, params, 'SourceEncryptionContext')
  return used(destination, { CiphertextBlob: sealBlob(destination, plaintext, context) })
}

function opened(
  keys: KeyStore,
  params: Params,
  contextName: string,
): { readonly cmk: Cmk; readonly plaintext: string } {
  const blob = needed(params, 'CiphertextBlob')
  const context = canonicalContext(params.get(contextName), contextName)
  const cmk = usable(keys.findByBlob(blob))
  return { cmk, plaintext: openBlob(cmk, blob, context) }
}

const used = (cmk: Cmk, answer: Answer): OperationResult => ({
  keyId: cmk.id,
  answer: { ...answer, KeyId: cmk.id, KeyVersionId: cmk.versionId },
})

/** Returns the key. Errors: Rejected.* for a key that is not enabled. */
function usable(cmk: Cmk): Cmk {
  if (cmk.state !== 'Enabled') throw kmsRefusal(`Rejected.${cmk.state}`)
  return cmk
}

const DAY_MS = 86_400_000
/** Returns the time in UTC, to the second. */
const stamp = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+/, '')

function describeKey(keys: KeyStore, params: Params): OperationResult {
  const cmk = keys.find(needed(params, 'KeyId'))
  return {
    keyId: cmk.id,
    answer: {
      KeyMetadata: {
        CreationDate: stamp(cmk.created),
        Description: '',
        KeyId: cmk.id,
        KeySpec: 'Aliyun_AES_256',
        KeyState: cmk.state,
        KeyUsage: 'ENCRYPT/DECRYPT',
        PrimaryKeyVersion: cmk.versionId,
        DeleteDate: cmk.state === 'PendingDeletion' ? stamp(cmk.created + 7 * DAY_MS) : '',
        Creator: keys.account,
        Arn: keys.arn(cmk),
        Origin: 'Aliyun_KMS',
        MaterialExpireTime: '',
        ProtectionLevel: 'SOFTWARE',
        LastRotationDate: stamp(cmk.created),
        AutomaticRotation: 'Disabled',
        DeletionProtection: 'Disabled',
      },
    },
  }
}

function listKeys(keys: KeyStore, params: Params): OperationResult {
  if (params.get('Filters')) throw kmsRefusal('UnsupportedOperation', 'Filters')
  const rows = keys.keys.map((cmk) => ({ KeyId: cmk.id, KeyArn: keys.arn(cmk) }))
  const { page, paging } = paged(rows, params, 1)
  return { keyId: '', answer: { Keys: { Key: page }, ...paging } }
}

function listAliases(keys: KeyStore, params: Params): OperationResult {
  const rows = keys.keys.flatMap(({ id, aliases }) =>
    aliases.map((alias) => ({ AliasName: alias, KeyId: id, AliasArn: keys.aliasArn(alias) })),
  )
  const { page, paging } = paged(rows, params, 0)
  return { keyId: '', answer: { Aliases: { Alias: page }, ...paging } }
}

/** Returns one page of rows. A page has 10 rows unless PageSize says otherwise, and at most 100. */
function paged(
  rows: readonly Answer[],
  params: Params,
  leastSize: number,
): { readonly page: readonly Answer[]; readonly paging: Answer } {
  const number = wholeNumber(params.get('PageNumber') ?? '1', 'PageNumber', 1, 1_000_000)
  const size = wholeNumber(params.get('PageSize') ?? '10', 'PageSize', leastSize, 100)
  return {
    page: rows.slice((number - 1) * size, number * size),
    paging: { TotalCount: rows.length, PageNumber: number, PageSize: size },
  }
}

function wholeNumber(text: string, parameter: string, least: number, most: number): number {
  const value = Number(text)
  if (!/^\d{1,9}$/.test(text) || value < least || value > most)
    throw kmsRefusal('InvalidParameter', parameter)
  return value
}
