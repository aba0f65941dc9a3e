import { useQueries } from '@tanstack/react-query'
import { useKeys } from '../../queries/keys.ts'
import { inspectQuery, stampOf } from '../../queries/offline.ts'
import { useTransfers } from '../../queries/transfers.ts'
import type { MasterKey } from '../../../shared/contract/models.ts'
import type { OfflineItem } from '../../../shared/contract/models-transfers.ts'
import { useOffline, type OfflineRow } from '../../state/offline.ts'
import { kindFor } from '../objects/details/format-words.ts'
import { stateOf, type RowState } from './offline-state.ts'

export interface ShownRow {
  readonly row: OfflineRow
  readonly item: OfflineItem
  readonly state: RowState
  /** The key that opens it, or the one the user forces; '' when none is known. */
  readonly keyName: string
  /** What the key is that will be used: one in KMS needs the network. Null when none is known. */
  readonly keyKind: MasterKey['kind'] | null
}

/**
 * Every row with what is true of it now: its pairing, looked at again when keys change, and its
 * transfer.
 */
export function useOfflineRows(): readonly ShownRow[] {
  const { rows, keyId } = useOffline()
  const keys = useKeys().data
  const transfers = useTransfers().data
  const stamp = stampOf(keys)
  const looked = useQueries({
    queries: rows.map((row) => ({
      ...inspectQuery(
        row.id,
        { blob: row.item.blob?.id ?? '-', envelope: row.envelope, envelopeText: row.pasted },
        stamp,
      ),
      // An envelope alone cannot be looked at.
      enabled: row.item.blob !== null && keys !== undefined,
      placeholderData: row.item,
    })),
  })
  const forced = keys?.find((key) => key.id === keyId)
  return rows.map((row, i) => {
    const item = looked[i]?.data ?? row.item
    const transfer = row.transferId === null ? undefined : transfers?.get(row.transferId)
    const state = stateOf(item, transfer, row.error, forced !== undefined)
    const sealed = item.encryption?.state === 'sealed' ? item.encryption : undefined
    return {
      row,
      item,
      state,
      keyName: transfer?.keyName ?? forced?.name ?? sealed?.keyName ?? '',
      keyKind: kindUsed(item, forced),
    }
  })
}

/** A forced key of another kind than the envelope needs is not even asked. */
function kindUsed(
  { encryption }: OfflineItem,
  forced: MasterKey | undefined,
): MasterKey['kind'] | null {
  if (encryption?.state !== 'sealed' && encryption?.state !== 'nokey') return null
  if (forced === undefined) return encryption.state === 'sealed' ? encryption.keyKind : null
  return forced.kind === kindFor(encryption.facts) ? forced.kind : null
}
