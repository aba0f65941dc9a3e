import type { ObjectRow } from '../../../../shared/contract/models.ts'
import type { Sort } from '../../../state/ui.ts'
import { lastOf } from '../../../state/ui.ts'
import { nameOrder } from '../../../text/name-order.ts'
import type { Language } from '../../../../shared/contract/sentences/sentences.ts'
import type { IconName } from '../../../ui/icon.tsx'

const folded = (text: string): string => text.normalize('NFC').toLocaleLowerCase()

/**
 * Sorts all rows of a folder by name. 100,000 rows take half a second, so it is for a complete
 * listing.
 */
export function byName(rows: readonly ObjectRow[], language: Language): readonly ObjectRow[] {
  const compare = nameOrder(language)
  return rows
    .map((row) => ({ row, name: lastOf(row.key) }))
    .sort((a, b) => compare(a.name, b.name))
    .map(({ row }) => row)
}

/**
 * Returns the rows to show: names that contain the filter, folders first in any order. The rows
 * come in order of name, so that order costs nothing. Other orders compare, and names decide
 * between equals.
 */
export function shownRows(
  rows: readonly ObjectRow[],
  filter: string,
  sort: Sort,
): readonly ObjectRow[] {
  const wanted = folded(filter.trim())
  const matching =
    wanted === '' ? rows : rows.filter((row) => folded(lastOf(row.key)).includes(wanted))
  const folders = matching.filter((row) => row.kind === 'folder')
  const files = matching.filter((row) => row.kind === 'file')
  const way = sort.down ? -1 : 1
  if (sort.by === 'name')
    return sort.down ? [...folders.reverse(), ...files.reverse()] : [...folders, ...files]
  const by = COMPARE[sort.by]
  return [...folders, ...files.sort((a, b) => way * by(a, b))]
}

const COMPARE: Readonly<
  Record<'size' | 'modified' | 'class', (a: ObjectRow, b: ObjectRow) => number>
> = {
  size: (a, b) => a.size - b.size,
  modified: (a, b) => (a.modified < b.modified ? -1 : a.modified > b.modified ? 1 : 0),
  class: (a, b) => (a.storageClass < b.storageClass ? -1 : a.storageClass > b.storageClass ? 1 : 0),
}

const KINDS: readonly (readonly [IconName, string])[] = [
  ['doc', 'pdf doc docx odt rtf txt md tex pages epub html htm eml'],
  ['sheet', 'xls xlsx ods csv tsv numbers'],
  ['image', 'png jpg jpeg gif webp avif heic tif tiff svg bmp raw cr2 nef psd ai'],
  ['archive', 'zip tar gz tgz bz2 xz zst 7z rar jar dmg iso pkg deb rpm'],
  ['data', 'sql db sqlite parquet json jsonl xml yaml yml dump bak ndjson'],
]
const ICONS = new Map(
  KINDS.flatMap(([icon, ends]) => ends.split(' ').map((end) => [end, icon] as const)),
)

/**
 * The icon of a file, by the extension of its name. A compressed dump has the icon of its content.
 */
export function iconOf(key: string): IconName {
  const ends = lastOf(key).toLowerCase().split('.').slice(1)
  const last = ends.at(-1)
  if (
    last !== undefined &&
    ['zst', 'gz', 'xz', 'bz2'].includes(last) &&
    ICONS.get(ends.at(-2) ?? '') === 'data'
  )
    return 'data'
  return (last !== undefined && ICONS.get(last)) || 'file'
}

/** Counts and bytes of some rows. */
export function sumOf(rows: Iterable<ObjectRow>): {
  readonly files: number
  readonly folders: number
  readonly bytes: number
} {
  let files = 0,
    folders = 0,
    bytes = 0
  for (const row of rows) {
    if (row.kind === 'folder') folders++
    else files++
    bytes += row.size
  }
  return { files, folders, bytes }
}

/** `bucket/a/b` for people. */
export const placeText = (bucket: string, prefix: string): string =>
  prefix === '' ? bucket : `${bucket}/${prefix.replace(/\/$/, '')}`
/** The short form: the folder alone, or the bucket. */
export const folderText = (bucket: string, prefix: string): string =>
  prefix === '' ? bucket : prefix.replace(/\/$/, '')
