import { caught, fail, ok, type Result } from '../../../shared/contract/errors.ts'
import type { DescriptionStyle, KeyFileFacts, KeyState, MasterKeyId } from '../../../shared/contract/models.ts'
import { queue } from '../store/queue.ts'
import type { SecretStore } from '../store/secret-store.ts'
import type { TextStore } from '../store/text-store.ts'
import type { CatalogKey, KeyFields, KeyImport, NewKey, SessionKey } from './catalog-key.ts'
import { backupPem } from './key-backup.ts'
import { openKeyBook, type Entry, type Revision } from './key-book.ts'
import { describedKey, fittingDescription, freeName } from './key-fields.ts'
import { generateKey, importKey, inspectKey, sessionKey } from './key-making.ts'
import { checkUse, firstUse, openEach, openHandle } from './key-opening.ts'
import { inOrder, named } from './key-order.ts'
import { proves } from './key-proof.ts'
import type { MasterKeyHandle } from './master-key.ts'
import { modulusBytes } from './rsa-master-key.ts'

/** A key that a description names. */
export interface NamedKey {
  readonly keyId: MasterKeyId
  readonly keyName: string
}

/**
 * The master keys of this computer. Stored keys survive a restart, session keys do not. A listed stored key has had its
 * private half written, read back and proven; nothing is ever written over an id, and what cannot be read is reported.
 */
export interface KeyCatalog {
  /** Reads the stored records anew, so that it also sees what another process did. Sorted by age. */
  list(): Promise<readonly CatalogKey[]>
  /** Answers with the text that would be written. Errors 'key-description', also 'used-by' with the key's name. */
  checkDescription(typed: string, style: DescriptionStyle, exceptId: MasterKeyId | null): Promise<Result<{ readonly written: string }>>
  generate(key: NewKey): Promise<Result<CatalogKey>>
  inspect(bytes: Uint8Array, fileName: string, passphrase: string | null): Promise<Result<KeyFileFacts>>
  /** Also gives a key back its private half, when only the public one is here or the stored one is lost. */
  import(key: KeyImport): Promise<Result<CatalogKey>>
  session(key: SessionKey): Promise<Result<CatalogKey>>
  update(id: MasterKeyId, fields: KeyFields & { readonly state: KeyState }): Promise<Result<CatalogKey>>
  /** Errors 'key-proof-failed'. */
  prove(id: MasterKeyId): Promise<Result<CatalogKey>>
  publicPem(id: MasterKeyId): Promise<Result<string>>
  /** Private half as encrypted PKCS#8 PEM, which was read back and compared before it is answered. */
  backup(id: MasterKeyId, passphrase: string): Promise<Result<string>>
  markBackedUp(id: MasterKeyId): Promise<Result<CatalogKey>>
  allowWeak(id: MasterKeyId): Promise<Result<CatalogKey>>
  /** Once it answers ok the key is never listed again; what could not be removed yet is removed on the next start. */
  remove(id: MasterKeyId): Promise<Result<null>>
  /** The key, opened; the caller disposes of the handle. */
  handle(id: MasterKeyId): Promise<Result<MasterKeyHandle>>
  /**
   * The key, if it may encrypt: runs the proof before its first use and remembers it; `allowWeak` remembers the consent.
   * Errors 'key-not-usable', 'key-proof-failed', and those of the private half: a key that may be lost must not encrypt.
   */
  forWriting(id: MasterKeyId, allowWeak: boolean): Promise<Result<MasterKeyHandle>>
  /**
   * Keys to try on an envelope of this description, in order; `only`: these and no others, whatever they describe.
   * Errors 'unknown-master-key', 'key-not-usable' or why the private half cannot be read, when no key is left to try.
   */
  candidates(description: string, only: readonly MasterKeyId[]): Promise<Result<readonly MasterKeyHandle[]>>
  /** The key that would open it, for lists: from memory, nothing is tried. `wrapBits`: skip keys of another size. */
  match(description: string, wrapBits?: number): NamedKey | null
  /** The key whose secret this account of the secret store holds: for `SecretsStatus.lost`. */
  nameOfAccount(account: string): string | null
  /** Forgets the opened private halves of stored keys; handles that were given out stay open until they are disposed of. */
  closeAll(): void
  onChange(listener: () => void): () => void
}

interface Needs {
  readonly texts: TextStore
  readonly secrets: SecretStore
  /** Milliseconds since 1970. */
  readonly now: () => number
}

