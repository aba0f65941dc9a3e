import type { AppError } from '../../../shared/contract/errors.ts'
import type { TransferId } from '../../../shared/contract/models.ts'
import type { TransferOutcome } from '../../../shared/contract/models-transfers.ts'
import {
  readCheckpoint,
  writeCheckpoint,
  type Checkpoint,
  type SavedPart,
} from '../../../shared/format/checkpoint.ts'
import type { Journal } from '../store/journal.ts'
import { bitmap, type Bitmap } from './bitmap.ts'
import { DONE_KEPT, type Note } from './queue-notes.ts'
import type { Saved } from './saved.ts'

/** A transfer as the journal has it. */
export interface Kept {
  readonly id: TransferId
  readonly order: number
  /** Milliseconds since 1970 of when it was added, or ended. */
  readonly at: number
  /** What its job is made from again; see `app/job-records.ts`. */
  readonly record: unknown
  /** 'leaving': off the list for the user, and still being tidied up. */
  readonly phase: 'waiting' | 'paused' | 'failed' | 'leaving' | 'done'
  readonly error: AppError | null
  readonly outcome: TransferOutcome | null
  /** Bytes of what is done; null where that was not noted. */
  readonly bytes: number | null
  /** Of many files: those that ended well. */
  readonly files: {
    readonly done: Bitmap
    readonly skipped: number
    readonly bytes: number
    readonly unsummed: boolean
  } | null
}

/**
 * The queue's memory across restarts: each change is a record in the journal before anybody is told
 * of it.
 */
export interface QueueBook {
  /** As they were when the app was last open, in order. */
  restored(): readonly Kept[]
  /** All of them, or none: what was asked for at once is not half there after a crash. */
  added(
    all: readonly {
      readonly id: TransferId
      readonly order: number
      readonly at: number
      readonly record: unknown
      readonly many: boolean
    }[],
  ): void
  phase(id: TransferId, phase: 'waiting' | 'paused' | 'failed' | 'leaving', error?: AppError): void
  done(id: TransferId, at: number, outcome: TransferOutcome, bytes: number): void
  /** One file of many ended well. What was noted of it under its own id is forgotten. */
  got(id: TransferId, index: number, bytes: number, how: HowFar, own: TransferId): void
  /** Writes the journal again with what is known of it. */
  tidy(): void
  /** It is off the list. */
  ended(id: TransferId): void
  saved(id: TransferId): Saved
  /** Numbers of those of many files of which something is noted. */
  begunOf(id: TransferId): readonly number[]
  /** Whose upload in the bucket this is. */
  ofUpload(uploadId: string): TransferId | null
  /** Resolves when all of it is on the disk. */
  durable(): Promise<void>
  close(): Promise<void>
}

/** How one file of many ended well. `unsummed`: OSS gave no CRC-64 to compare with. */
export interface HowFar {
  readonly skipped: boolean
  readonly unsummed: boolean
}

interface Entry {
  kept: Kept | null
  checkpoint: Checkpoint | null
  /** Parts by number, apart from the checkpoint: there may be thousands. */
  readonly parts: Map<number, SavedPart>
}

/**
 * `journal`: opened with the reader that {@link readNotes} gives. `prints`: folder for those of
 * what was sent.
 */
