import { Failure, type AppError } from '../../../../shared/contract/errors.ts'
import type { IndexScope, ListingStatus } from '../../../../shared/contract/models-index.ts'
import type { ProfileId } from '../../../../shared/contract/models.ts'
import type { Indexes } from '../../index/indexes.ts'
import type { ListingRecord } from '../../index/port.ts'
import { listBuckets } from '../../oss/buckets.ts'
import type { Emitter } from '../events.ts'
import type { Connections } from '../profiles/connections.ts'
import { runListing } from './listing-run.ts'

/** A listing of one folder, or a sync. `bucket` null: all buckets, for a sync alone. */
export type ListedPlace = IndexScope

export interface Listings {
  /** Starts a listing, unless it runs or its rows are known. Throws Failure. */
  open(place: ListedPlace, refresh: boolean): Promise<ListingStatus>
  /** Stops a listing, and resolves when it has stopped. */
  stop(place: ListedPlace): Promise<void>
  /** Returns the progress of a place, or of a running sync that lists the place too. */
  status(place: ListedPlace): Promise<ListingStatus>
  /** Reports the listings of a bucket whose rows have changed. */
  rowsChanged(profileId: ProfileId, bucket: string): Promise<void>
  /** Stops all listings. */
  stopAll(): Promise<void>
  /** Returns the folders of this run that are complete or being listed. */
  known(): readonly ListedPlace[]
  /** Lists folders again, because the index is empty. `places`: as {@link known} before that. */
  listAgain(places: readonly ListedPlace[]): Promise<void>
  /** Forgets the listings of a profile, whose account may be another one. */
  forget(profileId: ProfileId): Promise<void>
}

interface Needs {
  readonly indexes: Indexes
  readonly connections: Connections
  readonly emitter: Emitter
  readonly masked: (cause: unknown) => AppError
}

interface Entry {
  readonly place: ListedPlace
  status: ListingStatus
  control: AbortController | null
  work: Promise<void>
  timer: NodeJS.Timeout | null
  told: number
}

/** Milliseconds between two events of one place. */
const TELL_EVERY_MS = 250
/** The most places whose progress is in memory. */
const MOST_ENTRIES = 500

