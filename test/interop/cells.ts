import type { Group } from './cases.ts'
import { knownFailure } from './known.ts'
import type { Format } from './protocol.ts'

/** One thing that was tried: what `writer` wrote, read by `reader`; or the writing itself, when it did not come to reading. */
export interface Cell {
  readonly writer: string
  /** '' for the writing itself. */
  readonly reader: string
  readonly format: Format
  readonly group: Group
  readonly name: string
}

export interface Judged extends Cell {
  readonly state: 'passed' | 'documented' | 'failed'
  /** Why it failed, or the reason of a documented failure. */
  readonly detail: string
  /** What the SDK said, for a documented failure. */
  readonly said: string
}

/** What became of one try. `unsupported`: the SDK has no such call. */
export type Tried = { readonly ok: true } | { readonly ok: false; readonly error: string; readonly unsupported: boolean }

/** A try beside the table of known failures. One that is in the table and passes is a mistake of the table. */
export function judge(cell: Cell, tried: Tried): Judged {
  const known = knownFailure(cell)
  if (tried.ok) return known === undefined ? { ...cell, state: 'passed', detail: '', said: '' } : { ...cell, state: 'failed', detail: `the table says that it fails, and it passes: ${known.reason}`, said: '' }
  if (known !== undefined && tried.unsupported === (known.kind === 'not offered')) return { ...cell, state: 'documented', detail: known.reason, said: tried.error }
  return { ...cell, state: 'failed', detail: tried.error, said: '' }
}
