import { queryOptions, useMutation, useQuery } from '@tanstack/react-query'
import type { In } from '../../shared/contract/routes.ts'
import type { Transfer, TransferId } from './transfer-facts.ts'
import { call, names } from './core.ts'

export type Transfers = ReadonlyMap<TransferId, Transfer>

/** All transfers by id; `transfers.changed` and `transfers.removed` patch this. */
export const transfersQuery = queryOptions({
  queryKey: names.transfers,
  structuralSharing: false,
  queryFn: async ({ signal }): Promise<Transfers> => new Map((await call('transfers.list', {}, signal)).map((transfer) => [transfer.id, transfer])),
})
export const useTransfers = () => useQuery(transfersQuery)

export type TransferIntent = 'pause' | 'resume' | 'cancel' | 'retry' | 'clear'

/** What the user wants done with some transfers; the answer comes as an event. */
export const useTransferIntent = () =>
  useMutation({ mutationFn: ({ intent, ids }: { readonly intent: TransferIntent; readonly ids: readonly TransferId[] }) => call(`transfers.${intent}`, { ids: [...ids] }) })

export const useStartDownload = () => useMutation({ mutationFn: (input: In<'downloads.start'>) => call('downloads.start', input) })
