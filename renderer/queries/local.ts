import { queryOptions, useMutation } from '@tanstack/react-query'
import { call } from './core.ts'

/** One folder of the computer the core runs on; null: where the user is at home. Never kept: files come and go. */
export const folderQuery = (path: string | null) =>
  queryOptions({ queryKey: ['local', path], queryFn: ({ signal }) => call('local.list', { path }, signal), staleTime: 0, gcTime: 0 })

/** `write`: a folder to save in; else files and folders to read. */
export const useGrantPaths = (write: boolean) => useMutation({ mutationFn: (paths: readonly string[]) => call('local.grant', { paths: [...paths], write }) })
