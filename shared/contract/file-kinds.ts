/**
 * One table of extensions, for the filter by type, for quick look and for icons. It has no media
 * types: a listing of OSS gives none.
 */

/** The types of files, as the filter of a list names them. */
export const FILE_KINDS = [
  'picture',
  'video',
  'sound',
  'document',
  'text',
  'archive',
  'other',
] as const

/** The type of a file by its extension. */
export type FileKind = (typeof FILE_KINDS)[number]

/** Extensions that are shown in the same way, in lower case. */
const GROUPS = {
  picture: ['picture', 'png apng jpg jpeg jfif gif webp avif bmp ico svg'],
  heic: ['picture', 'heic heif hif'],
  tiff: ['picture', 'tif tiff dng'],
  'raw-picture': ['picture', 'jxl raw cr2 nef psd ai'],
  video: ['video', 'mp4 m4v mov webm mkv ogv'],
  'old-video': ['video', 'avi wmv flv'],
  sound: ['sound', 'mp3 m4a aac flac ogg oga opus wav'],
  pdf: ['document', 'pdf'],
  document: ['document', 'doc docx odt rtf pages epub ppt pptx odp key'],
  sheet: ['document', 'xls xlsx ods numbers'],
  'text-sheet': ['text', 'csv tsv'],
  text: ['text', 'txt md tex html htm eml log ini conf cfg toml'],
  data: ['text', 'sql json jsonl ndjson xml yaml yml dump'],
  // The registered types of these extensions are those of videos and models.
  typescript: ['text', 'ts mts cts tsx'],
  code: [
    'text',
    'js mjs cjs jsx css py sh bat ps1 java kt go rs c h cc cpp hpp cs rb php swift lua',
  ],
  archive: ['archive', 'zip tar gz tgz bz2 xz zst 7z rar jar dmg iso pkg deb rpm'],
  database: ['other', 'db sqlite parquet'],
  backup: ['other', 'bak'],
  binary: ['other', 'exe dll so dylib bin wasm class woff woff2 ttf otf der p12 pfx e57 las laz'],
} as const satisfies Record<string, readonly [FileKind, string]>

/** The name of a line in the table. */
export type FileGroup = keyof typeof GROUPS

const BY_EXTENSION: ReadonlyMap<string, FileGroup> = new Map(
  (Object.keys(GROUPS) as readonly FileGroup[]).flatMap((group) =>
    GROUPS[group][1].split(' ').map((extension) => [extension, group] as const),
  ),
)

/** Returns the extension of the last part of a key, in lower case; '' without one. */
export function extensionOf(key: string): string {
  const bare = key.replace(/\/$/, '')
  const name = bare.slice(bare.lastIndexOf('/') + 1).toLowerCase()
  const dot = name.lastIndexOf('.')
  return dot <= 0 ? '' : name.slice(dot + 1)
}

/** Returns the group of an extension in lower case; undefined for one outside of the table. */
export const groupOf = (extension: string): FileGroup | undefined => BY_EXTENSION.get(extension)

/** Returns the type of files with an extension in lower case; '' for none. */
export function kindOfExtension(extension: string): FileKind {
  const group = groupOf(extension)
  return group === undefined ? 'other' : GROUPS[group][0]
}

/** Returns the type of a file by its name. */
export function fileKindOf(key: string): FileKind {
  return kindOfExtension(extensionOf(key))
}
