import { decodeText } from '../../../../shared/format/text-bytes.ts'

/** Bytes of a file that are looked at. */
export const LOOK_BYTES = 4096

/**
 * The first bytes of common files, as Latin-1; a dot stands for any byte. Source: the formats' own
 * specifications, and the list of the program `file`.
 */
const SIGNATURES: readonly (readonly [type: string, start: string])[] = [
  ['PDF', '%PDF-'],
  ['PNG', '\x89PNG\r\n\x1a\n'],
  ['JPEG', '\xff\xd8\xff'],
  ['GIF', 'GIF8'],
  ['WebP', 'RIFF....WEBP'],
  ['WAV', 'RIFF....WAVE'],
  ['AVI', 'RIFF....AVI '],
  ['TIFF', 'II*\0'],
  ['TIFF', 'MM\0*'],
  ['MP4', '....ftyp'],
  ['Matroska', '\x1aE\xdf\xa3'],
  ['Ogg', 'OggS'],
  ['FLAC', 'fLaC'],
  ['MP3', 'ID3'],
  ['ZIP', 'PK\x03\x04'],
  ['gzip', '\x1f\x8b\x08'],
  ['bzip2', 'BZh'],
  ['xz', '\xfd7zXZ\0'],
  ['zstd', '(\xb5/\xfd'],
  ['7-Zip', "7z\xbc\xaf'\x1c"],
  ['RAR', 'Rar!\x1a\x07'],
  ['ELF', '\x7fELF'],
  ['SQLite', 'SQLite format 3\0'],
  ['Parquet', 'PAR1'],
  ['Office 97', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
  ['PostgreSQL dump', 'PGDMP'],
]

/** Bytes below which a text is too short to be told from chance. */
const LEAST_TEXT = 4

/**
 * Returns the type of a file by its first bytes, 'text' for text; null for bytes of no known type.
 * Wrong keys give random bytes, which begin so once in 16 million times. `start`: the first
 * {@link LOOK_BYTES}, or all.
 */
export function signatureOf(start: Uint8Array): string | null {
  const bytes = Buffer.from(start.buffer, start.byteOffset, start.length).toString('latin1')
  const found = SIGNATURES.find(([, signature]) => begins(bytes, signature))
  if (found !== undefined) return found[0]
  return isText(start) ? 'text' : null
}

const begins = (bytes: string, signature: string): boolean =>
  bytes.length >= signature.length &&
  [...signature].every((byte, i) => byte === '.' || byte === bytes[i])

/** Says whether bytes are text. The last character may be cut off. */
function isText(start: Uint8Array): boolean {
  if (start.length < LEAST_TEXT) return false
  const whole = [0, 1, 2, 3]
    .map((cut) => decodeText(start.subarray(0, start.length - cut)))
    .find(({ certain }) => certain)
  // Random bytes of a few letters may be valid UTF-8. Controls show them.
  // eslint-disable-next-line no-control-regex
  return whole !== undefined && !/[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]/.test(whole.text)
}
