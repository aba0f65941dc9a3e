import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { fail, ok, type Result } from '../../../../shared/contract/errors.ts'
import type { MasterKeyId } from '../../../../shared/contract/models.ts'
import type { SecretStore } from '../../store/secrets/secret-store.ts'
import { readable } from '../../store/sound-text.ts'
import type { TextStore } from '../../store/text-store.ts'
import {
  bindingOf,
  damagedRecord,
  publicKeyOf,
  readKeyRecord,
  recordName,
  RECORD_PREFIX,
  writeKeyRecord,
  type KeyRecord,
  type KmsRecord,
  type RsaRecord,
} from './key-record.ts'
import { proves } from '../key-proof.ts'
import { fingerprintOf } from '../public-key.ts'
import { NO_KMS_SECRETS, readKmsSecrets, type KmsSecrets } from '../kms/kms-secrets.ts'
import { accountName, privateHalves } from './private-half.ts'
import { rsaMasterKey } from '../rsa-master-key.ts'

/** One key as it was when it was looked up. A change makes a new entry. */
export interface KeyEntry {
  readonly record: KeyRecord
  /** The public half of an RSA key; null for a key of another kind. */
  readonly publicKey: KeyObject | null
}

/** The secrets of a key of this session, which are not stored. */
interface InMemory {
  readonly privateKey?: KeyObject | null
  readonly kms?: KmsSecrets
}

/** The fields that `revise` can change. The key material never changes under its id. */
export type Revision = Partial<
  Pick<
    KeyRecord,
    | 'name'
    | 'description'
    | 'style'
    | 'state'
    | 'writes'
    | 'backedUp'
    | 'escrowed'
    | 'sheets'
    | 'proven'
    | 'weakAllowed'
  >
>

/**
 * The records of the keys and their secrets. The book decides the order in which the two are
 * written.
 */
export interface KeyBook {
  /** Reads the stored records. All other functions answer from the last reading. */
  refresh(): Promise<void>
  all(): readonly KeyEntry[]
  find(id: MasterKeyId): KeyEntry | null
  /**
   * Returns the private half from memory when it is open, else from the store. Errors  those of the
   * secret store, 'secret-lost', 'key-proof-failed'.
   */
  openPrivate(record: RsaRecord): Promise<Result<KeyObject>>
  /**
   * Reads the key's own credentials and passphrase from the store, at every call. Each is null
   * where the key has none. Errors  those of the secret store, 'secret-lost'.
   */
  openKms(record: KmsRecord): Promise<Result<KmsSecrets>>
  /**
   * Tells whether the secrets of a key can be read from the store now, without the copy in memory.
   * Ok when the key has no secrets.
   */
  look(entry: KeyEntry): Promise<Result<null>>
  /**
   * Writes the secrets, reads them back, proves a private half, and then writes the record. The id
   * of the record or its `half` must be new.
   */
  keep(record: KeyRecord, secrets: Uint8Array | null): Promise<Result<KeyEntry>>
  keepInMemory(record: KeyRecord, secrets: InMemory): KeyEntry
  revise(entry: KeyEntry, revision: Revision): Promise<Result<KeyEntry>>
  remove(entry: KeyEntry): Promise<void>
  /** Removes the secrets of a record that was replaced by a record with other secrets. */
  forgetHalf(replaced: KeyEntry): Promise<void>
  nameOfAccount(account: string): string | null
  closeAll(): void
  onChange(listener: () => void): () => void
}

