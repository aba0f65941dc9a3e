import { extensionOf, groupOf, type FileGroup } from '../../../../shared/contract/file-kinds.ts'
import type { ObjectRow } from '../../../../shared/contract/models.ts'
import { lastOf } from '../../../state/ui.ts'
import type { IconName } from '../../../ui/icon.tsx'

const ICONS: Readonly<Record<FileGroup, IconName>> = {
  picture: 'image',
  heic: 'image',
  tiff: 'image',
  'raw-picture': 'image',
  video: 'video',
  'old-video': 'video',
  sound: 'sound',
  pdf: 'doc',
  document: 'doc',
  sheet: 'sheet',
  'text-sheet': 'sheet',
  text: 'doc',
  data: 'data',
  typescript: 'doc',
  code: 'doc',
  archive: 'archive',
  database: 'data',
  backup: 'data',
  binary: 'file',
}
/** Archives of one file: their name has the extension of that file before their own. */
const OF_ONE: ReadonlySet<string> = new Set(['zst', 'gz', 'xz', 'bz2'])

/**
 * Returns the icon of a file, by the extension of its name. A compressed dump has the icon of its
 * content.
 */
export function iconOf(key: string): IconName {
  const extension = extensionOf(key)
  const icon = iconBy(extension)
  if (!OF_ONE.has(extension)) return icon
  const inside = iconBy(extensionOf(lastOf(key).slice(0, -extension.length - 1)))
  return inside === 'data' ? inside : icon
}

const iconBy = (extension: string): IconName => {
  const group = groupOf(extension)
  return group === undefined ? 'file' : ICONS[group]
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
