import { Failure } from '../../../../shared/contract/errors.ts'
import type { In } from '../../../../shared/contract/routes/routes.ts'
import { isLeftOut, type FoundRows, type Selection } from '../../oss/selection.ts'
import type { RowsQuery } from '../../index/port.ts'
import type { Parts } from '../parts.ts'

/** Rows that one answer of the index has. */
const AT_ONCE = 50_000
/** The most times that the rows are read again because they changed meanwhile. */
const MOST_READS = 3

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
  for (let reads = 1; ; reads++) {
    const { revision, folders, files } = await index.query(asked, 0, 0)
    const names: string[] = []
    const rows: FoundRows['rows'][number][] = []
    for (let at = 0; at < folders + files; at += AT_ONCE)
      for (const [i, row] of (await index.keys(asked, at, at + AT_ONCE)).entries()) {
        if (out(row.key)) continue
        if (at + i < folders) names.push(row.key)
        else rows.push({ key: row.key, size: row.size, modified: row.modified })
      }
    if ((await index.query(asked, 0, 0)).revision !== revision && reads < MOST_READS) continue
    return [
      ...(rows.length === 0 ? [] : [{ ...rest, keys: [], found: { prefix: scope.prefix, rows } }]),
      ...(names.length === 0 ? [] : [{ ...rest, keys: names }]),
    ]
  }
}
