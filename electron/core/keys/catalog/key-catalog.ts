import { fail, ok, type Result } from '../../../../shared/contract/errors.ts'
import type {
  DescriptionStyle,
  KeyFileFacts,
  MasterKeyId,
} from '../../../../shared/contract/models.ts'
import { oneAtATime, type InTurn } from '../../base/turns.ts'
import type { SecretStore } from '../../store/secrets/secret-store.ts'
import type { TextStore } from '../../store/text-store.ts'
import { attemptedResult } from '../../base/attempt.ts'
import type { CatalogKey, KeyImport, KeyUpdate, NewKey, SessionKey } from './catalog-key.ts'
import { openKeyBook, type KeyEntry, type Revision } from './key-book.ts'
import { keyChoosing, type KeyChoosing } from './key-choosing.ts'
import { keyExports, type KeyExports } from './key-exporting.ts'
import { describedKey, fittingDescription, freeName } from './key-fields.ts'
import { generateRsaKey, importRsaKey, inspectKey, sessionKey } from './key-making.ts'
import { checkUse, firstUse, openerOver } from './key-opening.ts'
import { keyOnSheet, type SheetKey } from './key-on-sheet.ts'
import { proves } from '../key-proof.ts'
import type { MasterKeyHandle } from '../master-key.ts'
import { remoteKeys, type RemoteKeys } from './remote-keys.ts'
import type { Outside } from './remote-opening.ts'
import { isSoundModulus } from '../files/sound-modulus.ts'
import { mayWrite } from '../write-formats.ts'

/**
 * The master keys of this computer. Stored keys survive a restart; session keys do not. The private
 * half of a listed stored key was written, read back and proven. No id is ever overwritten, and a
 * key that cannot be read is reported.
 */
export interface KeyCatalog extends KeyChoosing, KeyExports, RemoteKeys {
  /**
   * Reads the stored records again, with the changes of other processes, and returns the keys by
   * age.
   */
  list(): Promise<readonly CatalogKey[]>
  /**
   * Returns the text that would be written for a description. Errors  'key-description', and
   * 'used-by' with the name of another key.
   */
  checkDescription(
    typed: string,
    style: DescriptionStyle,
    exceptId: MasterKeyId | null,
  ): Promise<Result<{ readonly written: string }>>
  generate(key: NewKey): Promise<Result<CatalogKey>>
  inspect(
    bytes: Uint8Array,
    fileName: string,
    passphrase: string | null,
  ): Promise<Result<KeyFileFacts>>
  /**
   * Imports a key. A stored key gets its private half from the file when only its public half is
   * here or its stored half is lost.
   */
  import(key: KeyImport): Promise<Result<CatalogKey>>
  session(key: SessionKey): Promise<Result<CatalogKey>>
  /**
   * Changes a key. Errors  also 'format-not-for-key' for a format that this kind of key does not
   * write.
   */
  update(id: MasterKeyId, fields: KeyUpdate): Promise<Result<CatalogKey>>
  /**
   * Proves a key now. Errors  'key-proof-failed', and the reason why KMS or a program did not
   * answer.
   */
  prove(id: MasterKeyId, signal: AbortSignal): Promise<Result<CatalogKey>>
  markBackedUp(id: MasterKeyId): Promise<Result<CatalogKey>>
  /** Notes that so many sheets of the key were written just now. */
  markSheets(id: MasterKeyId, count: number): Promise<Result<CatalogKey>>
  /**
   * Proves that a recovery sheet opens what a key of this computer encrypts, and notes the time in
   * the key's record. Errors  'recovery-sheet' other-key, 'key-import', 'key-proof-failed'.
   */
  readBack(sheet: SheetKey, signal: AbortSignal): Promise<Result<CatalogKey>>
  allowWeak(id: MasterKeyId): Promise<Result<CatalogKey>>
  /**
   * Removes a key. After ok the key is never listed again. The next start removes what could not be
   * removed yet.
   */
  remove(id: MasterKeyId): Promise<Result<null>>
  /** Opens a key. The caller disposes of the handle. */
  handle(id: MasterKeyId): Promise<Result<MasterKeyHandle>>
  /**
   * Opens a key that may encrypt. The key is proven before its first use, and the proof is stored.
   * `allowWeak`: stores the user's consent to a short key.
   * Errors  'key-not-usable', 'key-proof-failed', and those of the private half, because a key that
   * may be lost must not encrypt.
   */
  forWriting(
    id: MasterKeyId,
    allowWeak: boolean,
    signal: AbortSignal,
  ): Promise<Result<MasterKeyHandle>>
  /**
   * Returns the name of the key whose secret this account of the secret store holds, for
   * `SecretsStatus.lost`.
   */
  nameOfAccount(account: string): string | null
  /**
   * Closes the opened private halves of stored keys. Handles stay open until the caller disposes of
   * them.
   */
  closeAll(): void
  onChange(listener: () => void): () => void
}

interface Needs {
  readonly texts: TextStore
  readonly secrets: SecretStore
  readonly outside: Outside
  /** Returns the time in milliseconds since 1970. */
  readonly now: () => number
}

