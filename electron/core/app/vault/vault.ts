import { META_PREFIX, readHeaders } from '../../../../shared/format/headers.ts'
import { recognise } from '../../../../shared/format/recognise.ts'
import { oneAtATime } from '../../base/turns.ts'
import { openHashedRecords } from '../../history/hashed-records.ts'
import type { KeyCatalog } from '../../keys/catalog/key-catalog.ts'
import type { HeardHead, HeardObject, ObjectListener } from '../../oss/object-listener.ts'
import { NO_SEAL_YET, SEAL_TAG } from '../../seals/seal-text.ts'
import { readSegment, writeSegment, writerOfSegment } from '../../vault/segment.ts'
import { openVaultFolder, type VaultFolder } from '../../vault/vault-folder.ts'
import { readLines, recordHash, writeLines, type VaultRecord } from '../../vault/vault-record.ts'
import { openVaultKeys, type VaultKey, type VaultKeys } from './vault-keys.ts'

const WRITE_AFTER_MS = 2000
/** Envelopes of one segment. A thousand take about a MiB. */
const MOST_IN_SEGMENT = 1000
/** Envelopes that wait for a key to be opened. Newer ones are not kept, and counted. */
const MOST_WAITING = 20_000
/** Objects whose tags may follow their HEAD. */
const MOST_RECENT = 1000
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
  /** The records that are not on the disk yet, by object and version. */
  const waiting = new Map<string, VaultRecord>()
  /** The records of the last objects, whose tags may follow. */
  const recent = new Map<string, VaultRecord>()
  let timer: NodeJS.Timeout | null = null
  let notKept = 0

  const later = (): void => {
    timer ??= setTimeout(() => void write().catch(needs.masked), WRITE_AFTER_MS).unref()
  }
  const put = (record: VaultRecord): void => {
    const id = JSON.stringify([record.bucket, record.key, record.versionId, record.etag])
    const before = waiting.get(id)
    if (before === undefined && waiting.size >= MOST_WAITING) {
      notKept += 1
      return
    }
    const { from, seal } = before ?? record
    waiting.set(id, { ...record, from, seal: record.seal ?? seal })
    later()
  }
  /** Writes the records of one key that are new, a thousand to a segment. */
  const writeUnder = async (key: VaultKey, records: readonly VaultRecord[]): Promise<void> => {
    const fresh: VaultRecord[] = []
    for (const record of records)
      if ((await known.find(recordHash(record))) === null) fresh.push(record)
    for (let i = 0; i < fresh.length; i += MOST_IN_SEGMENT) {
      const some = fresh.slice(i, i + MOST_IN_SEGMENT)
      const name = await folder.add(writeSegment(key.secret, writeLines(some)))
      if (name === null) notKept += some.length
      else
        for (const record of some) known.put(Buffer.concat([recordHash(record), Buffer.of(KEPT)]))
    }
  }
  const write = (): Promise<void> =>
    inTurn(async () => {
      if (timer !== null) clearTimeout(timer)
      timer = null
      const some = [...waiting]
      if (some.length === 0) return
      using keys = await openVaultKeys(needs.catalog)
      needs.afterUse()
      const byKey = new Map<VaultKey, VaultRecord[]>()
      for (const [, record] of some) {
        const key = keyFor(needs.catalog, keys, record)
        // Without a key the records wait for the next look, while this process runs.
        if (key !== null) byKey.set(key, (byKey.get(key) ?? []).concat(record))
      }
      for (const [key, records] of byKey) {
        await writeUnder(key, records)
        const done = new Set(records)
        for (const [id, record] of some)
          if (done.has(record) && waiting.get(id) === record) waiting.delete(id)
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
    return { segments, bytes, envelopes, closed, damaged, notKept: notKept + waiting.size }
  }
  return {
    folder,
    write,
    read,
    listener: {
      looked(object, head) {
        const record = recordOf(object, head, needs.now())
        if (record === null) return
        put(record)
        const name = `${object.bucket}/${object.key}`
        recent.delete(name)
        recent.set(name, record)
        const [oldest] = recent.keys()
        if (recent.size > MOST_RECENT && oldest !== undefined) recent.delete(oldest)
      },
      tagged({ bucket, key }, tags) {
        const seal = tags.find(([name]) => name === SEAL_TAG)?.[1] ?? NO_SEAL_YET
        if (seal === NO_SEAL_YET) return
        const latest = recent.get(`${bucket}/${key}`)
        if (latest !== undefined) put({ ...latest, seal })
      },
    },
    async close() {
      await write().catch(needs.masked)
      await known.close()
    },
  }
}

/** Returns the record of an object; null for one without an envelope in its headers. */
function recordOf({ bucket, key }: HeardObject, head: HeardHead, now: number): VaultRecord | null {
  const kept = [...head.headers].filter(([name]) => name.startsWith(META_PREFIX))
  if (kept.length === 0) return null
  const headers = readHeaders(kept)
  if (recognise(headers).kind === 'plain') return null
  const { size, etag, crc64, versionId } = head
  const facts = { bucket, key, versionId, etag, size, crc64, seal: null }
  return { ...facts, headers: Object.fromEntries(headers), from: now, to: now }
}

/**
 * Returns the key under which a record is kept: the one that its envelope names, else a key of the
 * same size, else any. The writer secret opens no object, so every key of this computer will do.
 */
function keyFor(
  catalog: Pick<KeyCatalog, 'match'>,
  { all }: VaultKeys,
  { headers }: VaultRecord,
): VaultKey | null {
  const found = recognise(new Map(Object.entries(headers)))
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
