import type { QueryClient } from '@tanstack/react-query'
import type { Bridge } from '../../shared/contract/routes/bridge.ts'
import type {
  Encryption,
  MasterKey,
  ObjectFacts,
  TransferId,
} from '../../shared/contract/models.ts'
import type { ListingStatus, StatesProgress } from '../../shared/contract/models-index.ts'
import type { Transfer } from '../../shared/contract/models-transfers.ts'
import type { AppError } from '../../shared/contract/errors.ts'
import { names } from './core.ts'
import { transfersOf, type Transfers } from './transfers/transfer-book.ts'
import type { Totals } from './transfers/transfer-facts.ts'

/** Events that the window follows besides the cache. */
export interface Followers {
  readonly onTransfers: (
    changed: readonly Transfer[],
    all: Transfers,
    before: PreviousState,
  ) => void
  readonly onProblem: (error: AppError) => void
}

/** The changed transfers, and the totals, before a change. */
export interface PreviousState {
  readonly get: (id: TransferId) => Transfer | undefined
  readonly totals: Totals
}

/**
 * Applies the core's events to the cache. This is the only place that does. Returns a function that
 * stops it.
 */
export function followCore(client: QueryClient, bridge: Bridge, followers: Followers): () => void {
  const refresh = refresher(client)
  const offs = [
    bridge.on('transfers.changed', (changed) => {
      const listed = client.getQueryData<Transfers>(names.transfers)
      const known = listed ?? transfersOf([])
      const earlier = new Map(
        changed.flatMap(({ id }) => known.get(id) ?? []).map((transfer) => [transfer.id, transfer]),
      )
      const before: PreviousState = { get: (id) => earlier.get(id), totals: known.totals() }
      const after = known.with(changed)
      client.setQueryData<Transfers>(names.transfers, after)
      // These are not all transfers, so the list is asked for all the same.
      if (listed === undefined) void client.invalidateQueries({ queryKey: names.transfers })
      for (const transfer of changed) markWrongKey(client, transfer)
      followers.onTransfers(changed, after, before)
    }),
    bridge.on(
      'transfers.removed',
      (ids) => void client.setQueryData<Transfers>(names.transfers, (known) => known?.without(ids)),
    ),
    bridge.on('plan.changed', (plan) => void client.setQueryData(names.plan(plan.id), plan)),
    bridge.on('plan.removed', (id) => client.removeQueries({ queryKey: names.plan(id) })),
    bridge.on('keys.changed', (keys) => {
      const before = client.getQueryData<readonly MasterKey[]>(names.keys)
      client.setQueryData(names.keys, keys)
      if (before === undefined || whichOpen(before) !== whichOpen(keys)) {
        void client.invalidateQueries({ queryKey: ['encryption'] })
        void client.invalidateQueries({ queryKey: ['facts'] })
        void client.invalidateQueries({ queryKey: ['sniff'] })
      }
    }),
    bridge.on('profiles.changed', (profiles) => {
      client.setQueryData(names.profiles, profiles)
      void client.invalidateQueries({ queryKey: ['buckets'] })
    }),
    bridge.on('settings.changed', (settings) => void client.setQueryData(names.settings, settings)),
    bridge.on('places.changed', (lists) => void client.setQueryData(names.places, lists)),
    bridge.on('edits.changed', (copies) => void client.setQueryData(names.edits, copies)),
    bridge.on('secrets.changed', (status) => {
      client.setQueryData(names.secrets, status)
      void client.invalidateQueries({ queryKey: names.keys })
      // Lists that failed for lack of a secret may work now.
      if (status.state === 'working')
        void client.refetchQueries({
          predicate: ({ state, queryKey }) =>
            state.status === 'error' ||
            (queryKey[0] === 'listing' && (state.data as ListingStatus | undefined)?.error != null),
          type: 'active',
        })
    }),
    bridge.on('objects.changed', (change) =>
      refresh(change, ['rows', 'sizes', 'folders', 'facts']),
    ),
    bridge.on('listing.changed', ({ profileId, bucket, prefix, status }) => {
      client.setQueryData<ListingStatus>(names.listing(profileId, bucket, prefix), status)
      refresh({ profileId, bucket, prefix }, ['rows'])
    }),
    bridge.on('index.changed', ({ profileId, bucket, prefix, sync, states }) => {
      if (sync !== null)
        client.setQueryData<ListingStatus>(names.sync(profileId, bucket, prefix), sync)
      if (states !== null) client.setQueryData<StatesProgress>(names.states(profileId), states)
      refresh({ profileId, bucket, prefix }, ['rows', 'sizes'])
    }),
    bridge.on('app.problem', followers.onProblem),
  ]
  return () => {
    for (const off of offs) off()
  }
}