export function openListings({ indexes, connections, emitter, masked }: Needs): Listings {
  const entries = new Map<string, Entry>()
  const nameOf = ({ profileId, bucket, prefix, depth }: ListedPlace): string =>
    JSON.stringify([profileId, bucket, prefix, depth])

  const tell = (entry: Entry): void => {
    if (entry.timer !== null) clearTimeout(entry.timer)
    entry.timer = null
    entry.told = performance.now()
    const { profileId, bucket, prefix, depth } = entry.place
    const { status } = entry
    if (depth === 'below')
      emitter.emit('index.changed', { profileId, bucket, prefix, sync: status, states: null })
    else if (bucket !== null) emitter.emit('listing.changed', { profileId, bucket, prefix, status })
  }
  const tellSoon = (entry: Entry): void => {
    const wait = Math.max(0, entry.told + TELL_EVERY_MS - performance.now())
    entry.timer ??= setTimeout(() => tell(entry), wait)
  }

  const recordOf = async ({ profileId, bucket, ...place }: ListedPlace): Promise<ListingRecord> => {
    const none = { asOf: null, cursor: null, after: '', listed: 0, revision: 0 }
    // An unknown profile is refused for all of its buckets, too.
    const index = await indexes.of(profileId)
    return bucket === null ? none : index.opened({ bucket, ...place })
  }
  const statusOf = (record: ListingRecord): ListingStatus => ({
    revision: record.revision,
    asOf: record.asOf === null ? null : new Date(record.asOf).toISOString(),
    listing: false,
    complete: record.asOf !== null,
    // A listing that a crash or an error ended can continue, as one that was stopped.
    stopped: record.cursor !== null,
    listed: record.listed,
    error: null,
  })

  /** Lists one bucket. `before`: rows of the buckets before it. */
  const listBucket = async (
    entry: Entry,
    bucket: string,
    isNew: boolean,
    signal: AbortSignal,
    before: number,
  ): Promise<ListingRecord | null> => {
    const { profileId, prefix, depth } = entry.place
    let last: ListingRecord | null = null
    await runListing({
      place: { bucket, prefix, depth },
      index: () => indexes.of(profileId),
      oss: () => connections.bucket(profileId, bucket),
      signal,
      isNew,
      onPage(record) {
        last = record
        entry.status = {
          ...entry.status,
          revision: record.revision,
          listed: before + record.listed,
        }
        tellSoon(entry)
      },
    })
    return last
  }
  const list = async (entry: Entry, isNew: boolean, signal: AbortSignal): Promise<void> => {
    const { profileId, bucket } = entry.place
    try {
      const buckets = bucket === null ? await bucketsOf(profileId, signal) : [bucket]
      let [listed, asOf] = [0, Number.POSITIVE_INFINITY]
      for (const one of buckets) {
        const record = await listBucket(entry, one, isNew, signal, listed)
        listed += record?.listed ?? 0
        asOf = Math.min(asOf, record?.asOf ?? asOf)
      }
      const now = new Date(Number.isFinite(asOf) ? asOf : Date.now()).toISOString()
      entry.status = { ...entry.status, asOf: now, complete: true, stopped: false, error: null }
    } catch (cause) {
      if (signal.aborted) entry.status = { ...entry.status, stopped: true }
      else
        entry.status = {
          ...entry.status,
          error: cause instanceof Failure ? cause.error : masked(cause),
        }
    } finally {
      entry.status = { ...entry.status, listing: false }
      entry.control = null
      tell(entry)
    }
  }
  const bucketsOf = async (
    profileId: ProfileId,
    signal: AbortSignal,
  ): Promise<readonly string[]> => {
    const buckets = await listBuckets(connections.account(profileId), signal)
    connections.learn(profileId, buckets)
    return buckets.map(({ name }) => name)
  }
  const entryOf = async (place: ListedPlace): Promise<Entry> => {
    const name = nameOf(place)
    const record = await recordOf(place)
    const known = entries.get(name)
    if (known !== undefined) {
      if (known.control === null && place.bucket !== null) {
        const { error, listed } = known.status
        known.status = { ...statusOf(record), error, listed: Math.max(listed, record.listed) }
      }
      return known
    }
    const made: Entry = {
      place,
      status: statusOf(record),
      control: null,
      work: Promise.resolve(),
      timer: null,
      told: -TELL_EVERY_MS,
    }
    for (const [old, { control }] of entries) {
      if (entries.size < MOST_ENTRIES) break
      if (control === null) entries.delete(old)
    }
    entries.set(name, made)
    return made
  }
  const stop = async (entry: Entry): Promise<void> => {
    entry.control?.abort()
    await entry.work
    if (entry.timer !== null) clearTimeout(entry.timer)
    entry.timer = null
  }

  const open: Listings['open'] = async (place, refresh) => {
    const entry = await entryOf(place)
    const { complete, stopped, error, listed } = entry.status
    const isReady = complete && !refresh && !stopped && error === null
    if (entry.control !== null || isReady) return entry.status
    const control = new AbortController()
    entry.control = control
    // The first page is reported at once.
    entry.told = -TELL_EVERY_MS
    entry.status = {
      ...entry.status,
      listing: true,
      stopped: false,
      error: null,
      listed: refresh || !stopped ? 0 : listed,
    }
    entry.work = list(entry, refresh, control.signal)
    return entry.status
  }

  return {
    open,
    async stop(place) {
      const entry = entries.get(nameOf(place))
      if (entry !== undefined) await stop(entry)
    },
    async status(place) {
      const own = await entryOf(place)
      if (own.control !== null) return own.status
      const covering = [...entries.values()].find(
        ({ place: other, control }) =>
          control !== null &&
          other.depth === 'below' &&
          other.profileId === place.profileId &&
          (other.bucket === null || other.bucket === place.bucket) &&
          place.prefix.startsWith(other.prefix),
      )
      if (covering === undefined) return own.status
      const { listing, listed } = covering.status
      return { ...own.status, listing, listed: Math.max(own.status.listed, listed) }
    },
    async rowsChanged(profileId, bucket) {
      for (const entry of entries.values()) {
        if (entry.place.profileId !== profileId || entry.place.bucket !== bucket) continue
        const { revision } = await recordOf(entry.place)
        if (revision === entry.status.revision) continue
        entry.status = { ...entry.status, revision }
        tellSoon(entry)
      }
    },
    async stopAll() {
      for (const entry of entries.values()) await stop(entry)
    },
    known: () =>
      [...entries.values()]
        .filter(
          ({ place, status, control }) =>
            place.depth === 'level' && (control !== null || status.complete),
        )
        .map(({ place }) => place),
    async listAgain(places) {
      for (const place of places) await open(place, true)
    },
    async forget(profileId) {
      for (const [name, entry] of entries) {
        if (entry.place.profileId !== profileId) continue
        await stop(entry)
        entries.delete(name)
      }
    },
  }
}
