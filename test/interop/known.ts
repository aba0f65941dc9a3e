import type { Cell, Group } from './cases.ts'
import type { Format } from './protocol.ts'

/**
 * A failure that is the SDK's own, with its reason. A peer that is not named may be any. `kind`:
 * 'fails' is a call that does not do its job, 'not offered' one that the SDK does not have.
 */
export interface Known {
  readonly writers?: readonly string[]
  readonly readers?: readonly string[]
  readonly formats?: readonly Format[]
  readonly groups?: readonly Group[]
  readonly cases?: RegExp
  readonly kind: 'fails' | 'not offered'
  readonly reason: string
}

/** Writers of `{"a":"b"}` and of `{"a": "b"}`: some readers compare the text. */
const COMPACT = ['cipherbucket', 'go-v1', 'go-v2', 'java-v1']
const SPACED = ['python-oss2', 'python-v2']
/** Where another key does not open the object either. KMS opens what any of its keys wrapped. */
const TEXT: readonly Format[] = ['v2-rsa', 'v2-custom']

export const KNOWN: readonly Known[] = [
  {
    writers: ['go-v1'],
    readers: [''],
    groups: ['resumable upload'],
    kind: 'fails',
    reason: 'CryptoBucket refuses UploadFile.',
  },
  {
    readers: ['go-v1'],
    groups: ['resumable download'],
    kind: 'fails',
    reason: 'CryptoBucket refuses DownloadFile.',
  },
  {
    writers: ['python-v2'],
    readers: [''],
    groups: ['resumable upload'],
    cases: /^307253 /,
    kind: 'fails',
    reason:
      'Uploader hands no part size to the encryption client, so a file of more than one part is refused before anything is sent.',
  },
  {
    readers: ['python-v2'],
    groups: ['resumable download'],
    kind: 'fails',
    reason: 'Downloader compares the CRC-64 of the plaintext with that of the stored ciphertext.',
  },
  {
    writers: COMPACT,
    readers: ['python-v2'],
    formats: TEXT,
    groups: ['several keys'],
    cases: /^(rsa|custom), /,
    kind: 'fails',
    reason:
      'The key is looked up by the text of its description, and this SDK writes it with blanks.',
  },
  {
    writers: SPACED,
    readers: ['go-v2'],
    formats: TEXT,
    groups: ['several keys'],
    kind: 'fails',
    reason:
      'The key is looked up by the text of its description, and this SDK writes it without blanks.',
  },
  {
    writers: ['python-oss2'],
    readers: [''],
    groups: ['resumable upload'],
    cases: /^102415 /,
    kind: 'fails',
    reason:
      'resumable_upload takes the size of a file below the part size as its part size, which must be a multiple of 16.',
  },
  {
    writers: ['go-v1', 'go-v2', 'java-v1'],
    readers: ['python-oss2'],
    groups: ['descriptions'],
    cases: /^characters/,
    kind: 'fails',
    reason:
      'The writer puts UTF-8 into the header as it is, oss2 reads headers as Latin-1 and takes no key whose description is another.',
  },
  {
    writers: ['cipherbucket'],
    readers: ['go-v2'],
    groups: ['several keys'],
    cases: /^described as Python/,
    kind: 'fails',
    reason:
      'The key is looked up by the text of its description, and this SDK writes it without blanks.',
  },
  {
    readers: ['java-v1'],
    groups: ['range'],
    cases: /^bytes 0-0 /,
    kind: 'fails',
    reason: 'A range that ends at 0 is refused.',
  },
  {
    formats: ['v2-kms-a'],
    readers: ['python-oss2'],
    groups: ['other KMS form'],
    kind: 'fails',
    reason:
      'oss2 takes the header for base64 of the text that KMS gave; everybody else writes base64 of the bytes in it.',
  },
  {
    formats: ['v2-kms-b'],
    readers: ['go-v1', 'go-v2', 'java-v1', 'python-v2'],
    groups: ['other KMS form'],
    kind: 'fails',
    reason: 'oss2 writes base64 of the text that KMS gave, and nobody else takes that.',
  },
  {
    readers: ['python-oss2-old'],
    groups: ['range'],
    kind: 'not offered',
    reason: 'CryptoBucket of this version reads whole objects only.',
  },
]

/** The first entry that speaks of this cell. */
export function knownFailure(
  cell: Pick<Cell, 'writer' | 'reader' | 'format' | 'group' | 'name'>,
): Known | undefined {
  const named = <T extends string>(list: readonly T[] | undefined, value: T) =>
    list === undefined || list.includes(value)
  return KNOWN.find(
    ({ writers, readers, formats, groups, cases }) =>
      named(writers, cell.writer) &&
      named(readers, cell.reader) &&
      named(formats, cell.format) &&
      named(groups, cell.group) &&
      (cases?.test(cell.name) ?? true),
  )
}

/** Entries that speak of none of these cells: left over, or wrong from the start. */
export function unusedFailures(cells: readonly Cell[]): readonly Known[] {
  const used = new Set(cells.map(knownFailure))
  return KNOWN.filter((known) => !used.has(known))
}
