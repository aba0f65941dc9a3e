import { TROUBLE } from '../../../shared/contract/transfer-phases.ts'
import type { AppError } from '../../../shared/contract/errors.ts'
import type { OfflineItem, Transfer } from '../../../shared/contract/models-transfers.ts'

/** The state of a row, from the strongest fact to the weakest. */
export type RowState =
  | { readonly kind: 'no-envelope' | 'no-blob' | 'plain' | 'ready' | 'checking' }
  | { readonly kind: 'no-key'; readonly description: string }
  | { readonly kind: 'broken'; readonly header: string; readonly problem: 'missing' | 'invalid' }
  | { readonly kind: 'failed'; readonly error: AppError }
  | { readonly kind: 'moving' | 'waiting' | 'paused' | 'done'; readonly transfer: Transfer }

/** `forced`: the user chose the key, so the description decides nothing. */
export function rowStateOf(
  item: OfflineItem,
  transfer: Transfer | undefined,
  refused: AppError | null,
  forced: boolean,
): RowState {
  if (transfer !== undefined) {
    if (transfer.error !== null && TROUBLE.has(transfer.phase)) return failed(transfer.error)
    if (transfer.phase === 'paused' || transfer.phase === 'waiting' || transfer.phase === 'done')
      return { kind: transfer.phase, transfer }
    return { kind: 'moving', transfer }
  }
  if (refused !== null) return failed(refused)
  if (item.blob === null) return { kind: 'no-blob' }
  if (item.envelope === null) return { kind: 'no-envelope' }
  if (item.error !== null) return failed(item.error)
  const { encryption } = item
  switch (encryption?.state) {
    case undefined:
      return { kind: 'checking' }
    case 'plain':
      return { kind: 'plain' }
    case 'broken':
      return { kind: 'broken', header: encryption.header, problem: encryption.problem }
    case 'later':
      return { kind: 'failed', error: { code: 'unsupported-format', format: encryption.format } }
    case 'encrypted':
      return { kind: 'ready' }
    case 'nokey':
      return forced
        ? { kind: 'ready' }
        : { kind: 'no-key', description: encryption.facts.description }
  }
}

function failed(error: AppError): RowState {
  if (error.code === 'no-envelope') return { kind: 'no-envelope' }
  if (error.code === 'not-an-envelope')
    return { kind: 'broken', header: error.header, problem: error.problem }
  if (error.code === 'unknown-master-key') return { kind: 'no-key', description: error.description }
  return { kind: 'failed', error }
}

/** True if the row waits for the user. */
export const rowNeedsUser = (state: RowState): boolean =>
  !['ready', 'checking', 'moving', 'waiting', 'paused', 'done'].includes(state.kind)
