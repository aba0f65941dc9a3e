import type { AppError } from '../../../shared/contract/errors.ts'
import type { TransferId } from '../../../shared/contract/models.ts'
import type { TransferOutcome } from '../../../shared/contract/models-transfers.ts'
import type { SavedPart } from '../../../shared/format/checkpoint.ts'

/** Ended transfers that are still on the list after a restart, at most. */
export const DONE_KEPT = 500

/** What the journal of the queue says, one thing a record. */
export type Note =
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
   * File `n` of many, of `b` bytes; `s` when it was skipped, `u` when OSS gave no CRC-64 to compare
   * with.
   */
  | {
      readonly t: 'got'
      readonly id: TransferId
      readonly n: number
      readonly b: number
      readonly s?: 1
      readonly u?: 1
    }
  | { readonly t: 'end'; readonly id: TransferId }
  /** Several at once: a crash leaves all of them or none. */
  | { readonly t: 'all'; readonly id: ''; readonly notes: readonly Note[] }

const KINDS: ReadonlySet<string> = new Set([
  'add',
  'phase',
  'done',
  'note',
  'part',
  'drop',
  'got',
  'end',
  'all',
] satisfies readonly Note['t'][])

/**
 * A record of the journal, if it is of a kind and shape that is known. Its sum was right, so some
 * version of ours wrote it: perhaps a later one.
 */
export function noteOf(record: unknown): Note | null {
  const note = Object(record) as Record<string, unknown>
  const { t, id } = note
  return typeof t === 'string' &&
    KINDS.has(t) &&
    typeof id === 'string' &&
    isWhole(t as Note['t'], note)
    ? (record as Note)
    : null
}

const PHASES: ReadonlySet<unknown> = new Set(['waiting', 'paused', 'failed', 'leaving'])
/** More files than a list can have: a bit for each is kept in memory. */
const MOST_FILES = 1_000_000_000

function isWhole(t: Note['t'], note: Readonly<Record<string, unknown>>): boolean {
  const numbers = (...names: readonly string[]): boolean =>
    names.every((name) => Number.isFinite(note[name]))
  const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null
  switch (t) {
    case 'add':
      return numbers('order', 'at') && typeof note['many'] === 'boolean' && isObject(note['record'])
    case 'phase':
      return (
        PHASES.has(note['phase']) &&
        (note['error'] === undefined || typeof Object(note['error']).code === 'string')
      )
    case 'done':
      return numbers('at') && typeof Object(note['outcome']).skipped === 'boolean'
    case 'note':
      return typeof note['text'] === 'string'
    case 'part':
      return Number.isFinite(Object(note['part']).number)
    case 'got':
      return numbers('n', 'b') && (note['n'] as number) >= 0 && (note['n'] as number) < MOST_FILES
    case 'all':
      return Array.isArray(note['notes']) && note['notes'].every((one) => noteOf(one) !== null)
    case 'drop':
    case 'end':
      return true
  }
}
