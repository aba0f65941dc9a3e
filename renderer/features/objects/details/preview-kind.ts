import { lastOf } from '../../../state/ui.ts'

/**
 * Extensions of files that are no text for people, whatever their first bytes are. A PDF begins
 * with a line of text.
 */
const NO_TEXT = new Set(
  (
    'pdf doc docx odt rtf pages epub xls xlsx ods numbers ppt pptx odp key png jpg jpeg gif webp avif heic tif tiff bmp ico raw cr2 nef psd ai ' +
    'mp3 m4a aac flac ogg opus wav mp4 m4v mov mkv webm avi zip tar gz tgz bz2 xz zst 7z rar jar dmg iso pkg deb rpm exe dll so dylib bin wasm class ' +
    'db sqlite parquet woff woff2 ttf otf der p12 pfx'
  ).split(' '),
)

/** Media types that are text. Source: RFC 6838 §4.2, and the structured suffixes of §4.2.8. */
const TEXT_TYPE =
  /^(?:text\/|application\/(?:json|xml|javascript|x-yaml|yaml|toml|sql|x-sh|x-ndjson)\b|[\w.+-]+\/[\w.-]+\+(?:json|xml)\b)/i
const MEDIA_TYPE = /^(?:image|audio|video|font)\/|^application\/(?:pdf|zip|gzip|x-tar|vnd\.)/i

/**
 * True if the beginning of the object may be text. The extension decides, then the media type.
 * Without both it may be text.
 */
export function mayBeText(key: string, contentType: string): boolean {
  const name = lastOf(key).toLowerCase()
  const dot = name.lastIndexOf('.')
  if (dot >= 0 && NO_TEXT.has(name.slice(dot + 1))) return false
  return TEXT_TYPE.test(contentType) || !MEDIA_TYPE.test(contentType)
}