export async function openKeyCatalog({ texts, secrets, now }: Needs): Promise<KeyCatalog> {
  const book = await openKeyBook(texts, secrets)
  const time = () => new Date(now()).toISOString()
  const inTurn = queue()

  const find = async (id: MasterKeyId): Promise<Result<Entry>> => {
    await book.refresh()
    const entry = book.find(id)
    return entry === null ? fail({ code: 'not-found', what: 'master-key', name: id }) : ok(entry)
  }
  const shown = async (entry: Result<Entry>): Promise<Result<CatalogKey>> => (entry.ok ? ok(await describedKey(book, entry.value)) : entry)
  /** Changes one key, one change at a time; `revision` sees the key as it is then. */
  const revise = (id: MasterKeyId, revision: (entry: Entry) => Result<Revision>): Promise<Result<Entry>> =>
    inTurn(async () => {
      const entry = await find(id)
      if (!entry.ok) return entry
      const wanted = revision(entry.value)
      return wanted.ok ? book.revise(entry.value, wanted.value) : wanted
    })
  const handle = async (id: MasterKeyId): Promise<Result<MasterKeyHandle>> => {
    const entry = await find(id)
    return entry.ok ? openHandle(book, entry.value) : entry
  }

  return {
    async list() {
      await book.refresh()
      return Promise.all(book.all().map((entry) => describedKey(book, entry)))
    },
    async checkDescription(typed, style, exceptId) {
      await book.refresh()
      const written = fittingDescription(book.all(), typed, style, exceptId)
      return written.ok ? ok({ written: written.value }) : written
    },
    generate: (key) => guarded(async () => shown(await generateKey(book, inTurn, key, time()))),
    inspect: (bytes, fileName, passphrase) => guarded(() => inspectKey(book, bytes, fileName, passphrase)),
    import: (key) => guarded(async () => shown(await importKey(book, inTurn, key, time()))),
    session: (key) => guarded(async () => shown(await sessionKey(book, key, time()))),
    update: (id, { name, description, style, state }) =>
      guarded(async () =>
        shown(
          await revise(id, () => {
            const free = freeName(book.all(), name, id)
            if (!free.ok) return free
            const written = fittingDescription(book.all(), description, style, id)
            return written.ok ? ok({ name: free.value, description: written.value, style, state }) : written
          }),
        ),
      ),
    prove: (id) =>
      guarded(async () => {
        const opened = await handle(id)
        if (!opened.ok) return opened
        using key = opened.value
        const works = await proves(key)
        return shown(await revise(id, () => (works ? ok({ proven: time() }) : fail({ code: 'key-proof-failed', name: key.name }))))
      }),
    publicPem: (id) =>
      guarded(async () => {
        const entry = await find(id)
        if (!entry.ok) return entry
        const { publicKey, record } = entry.value
        if (publicKey === null) return fail({ code: 'secret-lost', name: record.name })
        return ok(publicKey.export({ type: 'spki', format: 'pem' }).toString())
      }),
    backup: (id, passphrase) =>
      guarded(async () => {
        const entry = await find(id)
        if (!entry.ok) return entry
        const key = await book.openPrivate(entry.value)
        return key.ok ? ok(await backupPem(key.value, passphrase)) : key
      }),
    markBackedUp: (id) => guarded(async () => shown(await revise(id, () => ok({ backedUp: time() })))),
    allowWeak: (id) => guarded(async () => shown(await revise(id, () => ok({ weakAllowed: true })))),
    remove: (id) =>
      guarded(() =>
        inTurn(async () => {
          const entry = await find(id)
          if (!entry.ok) return entry
          await book.remove(entry.value)
          return ok(null)
        }),
      ),
    handle: (id) => guarded(() => handle(id)),
    forWriting: (id, allowWeak) =>
      guarded(async () => {
        const entry = await find(id)
        if (!entry.ok) return entry
        const may = checkUse(entry.value, allowWeak)
        if (!may.ok) return may
        // Asked of the store even while the key is open: nothing new under a key that the next start cannot open.
        const kept = await book.look(entry.value)
        if (!kept.ok) return kept
        const opened = await openHandle(book, entry.value)
        if (!opened.ok) return opened
        const used = await firstUse(entry.value, opened.value, allowWeak, time())
        const remembered = used.ok && Object.keys(used.value).length > 0 ? await revise(id, () => used) : used
        if (remembered.ok) return opened
        opened.value[Symbol.dispose]()
        return remembered
      }),
    candidates: (description, only) =>
      guarded(async () => {
        await book.refresh()
        if (only.length === 0) return openEach(book, inOrder(book.all(), description), description)
        const entries = only.map((id) => book.find(id))
        const missing = entries.indexOf(null)
        if (missing >= 0) return fail({ code: 'not-found', what: 'master-key', name: only[missing] ?? '' })
        return openEach(book, entries.filter((entry) => entry !== null), description)
      }),
    match(description, wrapBits) {
      const able = book.all().filter(({ record, publicKey }) => publicKey !== null && record.half !== null && (wrapBits ?? modulusBytes(publicKey) * 8) === modulusBytes(publicKey) * 8)
      const entry = named(able, description)
      return entry === null ? null : { keyId: entry.record.id, keyName: entry.record.name }
    },
    nameOfAccount: (account) => book.nameOfAccount(account),
    closeAll: () => book.closeAll(),
    onChange: (listener) => book.onChange(listener),
  }
}

async function guarded<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work()
  } catch (cause) {
    return caught(cause)
  }
}