export function openQueueBook(
  { entries, apply }: NotesRead,
  journal: Journal,
  prints: string | null,
): QueueBook {
  const write = (note: Note): void => {
    journal.append(note)
    apply(note)
    if (journal.isLong()) journal.compact(snapshot(entries))
  }
  return {
    restored: () =>
      [...entries.values()].flatMap(({ kept }) => kept ?? []).sort((a, b) => a.order - b.order),
    added: (all) => write({ t: 'all', id: '', notes: all.map((one) => ({ t: 'add', ...one })) }),
    phase: (id, phase, error) =>
      write({ t: 'phase', id, phase, ...(error !== undefined && { error }) }),
    done: (id, at, outcome, bytes) => write({ t: 'done', id, at, outcome, bytes }),
    got: (id, index, bytes, { skipped, unsummed }, own) => {
      write({
        t: 'got',
        id,
        n: index,
        b: bytes,
        ...(skipped && { s: 1 as const }),
        ...(unsummed && { u: 1 as const }),
      })
      entries.delete(own)
    },
    tidy: () => journal.compact(snapshot(entries)),
    ended: (id) => write({ t: 'end', id }),
    saved: (id) => ({
      outlives: true,
      prints,
      last: () => lastOf(entries.get(id)),
      async note(checkpoint) {
        write({ t: 'note', id, text: writeCheckpoint(checkpoint) })
        // What goes in one request is told from others by being asked for once more: it need not
        // survive a power cut.
        if (checkpoint.kind !== 'put' && (checkpoint.kind !== 'copy' || checkpoint.partSize > 0))
          await journal.durable()
      },
      part: (part) => write({ t: 'part', id, part }),
      drop: () => {
        if (entries.get(id)?.checkpoint != null) write({ t: 'drop', id })
      },
    }),
    begunOf: (id) =>
      [...entries].flatMap(([own, { checkpoint }]) =>
        checkpoint !== null && own.startsWith(`${id}.`) ? [Number(own.slice(id.length + 1))] : [],
      ),
    ofUpload(uploadId) {
      // One that was begun elsewhere belongs to no transfer, also where a transfer began again in
      // its place.
      for (const [id, { checkpoint }] of entries)
        if (
          checkpoint !== null &&
          'uploadId' in checkpoint &&
          checkpoint.uploadId === uploadId &&
          !('source' in checkpoint && checkpoint.source === null)
        )
          return id
      return null
    },
    durable: () => journal.durable(),
    close: () => journal.close(),
  }
}

export interface NotesRead {
  readonly entries: Map<TransferId, Entry>
  apply(note: Note): void
}

/**
 * What the notes come to. A note of a transfer that has ended, or of a kind of a later version,
 * changes nothing.
 */
export function readNotes(): NotesRead {
  const entries = new Map<TransferId, Entry>()
  const entry = (id: TransferId): Entry => {
    const found = entries.get(id) ?? { kept: null, checkpoint: null, parts: new Map() }
    entries.set(id, found)
    return found
  }
  const change = (id: TransferId, to: (kept: Kept) => Kept): void => {
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
        if (one.checkpoint !== null && 'parts' in one.checkpoint)
          for (const part of one.checkpoint.parts) one.parts.set(part.number, part)
        return
      }
      case 'part':
        entries.get(note.id)?.parts.set(note.part.number, note.part)
        return
      case 'drop':
        return forget(entries.get(note.id))
      case 'got':
        // A file that ended well has nothing more to go on with, after a restart either.
        entries.delete(`${note.id}.${note.n}`)
        return change(note.id, (kept) => {
          if (kept.files === null) return kept
          kept.files.done.set(note.n)
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

function forget(entry: Entry | undefined): void {
  if (entry === undefined) return
  entry.checkpoint = null
  entry.parts.clear()
}

function lastOf(entry: Entry | undefined): Checkpoint | null {
  const checkpoint = entry?.checkpoint ?? null
  return checkpoint === null || !('parts' in checkpoint) || entry === undefined
    ? checkpoint
    : { ...checkpoint, parts: [...entry.parts.values()] }
}

/** The same in as few notes as it takes. Of what is done the newest are kept. */
function* snapshot(entries: ReadonlyMap<TransferId, Entry>): Generator<Note> {
  const done = [...entries.values()]
    .flatMap(({ kept }) => (kept?.phase === 'done' ? [kept] : []))
    .sort((a, b) => b.at - a.at)
  const old = new Set(done.slice(DONE_KEPT).map(({ id }) => id))
  for (const [id, entry] of entries) {
    const { kept } = entry
    if (old.has(id)) continue
    if (kept !== null) {
      const { order, at, record, files } = kept
      yield {
        t: 'add',
        id,
        order,
        at,
        record,
        many: files !== null,
        ...(files !== null && {
          got: files.done.toText(),
          skipped: files.skipped,
          bytes: files.bytes,
          ...(files.unsummed && { unsummed: true as const }),
        }),
      }
      if (kept.phase === 'done' && kept.outcome !== null)
        yield {
          t: 'done',
          id,
          at,
          outcome: kept.outcome,
          ...(kept.bytes !== null && { bytes: kept.bytes }),
        }
      else if (kept.phase !== 'waiting' && kept.phase !== 'done')
        yield {
          t: 'phase',
          id,
          phase: kept.phase,
          ...(kept.error !== null && { error: kept.error }),
        }
    }
    const last = lastOf(entry)
    if (last !== null) yield { t: 'note', id, text: writeCheckpoint(last) }
  }
}
