import type { ObjectRow } from '../../../../shared/contract/models.ts'
import { lastOf } from '../../../state/ui.ts'
import type { IconName } from '../../../ui/icon.tsx'

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
