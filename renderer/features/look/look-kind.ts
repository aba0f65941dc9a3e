import { lastOf } from '../../state/ui.ts'

/** How the content of a file is shown. 'none': it is not. */
export type LookKind = 'picture' | 'heic' | 'tiff' | 'pdf' | 'video' | 'audio' | 'text' | 'none'

/** Extensions of each kind. Chromium shows the pictures itself, but for HEIC and TIFF. */
const EXTENSIONS: Readonly<Record<LookKind, string>> = {
  // The registered types of these extensions are those of videos and models.
  text: 'ts mts cts tsx',
  picture: 'png apng jpg jpeg jfif gif webp avif bmp ico svg',
  heic: 'heic heif hif',
  tiff: 'tif tiff dng',
  pdf: 'pdf',
  video: 'mp4 m4v mov webm mkv ogv',
  audio: 'mp3 m4a aac flac ogg oga opus wav',
  none:
    'doc docx odt rtf pages epub xls xlsx ods numbers ppt pptx odp key jxl raw cr2 nef psd ai ' +
    'avi wmv flv zip tar gz tgz bz2 xz zst 7z rar jar dmg iso pkg deb rpm exe dll so dylib bin ' +
    'wasm class db sqlite parquet woff woff2 ttf otf der p12 pfx e57 las laz',
}
const BY_EXTENSION = new Map(
  Object.entries(EXTENSIONS).flatMap(([kind, names]) =>
    names.split(' ').map((name) => [name, kind as LookKind] as const),
  ),
)

const BY_TYPE: readonly (readonly [RegExp, LookKind])[] = [
  [/^image\/hei[cf]/, 'heic'],
  [/^image\/tiff/, 'tiff'],
  [/^image\/(?:png|apng|jpeg|gif|webp|avif|bmp|x-icon|vnd\.microsoft\.icon|svg\+xml)$/, 'picture'],
  [/^application\/pdf$/, 'pdf'],
  [/^video\/(?:mp4|webm|quicktime|ogg|x-matroska)/, 'video'],
  [/^audio\//, 'audio'],
  // Source of the text types: RFC 6838 section 4.2, and the suffixes of section 4.2.8.
  [/^text\//, 'text'],
  [/^application\/(?:json|xml|javascript|x-yaml|yaml|toml|sql|x-sh|x-ndjson)\b/, 'text'],
  [/\+(?:json|xml)$/, 'text'],
  [/^(?:image|video|font)\/|^application\/(?:zip|gzip|x-tar|vnd\.)/, 'none'],
]

/** Returns the extension of a name in lower case, '' without one. */
export function extensionOf(key: string): string {
  const name = lastOf(key).toLowerCase()
  const dot = name.lastIndexOf('.')
  return dot <= 0 ? '' : name.slice(dot + 1)
}

/**
 * Returns how a file is shown. The extension decides, then the media type. Everything else may be
 * text, which its first bytes tell.
 */
export function lookKind(key: string, type: string): LookKind {
  const known = BY_EXTENSION.get(extensionOf(key))
  if (known !== undefined) return known
  return BY_TYPE.find(([pattern]) => pattern.test(type))?.[1] ?? 'text'
}
