import { z } from 'zod'
import type { AppError } from '../../../../shared/contract/errors.ts'
import type { TransferId } from '../../../../shared/contract/models.ts'
import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import { storedError, type Takes } from '../run/stored-schema.ts'
import type { SavedPart } from '../run/checkpoint.ts'

/** Ended transfers that are still on the list after a restart, at most. */
export const DONE_KEPT = 500

/** What the journal of the queue says, one thing a record. */
export type Note =
  | OneNote
  /** Several at once: a crash leaves all of them or none. */
  | { readonly t: 'all'; readonly id: ''; readonly notes: readonly OneNote[] }

/** One thing. */
export type OneNote =
  /**
   * `many`: it is one of many files; then `got` (a bitmap's text), `skipped` and `bytes` are what
   * it had when the journal was written anew.
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
  /** `bytes`: what it was; older notes do not say. */
  | {
      readonly t: 'done'
      readonly id: TransferId
      readonly at: number
      readonly outcome: TransferOutcome
      readonly bytes?: number
    }
  /** `text`: a checkpoint. */
  | { readonly t: 'note'; readonly id: TransferId; readonly text: string }
  | { readonly t: 'part'; readonly id: TransferId; readonly part: SavedPart }
  | { readonly t: 'drop'; readonly id: TransferId }
  /**
   * Rows `n` to `n + c - 1` of many, of `b` bytes; `s` of them were left as they are; `u` when OSS
   * gave no CRC-64 to compare with. `c` is 1 when it is left out, as older notes do.
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

/** Rows in one unit of many, at most. */
export const MOST_ROWS = 1000

/** More files than a list can have: a bit for each is kept in memory. */
const MOST_FILES = 1_000_000_000

const id = z.string()
const number = z.number()
/** Outcomes have no schema of their own: each is plain data that says whether it was skipped. */
const outcome = z.custom<TransferOutcome>((value) => typeof Object(value).skipped === 'boolean')
/** What a job is made from is read by `app/kinds/kinds.ts`. */
const record = z.custom<unknown>((value) => typeof value === 'object' && value !== null)
const part = z.object({ number, etag: z.string(), crc64: z.string() })

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
  z.object({ t: z.literal('part'), id, part }),
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
 * Reads a record of the journal. Null for a kind or shape that is not known: its sum was right, so
 * some version of ours wrote it, perhaps a later one.
 */
export function noteOf(record: unknown): Note | null {
  const read = notes.safeParse(record)
  return read.success ? read.data : null
}
