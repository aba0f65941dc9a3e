import type { Cell } from './cases.ts'
import { knownFailure } from './known.ts'

export interface CellResult extends Cell {
  readonly state: 'passed' | 'documented' | 'failed'
  /** Why it failed, or the reason of a documented failure. */
  readonly detail: string
  /** The SDK's message, for a documented failure. */
  readonly said: string
}

/** The result of one try. `unsupported`: the SDK has no such call. */
export type Tried =
  | { readonly ok: true }
  | { readonly ok: false; readonly error: string; readonly unsupported: boolean }

/**
 * A try beside the table of known failures. One that is in the table and passes is a mistake of the
 * table.
 */
export function cellResult(cell: Cell, tried: Tried): CellResult {
  const known = knownFailure(cell)
  if (tried.ok)
    return known === undefined
      ? { ...cell, state: 'passed', detail: '', said: '' }
      : {
          ...cell,
          state: 'failed',
          detail: `the table says that it fails, and it passes: ${known.reason}`,
          said: '',
        }
  if (known !== undefined && tried.unsupported === (known.kind === 'not offered'))
    return { ...cell, state: 'documented', detail: known.reason, said: tried.error }
  return { ...cell, state: 'failed', detail: tried.error, said: '' }
}
