import type { FormatName } from '../contract/errors.ts'
import {
  CONTENT_ALGORITHM,
  ENVELOPE_PREFIX,
  formatOf,
  KMS_WRAP,
  messageFormat,
  OAEP_WRAP,
  parseEnvelope,
  type Envelope,
} from './envelope/envelope.ts'
import { olderNames, parseOlder } from './envelope/envelope-v1.ts'
import { damage, META_PREFIX, type Damage, type Headers } from './headers.ts'
import type { EncryptedMessage } from './message/message-header.ts'
import { readSplit } from './message/message-split.ts'

export { readHeaders, type Headers } from './headers.ts'

/** The format that the headers of an object show. Header names come without `x-oss-meta-`. */
export type RecognisedFormat =
  | { readonly kind: 'plain' }
  | { readonly kind: 'encrypted'; readonly format: FormatName; readonly envelope: Envelope }
  /**
   * A message whose header is in the metadata. A message that is the whole object does not show
   * here: see `messageAt`.
   */
  | { readonly kind: 'message'; readonly format: 'sdk-split'; readonly message: EncryptedMessage }
  /**
   * An object that was encrypted and is damaged. `present`: the headers of the envelope that are
   * left.
   */
  | (Damage & { readonly present: readonly string[] })
  /** A format that is known and cannot be read. */
  | { readonly kind: 'later'; readonly format: FormatName; readonly message: EncryptedMessage }

/**
 * Recognises the format of an object from its headers alone. `headers`: of {@link readHeaders}.
 * FORMAT.md gives the order: the older family comes first, because the SDK that knows it reads an
 * object with both sets as the older one.
 */
export function recognise(headers: Headers): RecognisedFormat {
  return (
    olderFamily(headers) ??
    currentFamily(headers) ??
    olderRemains(headers) ??
    splitMessage(headers) ?? { kind: 'plain' }
  )
}

const OLDER_KEY = 'oss-crypto-key'

function olderFamily(headers: Headers): RecognisedFormat | null {
  if (!headers.has(META_PREFIX + OLDER_KEY)) return null
  const parsed = parseOlder(headers)
  if ('kind' in parsed) return { ...parsed, present: olderNames(headers) }
  const { wrap, ...values } = parsed
  const wrapAlgorithm = wrap === 'kms' ? KMS_WRAP : OAEP_WRAP
  return {
    kind: 'encrypted',
    format: 'v1',
    envelope: {
      format: 'v1',
      ...values,
      contentAlgorithm: CONTENT_ALGORITHM,
      wrapAlgorithm,
      dataSize: null,
      partSize: null,
    },
  }
}

/**
 * Headers of the older family without its key mean damage, except beside a whole envelope of the
 * current family.
 */
function olderRemains(headers: Headers): RecognisedFormat | null {
  const present = olderNames(headers)
  return present.length === 0 ? null : { ...damage(headers, OLDER_KEY), present }
}

function currentFamily(headers: Headers): RecognisedFormat | null {
  const parsed = parseEnvelope(headers)
  if (parsed.kind === 'none') return null
  if (parsed.kind === 'broken') return { ...parsed, present: currentNames(headers) }
  return { kind: 'encrypted', format: formatOf(parsed.envelope), envelope: parsed.envelope }
}

function currentNames(headers: Headers): readonly string[] {
  return [...headers.keys()]
    .filter((name) => name.startsWith(ENVELOPE_PREFIX))
    .map((name) => name.slice(META_PREFIX.length))
}

function splitMessage(headers: Headers): RecognisedFormat | null {
  const read = readSplit(headers)
  if (read.kind === 'none') return null
  if (read.kind === 'broken') return read
  const format = messageFormat(read.message)
  return format === 'sdk-split'
    ? { kind: 'message', format, message: read.message }
    : { kind: 'later', format, message: read.message }
}
