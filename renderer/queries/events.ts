import type { QueryClient } from '@tanstack/react-query'
import type { Bridge } from '../../shared/contract/routes/bridge.ts'
import type {
  Encryption,
  MasterKey,
  ObjectFacts,
  TransferId,
} from '../../shared/contract/models.ts'
import type { Transfer } from '../../shared/contract/models-transfers.ts'
import type { AppError } from '../../shared/contract/errors.ts'
import { names } from './core.ts'
import { transfersOf, type Transfers } from './transfer-book.ts'
import type { Totals } from './transfer-facts.ts'

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
      const known = client.getQueryData<Transfers>(names.transfers) ?? transfersOf([])
      const earlier = new Map(
        changed.flatMap(({ id }) => known.get(id) ?? []).map((transfer) => [transfer.id, transfer]),
      )
      const before: PreviousState = { get: (id) => earlier.get(id), totals: known.totals() }
      const after = known.with(changed)
      client.setQueryData<Transfers>(names.transfers, after)
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
    bridge.on('secrets.changed', (status) => {
      client.setQueryData(names.secrets, status)
      void client.invalidateQueries({ queryKey: names.keys })
      // Lists that failed for lack of a secret may work now.
      if (status.state === 'working')
        void client.refetchQueries({
          predicate: (query) => query.state.status === 'error',
          type: 'active',
        })
    }),
    bridge.on('objects.changed', refresh),
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
  encryption.state === 'sealed' ? { state: 'nokey', facts: encryption.facts } : encryption

const REST_MS = 400

/**
 * Lists changed folders again. A folder upload changes one folder hundreds of times, so changes are
 * collected until they rest. A running listing is not cancelled for the next one.
 */
function refresher(client: QueryClient) {
  const pending = new Map<
    string,
    { readonly profileId: string; readonly bucket: string; readonly prefix: string }
  >()
  let timer: ReturnType<typeof setTimeout> | undefined
  const flush = () => {
    timer = undefined
    for (const [id, { profileId, bucket, prefix }] of pending) {
      const touched = (name: unknown) =>
        typeof name === 'string' && (prefix.startsWith(name) || name.startsWith(prefix))
      const below = (kind: string) =>
        client.getQueryCache().findAll({
          queryKey: [kind, profileId, bucket],
          predicate: (query) => touched(query.queryKey[3]),
        })
      const affected = [...below('objects'), ...below('folders')]
      if (affected.some((query) => query.state.fetchStatus === 'fetching')) continue
      pending.delete(id)
      for (const query of affected)
        void client.invalidateQueries({ queryKey: query.queryKey, exact: true })
      void client.invalidateQueries({ queryKey: ['facts', profileId, bucket] })
    }
    if (pending.size > 0) timer = setTimeout(flush, REST_MS)
  }
  return (change: {
    readonly profileId: string
    readonly bucket: string
    readonly prefix: string
  }) => {
    pending.set(`${change.profileId} ${change.bucket} ${change.prefix}`, change)
    timer ??= setTimeout(flush, REST_MS)
  }
}
