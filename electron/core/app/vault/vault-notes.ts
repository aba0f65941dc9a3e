import { ENVELOPE_PREFIX } from '../../../../shared/format/envelope/envelope.ts'
import { META_PREFIX, readHeaders } from '../../../../shared/format/headers.ts'
import type { HeardHead, HeardObject, ObjectListener } from '../../oss/object-listener.ts'
import { NO_SEAL_YET, SEAL_TAG } from '../../seals/seal-text.ts'
import type { VaultRecord } from '../../vault/vault-record.ts'

/** Envelopes that wait for a key to be opened. Newer ones are not kept, and counted. */
const MOST_WAITING = 20_000
/** Objects whose tags may follow their HEAD. */
const MOST_RECENT = 1000

/** An answer that is not in a segment yet. Its headers are read when it is written. */
export interface VaultNote {
  readonly object: HeardObject
  readonly head: HeardHead
  readonly seal: string | null
  /** Ms since 1970. */
  readonly from: number
  readonly to: number
}

/** The notes of objects that were looked at. */
export interface VaultNotes {
  readonly listener: ObjectListener
  all(): readonly VaultNote[]
  /** Removes notes, unless they changed meanwhile. */
  remove(notes: readonly VaultNote[]): void
  /** The notes that wait, and those that found no room. */
  notKept(): number
}

/**
 * Opens the notes. A listener hears of each file of an upload of a million, so it does little:
 * names of headers decide. `changed`: called after each note.
 */
export function openVaultNotes(now: () => number, changed: () => void): VaultNotes {
  const waiting = new Map<string, VaultNote>()
  const recent = new Map<string, VaultNote>()
  let lost = 0

  const put = (note: VaultNote): void => {
    const id = idOf(note)
    const before = waiting.get(id)
    if (before === undefined && waiting.size >= MOST_WAITING) {
      lost += 1
      return
    }
    waiting.set(id, {
      ...note,
      from: before?.from ?? note.from,
      seal: note.seal ?? before?.seal ?? null,
    })
    changed()
  }
  return {
    listener: {
      looked(object, head) {
        if (!showsEnvelope(head.headers)) return
        const { bucket, key } = object
        const at = now()
        const note = { object: { bucket, key }, head, seal: null, from: at, to: at }
        put(note)
        const name = `${bucket}/${key}`
        recent.delete(name)
        recent.set(name, note)
        const [oldest] = recent.keys()
        if (recent.size > MOST_RECENT && oldest !== undefined) recent.delete(oldest)
      },
      tagged({ bucket, key }, tags) {
        const seal = tags.find(([name]) => name === SEAL_TAG)?.[1] ?? NO_SEAL_YET
        const latest = recent.get(`${bucket}/${key}`)
        if (seal !== NO_SEAL_YET && latest !== undefined) put({ ...latest, seal })
      },
    },
    all: () => [...waiting.values()],
    remove(notes) {
      for (const note of notes) if (waiting.get(idOf(note)) === note) waiting.delete(idOf(note))
    },
    notKept: () => lost + waiting.size,
  }
}

const idOf = ({ object: { bucket, key }, head: { versionId, etag } }: VaultNote): string =>
  `${bucket}/${key}/${versionId ?? ''}/${etag}`

/** Says whether a header is one of an envelope, or of a message. Source FORMAT.md 1. */
function showsEnvelope(headers: HeardHead['headers']): boolean {
  for (const name of headers.keys())
    if (
      name.startsWith(ENVELOPE_PREFIX) ||
      name.startsWith(`${META_PREFIX}oss-crypto-`) ||
      (name.startsWith(META_PREFIX) && name.endsWith('authtag'))
    )
      return true
  return false
}

/** Returns the record of a note: all user metadata, with the values as text. */
export function recordOf({ object, head, seal, from, to }: VaultNote): VaultRecord {
  const { size, etag, crc64, versionId } = head
  const kept = [...head.headers].filter(([name]) => name.startsWith(META_PREFIX))
  const headers = Object.fromEntries(readHeaders(kept))
  return { ...object, versionId, etag, size, crc64, headers, seal, from, to }
}
