import type { Quantities } from '../../../text/quantities.ts'
import type { Text } from '../../../text/use-text.tsx'

/** Numbers of files and folders. */
export interface Items {
  readonly files: number
  readonly folders: number
}

/** Returns the kinds of rows with their number first: `8 files`, `8 files, 2 folders`. */
export function itemsText(t: Text, q: Quantities, { files, folders }: Items): string {
  const some = t('objects:count.files', { count: files, n: q.count(files) })
  const others = t('objects:count.folders', { count: folders, n: q.count(folders) })
  if (folders === 0) return some
  return files === 0 ? others : t('objects:count.items', { folders: others, files: some })
}

/** Numbers of files and folders, and the bytes of the files. */
type Sums = Items & { readonly bytes: number }

const withBytes =
  (key: 'objects:foot.here' | 'objects:foot.found') =>
  (t: Text, q: Quantities, sums: Sums): string =>
    sums.files === 0
      ? itemsText(t, q, sums)
      : t(key, { items: itemsText(t, q, sums), bytes: q.bytes(sums.bytes) })

/** Returns what one folder level has: `6 files, 2 folders · 3.1 MB here`. */
export const hereText = withBytes('objects:foot.here')

/** Returns what a search found: `41 files · 3.1 MB`. */
export const foundText = withBytes('objects:foot.found')

/** Returns the time of a listing: the clock alone on the same day. */
export const asOfText = (q: Quantities, iso: string): string =>
  new Date(iso).toDateString() === new Date().toDateString() ? q.clock(iso) : q.time(iso)
