import { ok, type Result } from '../../../../shared/contract/errors.ts'
import type { ProfileId } from '../../../../shared/contract/models.ts'
import type { Credentials } from '../../net/credentials.ts'
import type { HttpClient } from '../../net/http-client.ts'
import { attemptedResult } from '../../base/attempt.ts'
import { commandMasterKey } from '../command/command-master-key.ts'
import type { KeyBook } from './key-book.ts'
import type { CommandRecord, KmsPlace, KmsRecord } from './key-record.ts'
import { openKmsClient, type KmsClient } from '../kms/kms-client.ts'
import { passphraseContext } from '../kms/kms-context.ts'
import { kmsMasterKey } from '../kms/kms-master-key.ts'
import type { KmsSecrets } from '../kms/kms-secrets.ts'
import type { MasterKeyHandle } from '../master-key.ts'

/** The functions outside the catalog that keys depend on. */
export interface Outside {
  /**
   * Returns the credentials of a profile. Called at every request, so that a new secret of the
   * profile counts at once. Errors  'not-found' for a profile that is gone.
   */
  profileCredentials(profileId: ProfileId): Promise<Result<Credentials>>
  readonly http: Pick<HttpClient, 'request'>
}

/**
 * Opens the KMS of a key, or of these fields of one. Throws Failure 'bad-endpoint',
 * 'insecure-endpoint'.
 */
export function clientFor(
  { http, profileCredentials }: Outside,
  { region, endpoint, profileId, accessKeyId }: KmsPlace,
  secrets: KmsSecrets,
): KmsClient {
  const { accessKeySecret, securityToken } = secrets
  const credentials = async () =>
    profileId === null
      ? ok({ accessKeyId, accessKeySecret: accessKeySecret ?? '', securityToken })
      : profileCredentials(profileId)
  return openKmsClient({ region, endpoint, credentials }, http)
}

/**
 * Makes a master key of a CMK. A message carries its context in its header, so the passphrase is
 * never part of it.
 */
export function kmsHandle(
  record: KmsRecord,
  client: KmsClient,
  { passphrase }: KmsSecrets,
): MasterKeyHandle {
  const own = new Map(Object.entries(record.context))
  const context = passphrase === null ? own : passphraseContext(passphrase)
  const handle = kmsMasterKey({ ...record, context, client, allowAnyKey: record.cmkId === '' })
  return {
    ...handle,
    messages: handle.messages === null ? null : { ...handle.messages, context: own },
  }
}

/**
 * Opens a key in KMS, or a program, without a call of either. Errors  those of the secret store,
 * 'secret-lost', 'bad-endpoint'.
 */
export function openRemote(
  book: KeyBook,
  outside: Outside,
  record: KmsRecord | CommandRecord,
): Promise<Result<MasterKeyHandle>> {
  return attemptedResult(async () => {
    if (record.kind === 'command')
      return ok(commandMasterKey({ ...record, timeoutMs: record.timeoutSeconds * 1000 }))
    const secrets = await book.openKms(record)
    return secrets.ok
      ? ok(kmsHandle(record, clientFor(outside, record, secrets.value), secrets.value))
      : secrets
  })
}
