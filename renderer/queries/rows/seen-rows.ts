import type { IndexRow, IndexScope } from '../../../shared/contract/models-index.ts'

/** The most rows that are remembered. A longer selection has rows without facts. */
const MOST = 50_000

/**
 * The newest facts of the rows that were loaded, the oldest first. A selected row may be far away
 * from the rows that are loaded now.
 */
const seen = new Map<string, IndexRow>()

const placeOf = (profileId: string, bucket: string, key: string): string =>
  `${profileId} ${bucket}/${key}`

/** Remembers rows that the index gave. */
export function rememberRows({ profileId }: IndexScope, rows: readonly IndexRow[]): void {
  for (const row of rows) {
    const place = placeOf(profileId, row.bucket, row.key)
    seen.delete(place)
    seen.set(place, row)
  }
  for (const place of seen.keys()) {
    if (seen.size <= MOST) break
    seen.delete(place)
  }
}

/**
 * Names a row among the rows of a scope: by its key, or by bucket and key where several buckets are
 * shown. No bucket name has a slash.
 */
export const rowIdIn = (
  scope: Pick<IndexScope, 'bucket'>,
  row: { readonly bucket: string; readonly key: string },
): string => (scope.bucket === null ? `${row.bucket}/${row.key}` : row.key)

/** Returns the bucket and the key of a row's name. */
export function ofRowId(
  { bucket }: Pick<IndexScope, 'bucket'>,
  id: string,
): { readonly bucket: string; readonly key: string } {
  if (bucket !== null) return { bucket, key: id }
  const slash = id.indexOf('/')
  return { bucket: id.slice(0, slash), key: id.slice(slash + 1) }
}

/** Returns the facts of a row that was loaded before; undefined for another row. */
export function seenRow(scope: Pick<IndexScope, 'profileId' | 'bucket'>, id: string) {
  const { bucket, key } = ofRowId(scope, id)
  return seen.get(placeOf(scope.profileId, bucket, key))
}
