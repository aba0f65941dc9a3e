import { randomUUID } from 'node:crypto'
import { fail, ok, valueOf, type Result } from '../../../../shared/contract/errors.ts'
import type {
  CommandKeyFacts,
  DescriptionStyle,
  MasterKeyId,
  WriteFormat,
} from '../../../../shared/contract/models.ts'
import type { KmsListedKey } from '../../../../shared/contract/models-keys.ts'
import type { InTurn } from '../../base/turns.ts'
import { attemptedResult } from '../../base/attempt.ts'
import type { CatalogKey, KeyFields } from './catalog-key.ts'
import { checkCommandKey } from '../command/command-fields.ts'
import { commandMasterKey } from '../command/command-master-key.ts'
import type { KeyEntry, KeyBook } from './key-book.ts'
import { fittingDescription, nextFreeName } from './key-fields.ts'
import { checkFields } from './key-making.ts'
import { proves } from '../key-proof.ts'
import { newCommon, type CommandRecord, type KmsRecord } from './key-record.ts'
import {
  draftOf,
  isHere,
  keepsSecrets,
  keepKms,
  kmsEntry,
  provenCmk,
  type KmsBinding,
  type NewPlace,
} from './kms-adding.ts'
import { NO_KMS_SECRETS } from '../kms/kms-secrets.ts'
import { clientFor, type Outside } from './remote-opening.ts'
import { mayWrite } from '../write-formats.ts'

export interface SessionKms extends KmsBinding {
  readonly cmkId: string
  readonly description: string
  readonly style: DescriptionStyle
  readonly writes: WriteFormat
}

/** Master keys that are not on this computer: in KMS, or behind a program of the user. */
export interface RemoteKeys {
  /**
   * Describes the CMK, proves it, and stores the key. Errors  'kms-key', 'key-import' for a CMK
   * that is stored already with the same context, 'key-proof-failed', 'bad-request',
   * 'key-description' (also for the context), and those of KMS.
   */
  addKms(key: SessionKms & KeyFields, signal: AbortSignal): Promise<Result<CatalogKey>>
  /**
   * Opens a key for this session without a call of KMS. Without `cmkId` it opens whatever the KMS
   * of its region opens, and encrypts nothing.
   */
  sessionKms(key: SessionKms): Promise<Result<CatalogKey>>
  /**
   * Changes the place of a KMS and its credentials. The key is proven before anything changes.
   * Errors  'kms-key' 'not-found' when the CMK at the new place is another one.
   */
  updateKms(id: MasterKeyId, change: KmsBinding, signal: AbortSignal): Promise<Result<CatalogKey>>
  listKms(place: NewPlace, signal: AbortSignal): Promise<Result<readonly KmsListedKey[]>>
  /**
   * Proves a program and stores it as a key. `program`: an absolute path. Errors  'command-failed',
   * 'key-proof-failed', 'bad-request'.
   */
  addCommand(key: KeyFields & CommandKeyFacts, signal: AbortSignal): Promise<Result<CatalogKey>>
}

interface Needs {
  readonly book: KeyBook
  readonly outside: Outside
  readonly inTurn: InTurn
  /** Returns the time as ISO 8601. */
  now(): string
  shown(entry: Result<KeyEntry>): Promise<Result<CatalogKey>>
}

export function remoteKeys({ book, outside, inTurn, now, shown }: Needs): RemoteKeys {
  return {
    addKms: (key, signal) =>
      attemptedResult(async () => {
        await book.refresh()
        const early = checkFields(book, key, null)
        if (!early.ok) return early
        if (!mayWrite('kms', key.writes))
          return fail({ code: 'format-not-for-key', format: key.writes, kind: 'kms' })
        const { draft, secrets } = draftOf(key, null)
        const id = randomUUID()
        const proven = await provenCmk(
          outside,
          {
            ...newCommon(id, now()),
            kind: 'kms',
            arn: '',
            ...draft,
            ...early.value,
            cmkId: key.cmkId,
            writes: key.writes,
          },
          secrets,
          signal,
        )
        return inTurn(async () => {
          await book.refresh()
          const fields = checkFields(book, key, null)
          if (!fields.ok) return fields
          if (await isHere(book, proven, secrets))
            return fail({ code: 'key-import', problem: 'already-here' })
          return shown(
            await keepKms(book, { ...proven, ...fields.value, proven: now() }, secrets, id),
          )
        })
      }),

    sessionKms: (key) =>
      attemptedResult(async () => {
        await book.refresh()
        if (!mayWrite('kms', key.writes))
          return fail({ code: 'format-not-for-key', format: key.writes, kind: 'kms' })
        const { draft, secrets } = draftOf(key, null)
        const description = fittingDescription([], key.description, key.style, null)
        if (!description.ok) return description
        const { cmkId, writes, style } = key
        const name = nextFreeName(book.all(), cmkId === '' ? `KMS ${key.region}` : cmkId)
        const state = cmkId === '' ? ('decrypt-only' as const) : ('active' as const)
        const record: KmsRecord = {
          ...newCommon(randomUUID(), now()),
          kind: 'kms',
          arn: '',
          ...draft,
          cmkId,
          writes,
          style,
          name,
          state,
          origin: 'session',
          description: description.value,
        }
        // Throws for a malformed place.
        clientFor(outside, record, secrets)
        return shown(ok(book.keepInMemory(record, { kms: secrets })))
      }),

    updateKms: (id, change, signal) =>
      attemptedResult(async () => {
        const before = await kmsEntry(book, id)
        // The user can type lost secrets again. Only secrets that are kept must be readable.
        const kept = keepsSecrets(change, before.record)
          ? valueOf(await book.openKms(before.record))
          : NO_KMS_SECRETS
        const { draft, secrets } = draftOf(change, { record: before.record, secrets: kept })
        const wanted = await provenCmk(outside, { ...before.record, ...draft }, secrets, signal)
        return inTurn(async () => {
          const { record } = await kmsEntry(book, id)
          const changed: KmsRecord = { ...record, ...draft, arn: wanted.arn, proven: now() }
          if (record.origin === 'session')
            return shown(ok(book.keepInMemory(changed, { kms: secrets })))
          // New secrets are stored under an id of their own, then the record, and the old secrets
          // go last. At no moment is there a key without its secrets.
          const done = await keepKms(book, changed, secrets, randomUUID())
          if (done.ok) await book.forgetHalf({ record, publicKey: null })
          return shown(done)
        })
      }),

    listKms: (place, signal) =>
      attemptedResult(async () => {
        const { draft, secrets } = draftOf({ ...place, context: '', passphrase: null }, null)
        return ok(await clientFor(outside, draft, secrets).listKeys(signal))
      }),

    addCommand: (key, signal) =>
      attemptedResult(async () => {
        const { program, args, wrapAlgorithm, timeoutSeconds } = key
        const checked = checkCommandKey({ program, args, wrapAlgorithm, timeoutSeconds })
        if (!checked.ok) return checked
        await book.refresh()
        const early = checkFields(book, key, null)
        if (!early.ok) return early
        const record: CommandRecord = {
          ...newCommon(randomUUID(), now()),
          ...early.value,
          ...checked.value,
          kind: 'command',
        }
        using handle = commandMasterKey({ ...record, timeoutMs: record.timeoutSeconds * 1000 })
        const proven = await proves(handle, signal)
        if (!proven.ok) return proven
        return await inTurn(async () => {
          await book.refresh()
          const fields = checkFields(book, key, null)
          return fields.ok
            ? shown(await book.keep({ ...record, ...fields.value, proven: now() }, null))
            : fields
        })
      }),
  }
}
