import { Failure } from '../../../../shared/contract/errors.ts'
import type { IndexInfo } from '../../../../shared/contract/models-index.ts'
import type { In } from '../../../../shared/contract/routes/routes.ts'
import { attempted } from '../../base/attempt.ts'
import { IndexReset } from '../../index/indexes.ts'
import type { RowsQuery } from '../../index/port.ts'
import type { HandlersOf, Parts } from '../parts.ts'
import { auditHandlers } from './handlers-audit.ts'
import { rewrapHandlers } from './handlers-rewraps.ts'

/** The most keys of one answer. */
const MOST_KEYS = 100_000

/** Listings, the local index, and audits of what it lists. */
export function indexHandlers(parts: Parts): HandlersOf<'listing' | 'index' | 'audit' | 'rewraps'> {
  const { localIndex, catalog, settings } = parts
  const { indexes, listings, stateRuns } = localIndex
  const queryOf = async (
    { scope, sort, filter }: Pick<In<'index.rows'>, 'scope' | 'sort' | 'filter'>,
    mayBeOld: boolean,
  ): Promise<RowsQuery> => {
    const { bucket, prefix, depth } = scope
    const keyOrder =
      sort.by === 'key'
        ? (await catalog.list()).toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(({ id }) => id)
        : []
    return { scope: { bucket, prefix, depth }, sort, filter, keyOrder, mayBeOld }
  }
  /** Runs work, and once more when the index was opened again meanwhile. */
  const work = <T>(once: () => Promise<T>) =>
    attempted(() =>
      once().catch((cause: unknown) => {
        if (cause instanceof IndexReset) return once()
        throw cause
      }),
    )
  const below = (place: In<'index.sync'>) => ({ ...place, depth: 'below' }) as const

  return {
    ...auditHandlers(parts),
    ...rewrapHandlers(parts),
    'listing.open': ({ refresh, ...place }) =>
      work(() => listings.open({ ...place, depth: 'level' }, refresh)),
    'listing.stop': (place) =>
      attempted(async () => {
        await listings.stop({ ...place, depth: 'level' })
        return null
      }),
    'index.rows': ({ offset, count, ...asked }) =>
      work(async () => {
        const status = await listings.status(asked.scope)
        const index = await indexes.of(asked.scope.profileId)
        const query = await queryOf(asked, status.listing)
        const { revision, folders, files, bytes, rows } = await index.query(query, offset, count)
        return { revision, status, total: folders + files, folders, files, bytes, rows }
      }),
    'index.position': ({ bucket, key, ...asked }) =>
      work(async () =>
        (await indexes.of(asked.scope.profileId)).position(await queryOf(asked, false), {
          bucket,
          key,
        }),
      ),
    'index.keys': ({ from, to, ...asked }) =>
      work(async () => {
        if (to - from > MOST_KEYS) throw new Failure({ code: 'too-many', limit: MOST_KEYS })
        const index = await indexes.of(asked.scope.profileId)
        const found = await index.keys(await queryOf(asked, false), from, to)
        return found.map(({ bucket, key }) => ({ bucket, key }))
      }),
    'index.sync': (place) =>
      work(async () => {
        // A sync that ended early continues. Any other one starts again.
        const { stopped } = await listings.status(below(place))
        return listings.open(below(place), !stopped)
      }),
    'index.stopSync': (place) =>
      attempted(async () => {
        await listings.stop(below(place))
        return null
      }),
    'index.sizes': ({ profileId, bucket, prefix, depth }) =>
      work(async () => {
        const index = await indexes.of(profileId)
        const counts = await index.counts(bucket, prefix, depth)
        const { asOf } = await index.opened({ bucket, prefix, depth: 'below' })
        return {
          ...counts,
          complete: asOf !== null,
          asOf: asOf === null ? null : new Date(asOf).toISOString(),
        }
      }),
    'index.states': ({ scope, filter, budget }) =>
      attempted(() => stateRuns.start(scope, filter, budget)),
    'index.stopStates': ({ profileId }) =>
      attempted(async () => {
        await stateRuns.stop(profileId)
        return null
      }),
    'index.info': () =>
      work(async (): Promise<IndexInfo> => {
        const { bytes, objects, worst } = await indexes.info()
        const storage = settings.current().keepIndex ? worst.storage : 'memory'
        const reason = !settings.current().keepIndex
          ? 'switched-off'
          : storage === 'kept'
            ? null
            : worst.problem === 'missing'
              ? 'not-available'
              : worst.problem === 'disk'
                ? 'disk'
                : 'no-secret-store'
        return { storage, reason, bytes, objects }
      }),
    'index.clear': () =>
      attempted(async () => {
        await localIndex.clear()
        return null
      }),
  }
}
