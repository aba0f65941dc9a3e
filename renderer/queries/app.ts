import { queryOptions, useQuery } from '@tanstack/react-query'
import { call, names } from './core.ts'

/** Version, platform and the practice bucket. */
export const appQuery = queryOptions({
  queryKey: names.app,
  queryFn: ({ signal }) => call('app.info', {}, signal),
})
export const useApp = () => useQuery(appQuery)
