import { queryOptions, useMutation } from '@tanstack/react-query'
import { Failure } from '../../shared/contract/errors.ts'
import { call } from './core.ts'
import { inPieces } from './pieces.ts'

/**
 * One folder of the computer the core runs on; null: where the user is at home. Never kept: files
 * come and go.
 */
export const folderQuery = (path: string | null) =>
  queryOptions({
    queryKey: ['local', path],
    queryFn: ({ signal }) => call('local.list', { path }, signal),
    staleTime: 0,
    gcTime: 0,
  })

/** `write`: a folder to save in; else files and folders to read. */
export const useGrantPaths = (write: boolean) =>
  useMutation({
    mutationFn: async (paths: readonly string[]) => {
      const { results, error } = await inPieces(paths, MOST_PATHS, (piece) =>
        call('local.grant', { paths: piece, write }),
      )
      // Some of what was chosen is not what was chosen.
      if (error !== null) throw new Failure(error)
      return results.flat()
    },
  })

const MOST_PATHS = 10_000
