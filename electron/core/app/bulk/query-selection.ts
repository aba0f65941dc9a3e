import { Failure } from '../../../../shared/contract/errors.ts'
import type { In } from '../../../../shared/contract/routes/routes.ts'
import { isLeftOut, type FoundRows, type Selection } from '../../oss/selection.ts'
import type { RowsQuery } from '../../index/port.ts'
import type { Parts } from '../parts.ts'

/** More rows than an index holds. */
const MOST_ROWS = Number.MAX_SAFE_INTEGER

type Query = NonNullable<In<'deletes.start'>['query']>
interface Given extends Selection {
  readonly query?: Query | undefined
}

/**
 * Turns a query into the rows of the index that match it now. Objects become a list, and folders
 * become names that stand for everything below them. Resolves with one selection for each of the
 * two that is not empty. A selection without a query is resolved unchanged. Throws Failure
 * 'bad-request' for a scope that is not the place, and 'bad-filter'.
 */
export async function selectionsOf<G extends Given>(
  { localIndex }: Pick<Parts, 'localIndex'>,
  place: { readonly profileId: string; readonly bucket: string },
  given: G,
): Promise<readonly (Omit<G, 'query'> & Selection)[]> {
  const { query, ...rest } = given
  if (query === undefined) return [rest]
  const { scope, filter, except } = query
  if (scope.profileId !== place.profileId || scope.bucket !== place.bucket)
    throw new Failure({ code: 'bad-request', detail: 'query: scope' })
  const index = await localIndex.indexes.of(place.profileId)
  // Deletions list ranges again, so the rows are in the order of OSS.
  const asked: RowsQuery = {
    scope: { bucket: place.bucket, prefix: scope.prefix, depth: scope.depth },
    sort: { by: 'path', down: false },
    filter,
    keyOrder: [],
    mayBeOld: false,
  }
  const out = isLeftOut(scope.prefix, except)
  const names: string[] = []
  const rows: FoundRows['rows'][number][] = []
  // One call, so that a change of the index meanwhile hides no row.
  for (const { key, kind, size, modified } of await index.keys(asked, 0, MOST_ROWS)) {
    if (out(key)) continue
    if (kind === 'folder') names.push(key)
    else rows.push({ key, size, modified })
  }
  return [
    ...(rows.length === 0 ? [] : [{ ...rest, keys: [], found: { prefix: scope.prefix, rows } }]),
    ...(names.length === 0 ? [] : [{ ...rest, keys: names }]),
  ]
}
