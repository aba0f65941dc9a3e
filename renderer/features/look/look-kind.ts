import { extensionOf, groupOf, type FileGroup } from '../../../shared/contract/file-kinds.ts'

/** How the content of a file is shown. 'none': it is not. */
export type LookKind = 'picture' | 'heic' | 'tiff' | 'pdf' | 'video' | 'audio' | 'text' | 'none'

/** How the files of a group are shown. The media type decides for all other groups. */
const BY_GROUP: Readonly<Partial<Record<FileGroup, LookKind>>> = {
  // Chromium shows pictures itself, but for HEIC and TIFF.
  picture: 'picture',
  heic: 'heic',
  tiff: 'tiff',
  'raw-picture': 'none',
  video: 'video',
  'old-video': 'none',
  sound: 'audio',
  pdf: 'pdf',
  document: 'none',
  sheet: 'none',
  typescript: 'text',
  archive: 'none',
  database: 'none',
  binary: 'none',
}

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

/**
 * Returns how a file is shown. The extension decides, then the media type. Everything else may be
 * text, which its first bytes tell.
 */
export function lookKind(key: string, type: string): LookKind {
  const group = groupOf(extensionOf(key))
  const known = group === undefined ? undefined : BY_GROUP[group]
  if (known !== undefined) return known
  return BY_TYPE.find(([pattern]) => pattern.test(type))?.[1] ?? 'text'
}
