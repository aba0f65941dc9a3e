import type { AppError } from '../../../../shared/contract/errors.ts'
import type { TransferId } from '../../../../shared/contract/models.ts'
import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import { writeCheckpoint } from '../run/checkpoint-text.ts'
import type { Journal } from '../../store/journal.ts'
import { DONE_KEPT, type Note } from './queue-notes.ts'
import { lastOf, type NotedTransfer, type StoredTransfer, type NotesRead } from './read-notes.ts'
import type { CheckpointStore } from '../run/checkpoint-store.ts'

/**
 * Stores the transfers of the queue across restarts. Each change is in the journal before anybody
 * is told of it.
 */
export interface QueueBook {
  /** Returns the transfers as they were when the app was last open, in their order. */
  restored(): readonly StoredTransfer[]
  /** Adds transfers in one record. After a crash, all of them are there or none. */
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
  /** Notes that a unit of a batch ended well, and drops the notes under the unit's own id. */
  got(id: TransferId, index: number, bytes: number, how: HowFar, own: TransferId): void
  /** Writes the whole journal again, in as few notes as possible. */
  tidy(): void
  /** Notes that a transfer is off the list. */
  ended(id: TransferId): void
  saved(id: TransferId): CheckpointStore
  /** Returns the numbers of the units of a batch that have a checkpoint. */
  begunOf(id: TransferId): readonly number[]
  /** Returns the transfer that an upload in the bucket belongs to, or null. */
  ofUpload(uploadId: string): TransferId | null
  /** Resolves when every note is on the disk. */
  durable(): Promise<void>
  close(): Promise<void>
}

/** The result of a unit that ended well. `unsummed`: OSS gave no CRC-64 to compare with. */
export interface HowFar {
  /** The rows of the unit, and how many of them were skipped. */
  readonly count: number
  readonly skipped: number
  readonly unsummed: boolean
}

/**
 * Makes the book on an open journal. `journal`: opened with the reader that {@link readNotes}
 * gives. `prints`: the folder of prints, or null.
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
    got: (id, index, bytes, { count, skipped, unsummed }, own) => {
      write({
        t: 'got',
        id,
        n: index,
        b: bytes,
        ...(count > 1 && { c: count }),
        ...(skipped > 0 && { s: skipped }),
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
        // The note of an object in one request need not survive a power cut. One more request then
        // finds the object.
        if (checkpoint.way !== 'whole' || checkpoint.stage === 'proven') await journal.durable()
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
      // An upload without a record on this computer belongs to no transfer, even when a transfer
      // started over in its place.
      for (const [id, { checkpoint }] of entries)
        if (
          checkpoint?.started?.kind === 'upload' &&
          checkpoint.started.uploadId === uploadId &&
          checkpoint.stage !== 'foreign'
        )
          return id
      return null
    },
    durable: () => journal.durable(),
    close: () => journal.close(),
  }
}

/**
 * Yields the fewest notes that give the same entries. Of the transfers that are done, only the
 * newest {@link DONE_KEPT} stay.
 */
function* snapshot(entries: ReadonlyMap<TransferId, NotedTransfer>): Generator<Note> {
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
