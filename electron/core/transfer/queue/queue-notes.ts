import { z } from 'zod'
import type { AppError } from '../../../../shared/contract/errors.ts'
import type { TransferId } from '../../../../shared/contract/models.ts'
import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import { storedError, type Takes } from '../run/stored-schema.ts'
import type { SavedPart } from '../run/checkpoint.ts'
import { savedPart } from '../run/checkpoint-text.ts'

/** The most ended transfers that stay on the list after a restart. */
export const DONE_KEPT = 500

/** A record of the queue's journal. */
export type Note =
  | OneNote
  /** Several notes in one record. After a crash, all of them are there or none. */
  | { readonly t: 'all'; readonly id: ''; readonly notes: readonly OneNote[] }

/** One fact about one transfer. */
export type OneNote =
  /**
   * A transfer was added. `many`: it is a batch. Then `got` (a bitmap's text), `skipped`, `bytes`
   * and `unsummed` describe the rows that had ended when the whole journal was last written.
   */
  | {
      readonly t: 'add'
      readonly id: TransferId
      readonly order: number
      readonly at: number
      readonly record: unknown
      readonly many: boolean
      readonly got?: string
      readonly skipped?: number
      readonly bytes?: number
      readonly unsummed?: true
    }
  | {
      readonly t: 'phase'
      readonly id: TransferId
      readonly phase: 'waiting' | 'paused' | 'failed' | 'leaving'
      readonly error?: AppError
    }
  /** A transfer is done. `bytes`: its size, which notes of earlier versions leave out. */
  | {
      readonly t: 'done'
      readonly id: TransferId
      readonly at: number
      readonly outcome: TransferOutcome
      readonly bytes?: number
    }
  /** A transfer has a new checkpoint. `text`: the checkpoint. */
  | { readonly t: 'note'; readonly id: TransferId; readonly text: string }
  | { readonly t: 'part'; readonly id: TransferId; readonly part: SavedPart }
  | { readonly t: 'drop'; readonly id: TransferId }
  /**
   * Rows `n` to `n + c - 1` of a batch ended well. `b`: their bytes. `c`: left out for one row, and
   * in notes of earlier versions. `s`: how many rows were skipped. `u`: OSS gave no CRC-64 to
   * compare with.
   */
  | {
      readonly t: 'got'
      readonly id: TransferId
      readonly n: number
      readonly b: number
      readonly c?: number
      readonly s?: number
      readonly u?: 1
    }
  | { readonly t: 'end'; readonly id: TransferId }

/** The most rows in one unit of a batch. */
export const MOST_ROWS = 1000

/** More files than any list has. The memory of a batch has one bit for each file. */
const MOST_FILES = 1_000_000_000

const id = z.string()
const number = z.number()
/** Outcomes have no schema of their own. Each one is plain data with the field `skipped`. */
const outcome = z.custom<TransferOutcome>((value) => typeof Object(value).skipped === 'boolean')
/** `app/kinds/kinds.ts` reads the record of a job. */
const record = z.custom<unknown>((value) => typeof value === 'object' && value !== null)

const one = z.discriminatedUnion('t', [
  z.object({
    t: z.literal('add'),
    id,
    order: number,
    at: number,
    record,
    many: z.boolean(),
    got: z.string().exactOptional(),
    skipped: number.exactOptional(),
    bytes: number.exactOptional(),
    unsummed: z.literal(true).exactOptional(),
  }),
  z.object({
    t: z.literal('phase'),
    id,
    phase: z.enum(['waiting', 'paused', 'failed', 'leaving']),
    error: storedError.exactOptional(),
  }),
  z.object({ t: z.literal('done'), id, at: number, outcome, bytes: number.exactOptional() }),
  z.object({ t: z.literal('note'), id, text: z.string() }),
  z.object({ t: z.literal('part'), id, part: savedPart }),
  z.object({ t: z.literal('drop'), id }),
  z.object({
    t: z.literal('got'),
    id,
    n: z.number().min(0).lt(MOST_FILES),
    b: number,
    c: z.number().min(1).max(MOST_ROWS).exactOptional(),
    s: z.number().min(0).exactOptional(),
    u: z.literal(1).exactOptional(),
  }),
  z.object({ t: z.literal('end'), id }),
])
const several = z.object({ t: z.literal('all'), id: z.literal(''), notes: z.array(one).readonly() })
const notes = z.discriminatedUnion('t', [one, several]) satisfies z.ZodType<Note>

true satisfies Takes<Note, typeof notes>

/**
 * Reads a record of the journal. Null for a kind or shape that is not known. The checksum of such a
 * record was right, so some version of the app wrote it, perhaps a later one.
 */
export function noteOf(record: unknown): Note | null {
  const read = notes.safeParse(record)
  return read.success ? read.data : null
}
