import { queryOptions, useMutation } from '@tanstack/react-query'
import type { MasterKey } from '../../shared/contract/models.ts'
import type { In } from '../../shared/contract/routes/routes.ts'
import { call } from './core.ts'

/** Pairs files and envelopes by name, then by size. Reads local files only. */
export const usePairFiles = () =>
  useMutation({
    mutationFn: (grants: readonly string[]) => call('offline.pair', { grants: [...grants] }),
  })

/**
 * Inspects one file with its envelope: the one beside it, a chosen one, or pasted headers. `keys`:
 * the keys that the answer depends on, see {@link stampOf}. `row`: a row that is paired again is
 * another row, because an envelope may lie beside the file now.
 */
export const inspectQuery = (row: string, input: In<'offline.inspect'>, keys: string) =>
  queryOptions({
    queryKey: ['offline', row, input, keys],
    queryFn: ({ signal }) => call('offline.inspect', input, signal),
  })

/** Changes whenever another key may open an envelope. */
export const stampOf = (keys: readonly MasterKey[] | undefined): string =>
  (keys ?? [])
    .map((key) => `${key.id} ${key.hasPrivate && key.unavailable === null} ${key.description}`)
    .join('\n')

/** For a dialog that needs the answer once. */
export const useInspectPair = () =>
  useMutation({ mutationFn: (input: In<'offline.inspect'>) => call('offline.inspect', input) })

/** Starts decrypting. The rest is a transfer like any other. */
export const useStartDecrypt = () =>
  useMutation({ mutationFn: (input: In<'offline.start'>) => call('offline.start', input) })
