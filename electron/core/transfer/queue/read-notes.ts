import type { AppError } from '../../../../shared/contract/errors.ts'
import type { TransferId } from '../../../../shared/contract/models.ts'
import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import type { Checkpoint, SavedPart } from '../run/checkpoint.ts'
import { readCheckpoint } from '../run/checkpoint-text.ts'
import { bitmap, type Bitmap } from './bitmap.ts'
import type { Note } from './queue-notes.ts'

/** The state of a transfer in the journal. */
export interface StoredTransfer {
  readonly id: TransferId
  readonly order: number
  /** The time when the transfer was added or ended, in milliseconds since 1970. */
  readonly at: number
  /** The plain data from which the job is made again; see `app/kinds/kinds.ts`. */
  readonly record: unknown
  /** 'leaving': the transfer is off the list, and still tidies up. */
  readonly phase: 'waiting' | 'paused' | 'failed' | 'leaving' | 'done'
  readonly error: AppError | null
  readonly outcome: TransferOutcome | null
  /** Bytes of a transfer that is done; null where its note does not say. */
  readonly bytes: number | null
  /** The rows of a batch that ended well; null for a transfer of one job. */
  readonly files: {
    readonly done: Bitmap
    readonly skipped: number
    readonly bytes: number
    readonly unsummed: boolean
  } | null
}

/** The sum of all notes of one transfer. */
export interface NotedTransfer {
  kept: StoredTransfer | null
  checkpoint: Checkpoint | null
  /** Parts by number. The checkpoint does not hold them, because there may be thousands. */
  readonly parts: Map<number, SavedPart>
}

/** The transfers that the notes of a journal give. `apply` adds one more note. */
export interface NotesRead {
  readonly entries: Map<TransferId, NotedTransfer>
  apply(note: Note): void
}

/**
 * Makes a reader that sums up notes by transfer. A note of a transfer that has ended, or of a kind
 * of a later version, changes nothing.
 */
export function readNotes(): NotesRead {
  const entries = new Map<TransferId, NotedTransfer>()
  const entry = (id: TransferId): NotedTransfer => {
    const found = entries.get(id) ?? { kept: null, checkpoint: null, parts: new Map() }
    entries.set(id, found)
    return found
  }
  const change = (id: TransferId, to: (kept: StoredTransfer) => StoredTransfer): void => {
    const found = entries.get(id)
    if (found?.kept != null) found.kept = to(found.kept)
  }
  const apply = (note: Note): void => {
    switch (note.t) {
      case 'add': {
        const files = note.many
          ? {
              done: bitmap(note.got ?? ''),
              skipped: note.skipped ?? 0,
              bytes: note.bytes ?? 0,
              unsummed: note.unsummed ?? false,
            }
          : null
        entry(note.id).kept = {
          id: note.id,
          order: note.order,
          at: note.at,
          record: note.record,
          phase: 'waiting',
          error: null,
          outcome: null,
          bytes: null,
          files,
        }
        return
      }
      case 'phase':
        return change(note.id, (kept) => ({
          ...kept,
          phase: note.phase,
          error: note.error ?? null,
        }))
      case 'done': {
        change(note.id, (kept) => ({
          ...kept,
          phase: 'done',
          at: note.at,
          outcome: note.outcome,
          bytes: note.bytes ?? null,
          error: null,
        }))
        forget(entries.get(note.id))
        return
      }
      case 'note': {
        const one = entry(note.id)
        forget(one)
        one.checkpoint = readCheckpoint(note.text)
        for (const part of one.checkpoint?.pieces.done ?? []) one.parts.set(part.number, part)
        return
      }
      case 'part':
        entries.get(note.id)?.parts.set(note.part.number, note.part)
        return
      case 'drop':
        return forget(entries.get(note.id))
      case 'got':
        // A unit that ended well needs no checkpoint, even after a restart.
        entries.delete(`${note.id}.${note.n}`)
        return change(note.id, (kept) => {
          if (kept.files === null) return kept
          for (let row = 0; row < (note.c ?? 1); row++) kept.files.done.set(note.n + row)
          return {
            ...kept,
            files: {
              ...kept.files,
              skipped: kept.files.skipped + (note.s ?? 0),
              bytes: kept.files.bytes + note.b,
              unsummed: kept.files.unsummed || note.u === 1,
            },
          }
        })
      case 'end':
        return void entries.delete(note.id)
      case 'all':
        return note.notes.forEach(apply)
    }
  }
  return { entries, apply }
}

/** Drops the checkpoint of a transfer and its parts. */
function forget(entry: NotedTransfer | undefined): void {
  if (entry === undefined) return
  entry.checkpoint = null
  entry.parts.clear()
}

/** Returns the checkpoint of a transfer with all parts that are done, or null. */
export function lastOf(entry: NotedTransfer | undefined): Checkpoint | null {
  const checkpoint = entry?.checkpoint ?? null
  if (checkpoint === null || entry === undefined) return null
  const { bytes } = checkpoint.pieces
  return { ...checkpoint, pieces: { bytes, done: [...entry.parts.values()] } }
}
