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
 * Where KMS is, and with whose credentials it is called. `endpoint` '' for the region's public one.
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
 * `context`: JSON text as typed. `passphrase`: null for none; `keepPassphrase`: for the one the key
 * has, when it is changed.
 */
export interface KmsBinding extends NewPlace {
  readonly context: string
  readonly passphrase: string | null
  readonly keepPassphrase?: boolean
}

/** What a record and its secrets have of a {@link KmsBinding}. */
interface Draft {
  readonly draft: KmsPlace & Pick<KmsRecord, 'context' | 'hasPassphrase'>
  readonly secrets: KmsSecrets
}

/**
 * `before`: the key as it is, for what is to be kept of it; null for a new one. Throws Failure
 * 'key-description' for a context that is no JSON object of texts, 'bad-request' where there is
 * nothing to keep, or both a context and a passphrase.
 */
export function draftOf(
  { region, endpoint, credential, ...binding }: KmsBinding,
  before: { readonly record: KmsRecord; readonly secrets: KmsSecrets } | null,
): Draft {
  const typed = valueOf(checkContext(binding.context))
  // A secret wherever it is typed: a context is kept in the clear, and stands in the header of
  // every message.
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

/** Is anything of this key's own secrets to stay as it is? */
export const keepsSecrets = (
  { credential, keepPassphrase }: KmsBinding,
  { profileId, hasPassphrase }: KmsRecord,
): boolean =>
  (credential.kind === 'keep' && profileId === null) || (keepPassphrase === true && hasPassphrase)

/** The record with the ARN of a CMK that was just seen to wrap and unwrap. Throws Failure. */
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
 * The CMK's ARN, '' when KMS gives none that reads as one. Throws Failure 'kms-key' for a CMK that
 * cannot be a master key now.
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
 * Is the same CMK stored already, bound in the same way? A key whose passphrase cannot be read
 * counts as the same.
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

/** Keeps the secrets, if there are any, under `half`, and then the record. */
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
 * The key of this id as it is stored now. Throws Failure 'not-found'; 'bad-request' for one that is
 * not in KMS.
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