/**
 * The fields that decide which objects open. Counts of seen objects change often and decide
 * nothing.
 */
const whichOpen = (keys: readonly MasterKey[]): string =>
  JSON.stringify(
    keys.map((key) => [key.id, key.name, key.description, key.hasPrivate, key.unavailable]),
  )

/** A key was tried and does not open the envelope: the row says so at once. */
function markWrongKey(client: QueryClient, transfer: Transfer): void {
  const { error, profileId, bucket, key } = transfer
  if (error?.code !== 'wrong-master-key' || profileId === null || bucket === null || key === null)
    return
  client.setQueriesData<Encryption | null>(
    { queryKey: ['encryption', profileId, bucket, key] },
    (known) => (known ? asMissing(known) : known),
  )
  client.setQueryData<ObjectFacts>(
    names.facts(profileId, bucket, key),
    (facts) => facts && { ...facts, encryption: asMissing(facts.encryption) },
  )
}

const asMissing = (encryption: Encryption): Encryption =>
  encryption.state === 'encrypted' ? { state: 'nokey', facts: encryption.facts } : encryption

const REST_MS = 250

/** A change below a prefix. A `bucket` of null stands for all buckets. */
interface Change {
  readonly profileId: string
  readonly bucket: string | null
  readonly prefix: string
}
/** The first parts of the keys of the cache that hold what a bucket contains. */
type Content = 'rows' | 'sizes' | 'folders' | 'facts'

/**
 * Asks again for what changed. An upload of a folder changes it hundreds of times, so changes are
 * collected until they rest. An answer that is under way is not cancelled for the next one. Rows
 * that nobody shows are dropped.
 */
function refresher(client: QueryClient) {
  const pending = new Map<string, { readonly change: Change; readonly kind: Content }>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let last = -Infinity
  const wait = () => {
    timer ??= setTimeout(flush, Math.max(0, last + REST_MS - performance.now()))
  }
  const affectedBy = ({ profileId, bucket, prefix }: Change, kind: Content) =>
    client.getQueryCache().findAll({
      predicate: ({ queryKey: [name, profile, in_, at] }) =>
        (name === kind || (kind === 'rows' && name === 'position')) &&
        profile === profileId &&
        (bucket === null || in_ === null || in_ === bucket) &&
        typeof at === 'string' &&
        (kind === 'facts' || prefix.startsWith(at) || at.startsWith(prefix)),
    })
  const flush = () => {
    timer = undefined
    last = performance.now()
    for (const [id, { change, kind }] of pending) {
      const affected = affectedBy(change, kind)
      if (affected.some((query) => query.state.fetchStatus === 'fetching')) continue
      pending.delete(id)
      for (const query of affected)
        if (kind === 'rows' && query.getObserversCount() === 0)
          client.removeQueries({ queryKey: query.queryKey, exact: true })
        else void client.invalidateQueries({ queryKey: query.queryKey, exact: true })
    }
    if (pending.size > 0) wait()
  }
  return (change: Change, kinds: readonly Content[]) => {
    for (const kind of kinds)
      pending.set(JSON.stringify([kind, change.profileId, change.bucket, change.prefix]), {
        change,
        kind,
      })
    wait()
  }
}
