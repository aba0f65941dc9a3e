import { useQueries } from '@tanstack/react-query'
import { useKeys } from '../../queries/keys.ts'
import { inspectQuery, stampOf } from '../../queries/offline.ts'
import { useTransfers } from '../../queries/transfers/transfers.ts'
import type { MasterKey } from '../../../shared/contract/models.ts'
import type { OfflineItem } from '../../../shared/contract/models-transfers.ts'
import { useOffline, type OfflineRow } from '../../state/offline.ts'
import { kindFor } from '../objects/details/format-words.ts'
import { rowStateOf, type RowState } from './offline-state.ts'

export interface ShownRow {
  readonly row: OfflineRow
  readonly item: OfflineItem
  readonly state: RowState
  /** The key that opens the row, or that the user chose; '' if none is known. */
  readonly keyName: string
  /** The kind of the key: one in KMS needs the network. Null if none is known. */
  readonly keyKind: MasterKey['kind'] | null
}

/** Every row with its state: its pairing, read again when keys change, and its transfer. */
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
      // An envelope alone has no content to inspect.
      enabled: row.item.blob !== null && keys !== undefined,
      placeholderData: row.item,
    })),
  })
  const forced = keys?.find((key) => key.id === keyId)
  return rows.map((row, i) => {
    const item = looked[i]?.data ?? row.item
    const transfer = row.transferId === null ? undefined : transfers?.get(row.transferId)
    const state = rowStateOf(item, transfer, row.error, forced !== undefined)
    const encrypted = item.encryption?.state === 'encrypted' ? item.encryption : undefined
    return {
      row,
      item,
      state,
      keyName: transfer?.keyName ?? forced?.name ?? encrypted?.keyName ?? '',
      keyKind: kindUsed(item, forced),
    }
  })
}

/** A chosen key of another kind than the envelope's is not tried. */
function kindUsed(
  { encryption }: OfflineItem,
  forced: MasterKey | undefined,
): MasterKey['kind'] | null {
  if (encryption?.state !== 'encrypted' && encryption?.state !== 'nokey') return null
  if (forced === undefined) return encryption.state === 'encrypted' ? encryption.keyKind : null
  return forced.kind === kindFor(encryption.facts) ? forced.kind : null
}
