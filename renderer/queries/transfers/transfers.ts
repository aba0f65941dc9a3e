import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import type { In } from '../../../shared/contract/routes/routes.ts'
import { Failure } from '../../../shared/contract/errors.ts'
import type { TransferId } from '../../../shared/contract/models.ts'
import type { Transfer } from '../../../shared/contract/models-transfers.ts'
import { inPieces } from '../pieces.ts'
import { transfersOf, type Transfers } from './transfer-book.ts'
import { call, names } from '../core.ts'

/** All transfers. `transfers.changed` and `transfers.removed` update them. */
export const transfersQuery = queryOptions({
  queryKey: names.transfers,
  structuralSharing: false,
  queryFn: async ({ signal }): Promise<Transfers> =>
    transfersOf(await call('transfers.list', {}, signal)),
})
export const useTransfers = () => useQuery(transfersQuery)

/** Number of unfinished transfers. A component renders again only when it changes. */
export const useUnfinished = (): number =>
  useQuery({ ...transfersQuery, select: (transfers) => transfers.totals().unfinished }).data ?? 0

/** Returns a function that gives a transfer as the window knows it now. */
export function useKnownTransfer(): (id: TransferId) => Transfer | undefined {
  const client = useQueryClient()
  return useCallback((id) => client.getQueryData<Transfers>(names.transfers)?.get(id), [client])
}

export type TransferIntent =
  'pause' | 'resume' | 'cancel' | 'retry' | 'startOver' | 'withoutSeal' | 'clear'

/** The most transfers of one call. */
const MOST = 100_000

/** Makes a call on some transfers. Its effect comes as an event. */
export const useTransferIntent = () =>
  useMutation({
    async mutationFn({
      intent,
      ids,
    }: {
      readonly intent: TransferIntent
      readonly ids: readonly TransferId[]
    }) {
      const { error } = await inPieces(ids, MOST, (piece) =>
        call(`transfers.${intent}`, { ids: piece }),
      )
      if (error !== null) throw new Failure(error)
    },
  })

/** The most skipped objects of one page. */
export const MOST_SKIPPED = 200

/** Asks for one page of the objects that a transfer of many skipped or left. */
export const useSkipped = (id: TransferId, offset: number) =>
  useQuery({
    queryKey: ['skipped', id, offset] as const,
    gcTime: 0,
    queryFn: ({ signal }) => call('transfers.skipped', { id, offset, count: MOST_SKIPPED }, signal),
  })

/** Decides about names that are taken. */
export const useDecide = () =>
  useMutation({
    mutationFn: ({ ids, existing }: In<'transfers.decide'>) =>
      call('transfers.decide', { ids, existing }),
  })

export const startDownload = (input: In<'downloads.start'>) => call('downloads.start', input)
