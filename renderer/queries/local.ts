import { queryOptions, useMutation } from '@tanstack/react-query'
import { Failure } from '../../shared/contract/errors.ts'
import { call } from './core.ts'
import { inPieces } from './pieces.ts'

/**
 * Lists one folder of the core's computer; null: the user's home. It is never cached, because files
 * change.
 */
export const folderQuery = (path: string | null) =>
  queryOptions({
    queryKey: ['local', path],
    queryFn: ({ signal }) => call('local.list', { path }, signal),
    staleTime: 0,
    gcTime: 0,
  })

/** `write`: a folder to save in, else files and folders to read. */
export const useGrantPaths = (write: boolean) =>
  useMutation({
    mutationFn: async (paths: readonly string[]) => {
      const { results, error } = await inPieces(paths, MOST_PATHS, (piece) =>
        call('local.grant', { paths: piece, write }),
      )
      // Some of the chosen files no longer exist.
      if (error !== null) throw new Failure(error)
      return results.flat()
    },
  })

const MOST_PATHS = 10_000
