import { useState } from 'react'
import type { Grant } from '../../../shared/contract/models-transfers.ts'
import { hostFiles } from '../../queries/core.ts'
import { errorOf } from '../../text/error-of.ts'
import { usePairFiles, useStartDecrypt } from '../../queries/offline.ts'
import { isOpen, patchRow, setPaired, useOffline, type OfflineRow } from '../../state/offline.ts'

/** What can be done on the offline page. Every act reads the rows as they are when it happens. */
export function useOfflineActs() {
  const pair = usePairFiles()
  const start = useStartDecrypt()
  const [taking, setTaking] = useState<number | null>(null)
  const [refusal, setRefusal] = useState<unknown>(null)

  const add = (grants: readonly Grant[]) => {
    const files = grants.map((grant) => grant.id)
    if (files.length === 0) return
    // Halves that are still alone are paired again, together with what came now: the order of
    // dropping does not matter.
    const alone = useOffline
      .getState()
      .rows.filter(isOpen)
      .flatMap((row) =>
        [row.item.blob?.id, row.item.envelope?.grant].filter((id) => typeof id === 'string'),
      )
    pair.mutate([...alone, ...files], { onSuccess: setPaired })
  }
  const choose = async () => add((await hostFiles().pickFiles()) ?? [])
  /** Must be called in the drop handler itself. */
  const drop = async (transfer: DataTransfer) => {
    setTaking(0)
    setRefusal(null)
    try {
      add(await hostFiles().dropped(transfer, setTaking))
    } catch (cause) {
      setRefusal(cause)
    } finally {
      setTaking(null)
    }
  }
  const chooseTarget = async (): Promise<Grant | null> => {
    const target = await hostFiles().pickTarget()
    if (target !== null) useOffline.setState({ target })
    return target
  }
  /** Asks for the folder when none is chosen yet; a cancelled question starts nothing. */
  const decrypt = async (rows: readonly OfflineRow[], repair = false) => {
    const target = useOffline.getState().target ?? (await chooseTarget())
    if (target === null) return
    const { keyId } = useOffline.getState()
    for (const row of rows) {
      if (row.item.blob === null) continue
      const input = {
        blob: row.item.blob.id,
        envelope: row.envelope,
        envelopeText: row.pasted,
        keyIds: keyId === '' ? [] : [keyId],
        target: target.id,
        fileName: null,
        existing: 'rename' as const,
        repair,
      }
      try {
        patchRow(row.id, { transferId: await start.mutateAsync(input), error: null })
      } catch (cause) {
        patchRow(row.id, { transferId: null, error: errorOf(cause) })
      }
    }
  }
  const chooseEnvelope = async (row: OfflineRow) => {
    const [grant] = (await hostFiles().pickFiles()) ?? []
    if (grant !== undefined)
      patchRow(row.id, {
        envelope: grant.id,
        pasted: null,
        error: null,
        transferId: null,
        item: { ...row.item, envelope: { name: grant.name, source: 'dropped', grant: grant.id } },
      })
  }
  return {
    add,
    choose,
    drop,
    chooseTarget,
    decrypt,
    chooseEnvelope,
    taking,
    pairing: pair.isPending,
    starting: start.isPending,
    error: refusal ?? pair.error,
  }
}

export type OfflineActs = ReturnType<typeof useOfflineActs>
