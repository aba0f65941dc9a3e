import type { TransferId } from '../../shared/contract/models.ts'
import type { Transfer } from '../../shared/contract/models-transfers.ts'

interface Group {
  readonly waiting: Set<TransferId>
  readonly ended: Transfer[]
  readonly onEnded: (ended: readonly Transfer[]) => void
}

const groups = new Set<Group>()

/**
 * Calls `onEnded` once when all of these transfers have ended well. It is never called when one of
 * them fails or leaves the list: the list of transfers shows that. `known`: the transfers as they
 * are now, since some may have ended already.
 */
export function awaitTransfers(
  ids: readonly TransferId[],
  known: (id: TransferId) => Transfer | undefined,
  onEnded: (ended: readonly Transfer[]) => void,
): void {
  if (ids.length === 0) return
  const group: Group = { waiting: new Set(ids), ended: [], onEnded }
  groups.add(group)
  noteTransfers(ids.flatMap((id) => known(id) ?? []))
}

/** Tells the groups which transfers changed. */
export function noteTransfers(changed: readonly Transfer[]): void {
  for (const group of groups)
    for (const transfer of changed) {
      if (!group.waiting.has(transfer.id)) continue
      if (transfer.phase === 'failed') groups.delete(group)
      if (transfer.phase !== 'done') continue
      group.waiting.delete(transfer.id)
      group.ended.push(transfer)
      if (group.waiting.size === 0 && groups.delete(group)) group.onEnded(group.ended)
    }
}

/** Tells the groups which transfers left the list. */
export function dropTransfers(ids: readonly TransferId[]): void {
  for (const group of groups) if (ids.some((id) => group.waiting.has(id))) groups.delete(group)
}