export async function openKeyCatalog({ texts, secrets, outside, now }: Needs): Promise<KeyCatalog> {
  const book = await openKeyBook(texts, secrets)
  const open = openerOver(book, outside)
  const time = () => new Date(now()).toISOString()
  const turn = oneAtATime()
  /**
   * Runs one change of the stored keys at a time, across processes too. A change overwrites exactly
   * the record that it read.
   */
  const inTurn: InTurn = (work) => turn(() => texts.alone('master-keys', work))
  /**
   * Keys of this session belong to this process alone, and also work where nothing can be written.
   */
  const turnOf = (id: MasterKeyId): InTurn => (isOfSession(book.find(id)) ? turn : inTurn)

  const find = async (id: MasterKeyId): Promise<Result<KeyEntry>> => {
    await book.refresh()
    const entry = book.find(id)
    return entry === null ? fail({ code: 'not-found', what: 'master-key', name: id }) : ok(entry)
  }
  const shown = async (entry: Result<KeyEntry>): Promise<Result<CatalogKey>> =>
    entry.ok ? ok(await describedKey(book, entry.value)) : entry
  /** Changes one key, one change at a time. `revision` gets the key as it is at that moment. */
  const revise = (
    id: MasterKeyId,
    revision: (entry: KeyEntry) => Result<Revision>,
  ): Promise<Result<KeyEntry>> =>
    turnOf(id)(async () => {
      const entry = await find(id)
      if (!entry.ok) return entry
      const wanted = revision(entry.value)
      return wanted.ok ? book.revise(entry.value, wanted.value) : wanted
    })
  const handle = async (id: MasterKeyId): Promise<Result<MasterKeyHandle>> => {
    const entry = await find(id)
    return entry.ok ? open(entry.value) : entry
  }
  return {
    ...keyChoosing(book, open),
    ...keyExports(book, find),
    ...remoteKeys({ book, outside, inTurn, now: time, shown }),
    async list() {
      await book.refresh()
      return Promise.all(book.all().map((entry) => describedKey(book, entry)))
    },
    async checkDescription(typed, style, exceptId) {
      await book.refresh()
      const written = fittingDescription(book.all(), typed, style, exceptId)
      return written.ok ? ok({ written: written.value }) : written
    },
    generate: (key) =>
      attemptedResult(async () => shown(await generateRsaKey(book, inTurn, key, time()))),
    inspect: (bytes, fileName, passphrase) =>
      attemptedResult(() => inspectKey(book, bytes, fileName, passphrase)),
    import: (key) =>
      attemptedResult(async () => shown(await importRsaKey(book, inTurn, key, time()))),
    session: (key) => attemptedResult(async () => shown(await sessionKey(book, key, time()))),
    update: (id, { name, description, style, state, writes }) =>
      attemptedResult(async () =>
        shown(
          await revise(id, ({ record }) => {
            if (record.kind !== 'damaged' && !mayWrite(record.kind, writes))
              return fail({ code: 'format-not-for-key', format: writes, kind: record.kind })
            const free = freeName(book.all(), name, id)
            if (!free.ok) return free
            const written = fittingDescription(book.all(), description, style, id)
            return written.ok
              ? ok({ name: free.value, description: written.value, style, state, writes })
              : written
          }),
        ),
      ),
    prove: (id, signal) =>
      attemptedResult(async () => {
        const opened = await handle(id)
        if (!opened.ok) return opened
        using key = opened.value
        // A KMS without a CMK has no key to prove.
        if (!key.canWrap)
          return fail({ code: 'key-not-usable', name: key.name, reason: 'decrypt-only' })
        const proven = await proves(key, signal)
        return shown(proven.ok ? await revise(id, () => ok({ proven: time() })) : proven)
      }),
    readBack: (sheet, signal) =>
      attemptedResult(async () => {
        await book.refresh()
        const id = await keyOnSheet(book, sheet, signal)
        return shown(id.ok ? await revise(id.value, () => ok({ escrowed: time() })) : id)
      }),
    markBackedUp: (id) =>
      attemptedResult(async () => shown(await revise(id, () => ok({ backedUp: time() })))),
    markSheets: (id, count) =>
      attemptedResult(async () =>
        shown(await revise(id, () => ok({ sheets: { count, made: time() } }))),
      ),
    allowWeak: (id) =>
      attemptedResult(async () => shown(await revise(id, () => ok({ weakAllowed: true })))),
    remove: (id) =>
      attemptedResult(() =>
        turnOf(id)(async () => {
          const entry = await find(id)
          if (!entry.ok) return entry
          await book.remove(entry.value)
          return ok(null)
        }),
      ),
    handle: (id) => attemptedResult(() => handle(id)),
    forWriting: (id, allowWeak, signal) =>
      attemptedResult(async () => {
        const entry = await find(id)
        if (!entry.ok) return entry
        const may = checkUse(entry.value, allowWeak)
        if (!may.ok) return may
        const { publicKey, record } = entry.value
        if (publicKey !== null && !(await isSoundModulus(publicKey)))
          return fail({ code: 'key-not-usable', name: record.name, reason: 'breakable' })
        // The store is asked even while the key is open. Nothing new is encrypted under a key that
        // the next start cannot open.
        const kept = await book.look(entry.value)
        if (!kept.ok) return kept
        const opened = await open(entry.value)
        if (!opened.ok) return opened
        const used = await firstUse(entry.value, opened.value, allowWeak, time(), signal)
        const remembered =
          used.ok && Object.keys(used.value).length > 0 ? await revise(id, () => used) : used
        if (remembered.ok) return opened
        opened.value[Symbol.dispose]()
        return remembered
      }),
    nameOfAccount: (account) => book.nameOfAccount(account),
    closeAll: () => book.closeAll(),
    onChange: (listener) => book.onChange(listener),
  }
}

const isOfSession = (entry: KeyEntry | null): boolean =>
  entry?.record.origin === 'session' || entry?.record.origin === 'sample'
