import {
  Failure,
  valueOf,
  type KmsKeyProblem,
  type Result,
} from '../../../../shared/contract/errors.ts'
import type { MasterKeyId, ProfileId } from '../../../../shared/contract/models.ts'
import { checkContext, sameDescription } from '../../../../shared/format/key-description.ts'
import type { Entry, KeyBook } from './key-book.ts'
import { proves } from '../key-proof.ts'
import type { KmsPlace, KmsRecord } from './key-record.ts'
import { readCmkArn } from '../kms/kms-arn.ts'
import type { KmsClient } from '../kms/kms-client.ts'
import { passphraseIn } from '../kms/kms-context.ts'
import { NO_KMS_SECRETS, writeKmsSecrets, type KmsSecrets } from '../kms/kms-secrets.ts'
import { clientFor, kmsHandle, type Outside } from './remote-opening.ts'

/**
 * The place of a KMS and the credentials for its calls. `endpoint`: '' for the public endpoint of
 * the region.
 */
export interface NewPlace {
  readonly region: string
  readonly endpoint: string
  readonly credential:
    | { readonly kind: 'profile'; readonly profileId: ProfileId }
    | {
        readonly kind: 'own'
        readonly accessKeyId: string
        readonly accessKeySecret: string
        readonly securityToken: string
      }
    | { readonly kind: 'keep' }
}

/**
 * `context`: JSON text as typed. `passphrase`: null for none. `keepPassphrase`: the key keeps the
 * passphrase that it has.
 */
export interface KmsBinding extends NewPlace {
  readonly context: string
  readonly passphrase: string | null
  readonly keepPassphrase?: boolean
}

/** A {@link KmsBinding}, split into the fields of a record and its secrets. */
interface Draft {
  readonly draft: KmsPlace & Pick<KmsRecord, 'context' | 'hasPassphrase'>
  readonly secrets: KmsSecrets
}

/**
 * Splits a binding into fields and secrets. `before`: the existing key, whose secrets can be kept;
 * null for a new key.
 * Throws Failure 'key-description' for a context that is not a JSON object of texts. Throws
 * 'bad-request' when there is nothing to keep, and when both a context and a passphrase are given.
 */
export function draftOf(
  { region, endpoint, credential, ...binding }: KmsBinding,
  before: { readonly record: KmsRecord; readonly secrets: KmsSecrets } | null,
): Draft {
  const typed = valueOf(checkContext(binding.context))
  // A passphrase is a secret wherever it is typed. A context is stored in the clear and stands in
  // the header of every message.
  const said = passphraseIn(typed)
  const context = said === null ? Object.fromEntries(typed) : {}
  const passphrase =
    binding.keepPassphrase === true
      ? (before?.secrets.passphrase ?? null)
      : (binding.passphrase ?? said)
  if (typed.size > 0 && passphrase !== said)
    throw new Failure({ code: 'bad-request', detail: 'passphrase' })
  if (credential.kind === 'keep' && before === null)
    throw new Failure({ code: 'bad-request', detail: 'credential' })
  const kept = credential.kind === 'keep' ? (before?.secrets ?? NO_KMS_SECRETS) : NO_KMS_SECRETS
  const place = { region, endpoint: endpoint.trim(), context, hasPassphrase: passphrase !== null }
  switch (credential.kind) {
    case 'profile':
      return {
        draft: { ...place, profileId: credential.profileId, accessKeyId: '' },
        secrets: { ...NO_KMS_SECRETS, passphrase },
      }
    case 'own': {
      const { accessKeyId, accessKeySecret, securityToken } = credential
      return {
        draft: { ...place, profileId: null, accessKeyId },
        secrets: { accessKeySecret, securityToken: securityToken || null, passphrase },
      }
    }
    case 'keep':
      return {
        draft: {
          ...place,
          profileId: before?.record.profileId ?? null,
          accessKeyId: before?.record.accessKeyId ?? '',
        },
        secrets: { ...kept, passphrase },
      }
  }
}

