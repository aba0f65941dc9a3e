import { META_PREFIX } from '../../../../shared/format/headers.ts'
import { recognise } from '../../../../shared/format/recognise.ts'
import { oneAtATime } from '../../base/turns.ts'
import { openHashedRecords } from '../../history/hashed-records.ts'
import type { KeyCatalog } from '../../keys/catalog/key-catalog.ts'
import type { ObjectListener } from '../../oss/object-listener.ts'
import { readSegment, writeSegment, writerOfSegment } from '../../vault/segment.ts'
import { openVaultFolder, type VaultFolder } from '../../vault/vault-folder.ts'
import { readLines, recordHash, writeLines, type VaultRecord } from '../../vault/vault-record.ts'
import { openVaultKeys, type VaultKey, type VaultKeys } from './vault-keys.ts'
import { openVaultNotes, recordOf, type VaultNote } from './vault-notes.ts'

const WRITE_AFTER_MS = 2000
/** Envelopes of one segment. A thousand take about a MiB. */
const MOST_IN_SEGMENT = 1000
const HASH_BYTES = 16
const KEPT = 1

/** One record of the vault, and the segment and key that gave it. */
export interface FoundRecord {
  readonly record: VaultRecord
  readonly segment: string
  readonly keyName: string
}

/** The segments of this computer, as far as its keys open them. */
export interface VaultCounts {
  readonly segments: number
  readonly bytes: number
  readonly envelopes: number
  /** Segments of keys that are not here, or cannot be opened now. */
  readonly closed: number
  readonly damaged: number
  /** Envelopes that this process saw and could not keep. */
  readonly notKept: number
}

/**
 * The envelope vault of this computer. Its listener hears of each object that is looked at, and
 * each envelope is kept once, encrypted under the writer secret of a master key.
 */
export interface Vault {
  readonly listener: ObjectListener
  readonly folder: VaultFolder
  /** Writes what waits, as far as keys can be opened. */
  write(): Promise<void>
  /** Calls `take` with each record that the keys at hand open. */
  read(take: (found: FoundRecord) => void): Promise<VaultCounts>
  close(): Promise<void>
}

interface Needs {
  readonly catalog: Pick<KeyCatalog, 'list' | 'handle' | 'match'>
  /** The folder of the segments, and the file of the hashes of what they hold. */
  readonly folder: string
  readonly hashes: string
  readonly now: () => number
  readonly masked: (cause: unknown) => unknown
  /** Closes keys after their use, where the settings say so. */
  readonly afterUse: () => void
}

/** Opens the vault. Nothing is read before it is needed. */
export function openVault(needs: Needs): Vault {
  const folder = openVaultFolder(needs.folder)
  const known = openHashedRecords(needs.hashes, { record: HASH_BYTES + 1, name: HASH_BYTES })
  const inTurn = oneAtATime()
  const notes = openVaultNotes(needs.now, () => {
    timer ??= setTimeout(() => void write().catch(needs.masked), WRITE_AFTER_MS).unref()
  })
  let timer: NodeJS.Timeout | null = null
  let noRoom = 0

  /** Writes the records of one key that are new, a thousand to a segment. */
  const writeUnder = async (key: VaultKey, some: readonly VaultNote[]): Promise<void> => {
    const fresh: { readonly record: VaultRecord; readonly hash: Buffer }[] = []
    for (const note of some) {
      const record = recordOf(note)
      const hash = recordHash(record)
      if ((await known.find(hash)) === null) fresh.push({ record, hash })
    }
    for (let i = 0; i < fresh.length; i += MOST_IN_SEGMENT) {
      const part = fresh.slice(i, i + MOST_IN_SEGMENT)
      const lines = writeLines(part.map(({ record }) => record))
      const name = await folder.add(writeSegment(key.secret, lines))
      if (name === null) noRoom += part.length
      else for (const { hash } of part) known.put(Buffer.concat([hash, Buffer.of(KEPT)]))
    }
  }
  const write = (): Promise<void> =>
    inTurn(async () => {
      if (timer !== null) clearTimeout(timer)
      timer = null
      const some = notes.all()
      if (some.length === 0) return
      using keys = await openVaultKeys(needs.catalog)
      needs.afterUse()
      const byKey = new Map<VaultKey, VaultNote[]>()
      const keyOf = keyChooser(needs.catalog, keys)
      for (const note of some) {
        const key = keyOf(note)
        // Without a key the notes wait for the next look, while this process runs.
        if (key === null) continue
        const others = byKey.get(key)
        if (others === undefined) byKey.set(key, [note])
        else others.push(note)
      }
      for (const [key, part] of byKey) {
        await writeUnder(key, part)
        notes.remove(part)
      }
    })
  const read: Vault['read'] = async (take) => {
    await write()
    using keys = await openVaultKeys(needs.catalog)
    needs.afterUse()
    let [envelopes, closed, damaged] = [0, 0, 0]
    const names = await folder.names()
    for (const name of names) {
      const segment = await folder.read(name)
      const key = keys.all.find(({ writer }) => segment && writer === writerOfSegment(segment))
      const lines = segment === null || !key ? null : readSegment(key.secret, segment)
      if (lines === null || key === undefined) {
        if (segment === null || key !== undefined) damaged += 1
        else closed += 1
        continue
      }
      for (const record of readLines(lines).records) {
        envelopes += 1
        take({ record, segment: name, keyName: key.keyName })
      }
    }
    const { segments, bytes } = await folder.size()
    return { segments, bytes, envelopes, closed, damaged, notKept: noRoom + notes.notKept() }
  }
  return {
    folder,
    write,
    read,
    listener: notes.listener,
    async close() {
      await write().catch(needs.masked)
      await known.close()
    },
  }
}

/**
 * Returns the function that chooses the key of a note: the one that its envelope names, else one of
 * the same size, else any. A writer secret opens no object, so every key of this computer will do.
 */
function keyChooser(
  catalog: Pick<KeyCatalog, 'match'>,
  { all }: VaultKeys,
): (note: VaultNote) => VaultKey | null {
  const chosen = new Map<string, VaultKey | null>()
  const choose = (note: VaultNote): VaultKey | null => {
    const found = recognise(new Map(Object.entries(recordOf(note).headers)))
    const envelope = found.kind === 'encrypted' ? found.envelope : null
    const named = envelope === null ? null : catalog.match(envelope)
    const bytes = envelope?.wrappedDataKey.length ?? 0
    return (
      all.find(({ keyId }) => keyId === named?.keyId) ??
      all.find(({ origin, modulusBytes }) => origin === 'session' && modulusBytes === bytes) ??
      all.find(({ modulusBytes }) => modulusBytes === bytes) ??
      all[0] ??
      null
    )
  }
  return (note) => {
    // Objects under one master key agree in these, so few envelopes are read.
    const { headers } = note.head
    const kind = [...headers].map(([name, value]) =>
      name.startsWith(META_PREFIX)
        ? /-(?:wrap-alg|matdesc)$/.test(name)
          ? value
          : value.length
        : '',
    )
    const name = JSON.stringify(kind)
    const known = chosen.get(name)
    if (known !== undefined) return known
    const key = choose(note)
    chosen.set(name, key)
    return key
  }
}
