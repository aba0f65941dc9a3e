import { notifyManager, QueryClient } from '@tanstack/react-query'
import { Failure, valueOf } from '../../shared/contract/errors.ts'
import type { ObjectRow } from '../../shared/contract/models.ts'
import type { HostFiles } from '../../shared/contract/routes/host.ts'
import type { In, Out, RouteName } from '../../shared/contract/routes/routes.ts'
import type { Shell } from '../shell/shell.ts'
import type { RowsView } from './rows/rows-view.ts'
import { isLocked, askToUnlock } from './unlock.ts'

let shell: Shell | null = null

/** Sets the shell of the page. Called once, at the start of the page or of a test. */
export function connect(to: Shell): void {
  shell = to
}

function connected(): Shell {
  if (shell === null) throw new Error('no shell: connect() comes first')
  return shell
}

/** The shell's ways to choose files. */
export const hostFiles = (): HostFiles => connected().files

/**
 * Calls the core and returns the value, or throws a {@link Failure}, as react-query expects. If the
 * secrets are locked, the user is asked to unlock them and the call is sent again, so that no form
 * is lost. Error 'cancelled': the user did not unlock them.
 */
export async function call<N extends RouteName>(
  name: N,
  input: In<N>,
  signal?: AbortSignal,
): Promise<Out<N>> {
  const result = await connected().bridge.call(name, input, signal)
  if (result.ok || !isLocked(result.error) || BY_ITSELF.has(name)) return valueOf(result)
  if (!(await askToUnlock(result.error))) throw new Failure({ code: 'cancelled' })
  return valueOf(await connected().bridge.call(name, input, signal))
}

/**
 * Routes that the page calls by itself. They open no dialog: the page shows that it is locked, and
 * `secrets.changed` calls them again.
 */
const BY_ITSELF: ReadonlySet<RouteName> = new Set([
  'buckets.list',
  'objects.list',
  'listing.open',
  'index.rows',
  'index.position',
  'index.keys',
  'index.sizes',
  'index.info',
  'objects.facts',
  'objects.encryption',
  'objects.sniff',
  'objects.count',
  'preview.open',
  'leftovers.list',
  'keys.list',
  'offline.inspect',
  'offline.pair',
])

/**
 * Creates the cache, which mirrors the core. Entries never become stale by themselves; events
 * change them (see events.ts).
 */
export function createClient(): QueryClient {
  // Notifies in the same turn, so that a button is busy before the second click of a double click.
  notifyManager.setScheduler(queueMicrotask)
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Infinity,
        gcTime: 10 * 60_000,
        retry: false,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        networkMode: 'always',
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  })
}

const whereOf = <K extends string>(kind: K, { profileId, bucket, prefix }: RowsView['scope']) =>
  [kind, profileId, bucket, prefix] as const

/** Keys of the cache. They stand in one place because events.ts changes their entries. */
export const names = {
  app: ['app'] as const,
  settings: ['settings'] as const,
  secrets: ['secrets'] as const,
  profiles: ['profiles'] as const,
  keys: ['keys'] as const,
  transfers: ['transfers'] as const,
  places: ['places'] as const,
  edits: ['edits'] as const,
  indexInfo: ['index-info'] as const,
  plan: (id: string) => ['plan', id] as const,
  buckets: (profileId: string) => ['buckets', profileId] as const,
  leftovers: (profileId: string, bucket: string) => ['leftovers', profileId, bucket] as const,
  listing: (profileId: string, bucket: string, prefix: string) =>
    ['listing', profileId, bucket, prefix] as const,
  /** The first four parts say where the rows are, so that a change finds them. */
  rows: ({ scope, sort, filter }: RowsView, page: number) =>
    [...whereOf('rows', scope), scope.depth, JSON.stringify([sort, filter]), page] as const,
  position: ({ scope, sort, filter }: RowsView, bucket: string, key: string) =>
    [
      ...whereOf('position', scope),
      scope.depth,
      JSON.stringify([sort, filter]),
      bucket,
      key,
    ] as const,
  sizes: (profileId: string, bucket: string, prefix: string) =>
    ['sizes', profileId, bucket, prefix] as const,
  sync: (profileId: string, bucket: string | null, prefix: string) =>
    ['sync', profileId, bucket, prefix] as const,
  states: (profileId: string) => ['states', profileId] as const,
  facts: (profileId: string, bucket: string, key: string) =>
    ['facts', profileId, bucket, key] as const,
  seal: (
    profileId: string,
    bucket: string,
    { key, etag, modified }: Pick<ObjectRow, 'key' | 'etag' | 'modified'>,
  ) => ['seal', profileId, bucket, key, etag, modified] as const,
  encryption: (
    profileId: string,
    bucket: string,
    { key, etag, modified }: Pick<ObjectRow, 'key' | 'etag' | 'modified'>,
  ) => ['encryption', profileId, bucket, key, etag, modified] as const,
}