/** Tells whether some of the key's own secrets stay as they are. */
export const keepsSecrets = (
  { credential, keepPassphrase }: KmsBinding,
  { profileId, hasPassphrase }: KmsRecord,
): boolean =>
  (credential.kind === 'keep' && profileId === null) || (keepPassphrase === true && hasPassphrase)

/** Wraps and unwraps under the CMK, and returns the record with its ARN. Throws Failure. */
export async function provenCmk(
  outside: Outside,
  record: KmsRecord,
  secrets: KmsSecrets,
  signal: AbortSignal,
): Promise<KmsRecord> {
  const client = clientFor(outside, record, secrets)
  // Without a CMK there is nothing to describe.
  if (record.cmkId === '') return record
  const arn = await describedCmk(client, record, signal)
  if (record.arn !== '' && arn !== record.arn) throw problem(record, 'not-found')
  const proven: KmsRecord = { ...record, arn }
  using handle = kmsHandle(proven, client, secrets)
  valueOf(await proves(handle, signal))
  return proven
}

/**
 * Returns the ARN of the CMK, and '' when KMS gives no readable one. Throws Failure 'kms-key' for a
 * CMK that cannot be a master key now.
 */
async function describedCmk(
  client: KmsClient,
  record: KmsRecord,
  signal: AbortSignal,
): Promise<string> {
  const { arn, state, usage } = await client.describeKey(record.cmkId, signal)
  if (usage !== '' && usage !== 'ENCRYPT/DECRYPT') throw problem(record, 'wrong-use')
  if (state === 'PendingDeletion') throw problem(record, 'deleting')
  if (state !== '' && state !== 'Enabled') throw problem(record, 'disabled')
  return readCmkArn(arn) === null ? '' : arn
}

const problem = ({ name }: KmsRecord, what: KmsKeyProblem): Failure =>
  new Failure({ code: 'kms-key', name, problem: what, requestId: '' })

/**
 * Tells whether the same CMK with the same binding is stored already. A key whose passphrase cannot
 * be read counts as the same.
 */
export async function isHere(
  book: KeyBook,
  wanted: KmsRecord,
  { passphrase }: KmsSecrets,
): Promise<boolean> {
  const bound = (record: KmsRecord) => JSON.stringify(record.context)
  for (const { record } of book.all()) {
    if (
      record.kind !== 'kms' ||
      record.origin === 'session' ||
      record.hasPassphrase !== wanted.hasPassphrase
    )
      continue
    const same =
      wanted.arn === ''
        ? record.cmkId === wanted.cmkId && record.region === wanted.region
        : record.arn === wanted.arn
    if (!same || !sameDescription(bound(record), bound(wanted))) continue
    const theirs = record.hasPassphrase ? await book.openKms(record) : null
    if (theirs === null || !theirs.ok || theirs.value.passphrase === passphrase) return true
  }
  return false
}

/** Stores the secrets under `half`, if there are any, and then the record. */
export async function keepKms(
  book: KeyBook,
  record: KmsRecord,
  secrets: KmsSecrets,
  half: string,
): Promise<Result<Entry>> {
  const bytes = writeKmsSecrets(secrets)
  try {
    return await book.keep({ ...record, half: bytes === null ? null : half }, bytes)
  } finally {
    bytes?.fill(0)
  }
}

/**
 * Returns the stored KMS key of this id. Throws Failure 'not-found', and 'bad-request' for a key of
 * another kind.
 */
export async function kmsEntry(
  book: KeyBook,
  id: MasterKeyId,
): Promise<{ readonly record: KmsRecord }> {
  await book.refresh()
  const entry = book.find(id)
  if (entry === null) throw new Failure({ code: 'not-found', what: 'master-key', name: id })
  if (entry.record.kind !== 'kms') throw new Failure({ code: 'bad-request', detail: 'id' })
  return { record: entry.record }
}
