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

/** Returns what one folder level has: `6 files, 2 folders · 3.1 MB here`. */
export const hereText = (
  t: Text,
  q: Quantities,
  sums: Items & { readonly bytes: number },
): string =>
  sums.files === 0
    ? itemsText(t, q, sums)
    : t('objects:foot.here', { items: itemsText(t, q, sums), bytes: q.bytes(sums.bytes) })

/** Returns what a search found: `41 files · 3.1 MB`. */
export const foundText = (
  t: Text,
  q: Quantities,
  sums: Items & { readonly bytes: number },
): string =>
  sums.files === 0
    ? itemsText(t, q, sums)
    : t('objects:foot.found', { items: itemsText(t, q, sums), bytes: q.bytes(sums.bytes) })

/** Returns the time of a listing: the clock alone on the same day. */
export const asOfText = (q: Quantities, iso: string): string =>
  new Date(iso).toDateString() === new Date().toDateString() ? q.clock(iso) : q.time(iso)