export async function openKeyBook(texts: TextStore, secrets: SecretStore): Promise<KeyBook> {
  const halves = privateHalves(texts, secrets)
  const stored = new Map<MasterKeyId, KeyEntry & { readonly text: string }>()
  const session = new Map<MasterKeyId, KeyEntry & InMemory>()
  /** The opened private halves of stored keys, by `half`. */
  const opened = new Map<string, KeyObject>()
  const listeners = new Set<() => void>()
  const changed = () => listeners.forEach((listener) => listener())

  /** A damaged record is not moved, and no key is made in its place. Its key may still be found. */
  const read = (id: MasterKeyId, text: string): KeyEntry & { readonly text: string } => {
    const sound = readKeyRecord(id, text)
    if (sound === null) texts.leave(recordName(id))
    return { ...(sound ?? { record: damagedRecord(id, text), publicKey: null }), text }
  }
  const refresh = async (): Promise<void> => {
    const ids = (await texts.list(RECORD_PREFIX)).map((name) => name.slice(RECORD_PREFIX.length))
    for (const id of stored.keys()) if (!ids.includes(id)) stored.delete(id)
    for (const id of ids) {
      const text = await readable(texts, recordName(id))
      if (text === null) stored.delete(id)
      else if (stored.get(id)?.text !== (text ?? '')) stored.set(id, read(id, text ?? ''))
    }
  }
  const save = async (record: KeyRecord): Promise<KeyEntry> => {
    const text = writeKeyRecord(record)
    await texts.save(recordName(record.id), text)
    const entry = { record, publicKey: publicKeyOf(record), text }
    stored.set(record.id, entry)
    changed()
    return entry
  }
  const load = async (record: RsaRecord): Promise<Result<KeyObject>> => {
    const { name, half, fingerprint } = record
    if (half === null) return fail({ code: 'key-not-usable', name, reason: 'public-half-only' })
    const der = await halves.load(half, bindingOf(record), name)
    if (!der.ok) return der
    try {
      const key = createPrivateKey({
        key: Buffer.from(der.value.buffer, der.value.byteOffset, der.value.length),
        format: 'der',
        type: 'pkcs8',
      })
      return fingerprintOf(createPublicKey(key)) === fingerprint
        ? ok(key)
        : fail({ code: 'key-proof-failed', name })
    } finally {
      der.value.fill(0)
    }
  }
  const loadKms = async (record: KmsRecord): Promise<Result<KmsSecrets>> => {
    if (record.half === null) return ok(NO_KMS_SECRETS)
    const bytes = await halves.load(record.half, bindingOf(record), record.name)
    if (!bytes.ok) return bytes
    try {
      const secrets = readKmsSecrets(bytes.value)
      return secrets === null ? fail({ code: 'secret-lost', name: record.name }) : ok(secrets)
    } finally {
      bytes.value.fill(0)
    }
  }
  /**
   * Removes secrets that were written under a new id. Secrets that cannot be removed are strays,
   * and no record refers to them.
   */
  const discard = async (half: string): Promise<void> =>
    void (await halves.remove(half).catch(() => null))

  const keepHalf = async (
    record: KeyRecord,
    half: string,
    secrets: Uint8Array,
  ): Promise<Result<null>> => {
    const kept = await halves.keep(half, bindingOf(record), secrets)
    // Secrets of other kinds were proven before the record was made, and compared when they were
    // read back.
    if (!kept.ok || record.kind !== 'rsa') return kept
    const back = await load(record)
    if (!back.ok) return back
    using key = rsaMasterKey({
      ...record,
      publicKey: createPublicKey(back.value),
      privateKey: back.value,
    })
    return await proves(key, new AbortController().signal)
  }
  const finishRemoval = async ({ id, half }: KeyRecord): Promise<void> => {
    try {
      const gone = half === null ? ok(null) : await halves.remove(half)
      if (gone.ok) await texts.remove(recordName(id))
    } catch {
      // The mark stays, so the next start tries again.
    }
  }

  await refresh()
  for (const { record } of stored.values()) if (record.removing) await finishRemoval(record)

  const all = (): readonly KeyEntry[] => {
    const entries: readonly KeyEntry[] = [...stored.values(), ...session.values()].filter(
      ({ record }) => !record.removing,
    )
    return [...entries].sort((a, b) =>
      a.record.created < b.record.created ? -1 : a.record.created > b.record.created ? 1 : 0,
    )
  }
  return {
    refresh,
    all,
    find: (id) => all().find(({ record }) => record.id === id) ?? null,
    async openPrivate(record) {
      const key =
        session.get(record.id)?.privateKey ??
        (record.half === null ? undefined : opened.get(record.half))
      if (key !== undefined) return ok(key)
      const loaded = await load(record)
      if (loaded.ok && record.half !== null) opened.set(record.half, loaded.value)
      return loaded
    },
    openKms: async (record) => {
      const kept = session.get(record.id)?.kms
      return kept === undefined ? loadKms(record) : ok(kept)
    },
    async look({ record }) {
      if (record.kind === 'damaged') return fail({ code: 'secret-lost', name: record.name })
      if (record.kind === 'command' || record.half === null || session.has(record.id))
        return ok(null)
      const loaded = await (record.kind === 'rsa' ? load(record) : loadKms(record))
      return loaded.ok ? ok(null) : loaded
    },
    async keep(record, secrets) {
      const { half } = record
      if (half !== null && secrets !== null) {
        try {
          const kept = await keepHalf(record, half, secrets)
          if (!kept.ok) {
            await discard(half)
            return kept
          }
        } catch (cause) {
          await discard(half)
          throw cause
        }
      }
      try {
        return ok(await save(record))
      } catch (cause) {
        // A save can fail after the text is in place. The record then refers to the half, which
        // must stay.
        const there = await texts.load(recordName(record.id)).catch(() => writeKeyRecord(record))
        if (half !== null && there !== writeKeyRecord(record)) await discard(half)
        throw cause
      }
    },
    keepInMemory(record, secrets) {
      const entry = { record, publicKey: publicKeyOf(record), ...secrets }
      session.set(record.id, entry)
      changed()
      return entry
    },
    async revise({ record }, revision) {
      if (record.kind === 'damaged') return fail({ code: 'secret-lost', name: record.name })
      const inMemory = session.get(record.id)
      if (inMemory === undefined) return ok(await save({ ...record, ...revision }))
      const entry = { ...inMemory, record: { ...record, ...revision } }
      session.set(record.id, entry)
      changed()
      return ok(entry)
    },
    async remove({ record }) {
      if (!session.delete(record.id)) {
        // The mark comes first. From here on the key is gone for every process, whatever stops the
        // rest.
        if (record.kind !== 'damaged')
          await texts.save(recordName(record.id), writeKeyRecord({ ...record, removing: true }))
        stored.delete(record.id)
        if (record.half !== null) opened.delete(record.half)
        await finishRemoval(record)
      }
      changed()
    },
    async forgetHalf({ record }) {
      if (record.half === null) return
      opened.delete(record.half)
      await discard(record.half)
    },
    nameOfAccount: (account) =>
      all().find(({ record }) => record.half !== null && accountName(record.half) === account)
        ?.record.name ?? null,
    closeAll: () => opened.clear(),
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
