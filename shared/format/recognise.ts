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
import type { SealedMessage } from './message/message-header.ts'
import { readSplit } from './message/message-split.ts'

export { readHeaders, type Headers } from './headers.ts'

/** What an object's headers say about it. Header names come without `x-oss-meta-`. */
export type Recognised =
  | { readonly kind: 'plain' }
  | { readonly kind: 'sealed'; readonly format: FormatName; readonly envelope: Envelope }
  /**
   * A message whose header is in the metadata. Messages that are the whole object say nothing here:
   * see `messageAt`.
   */
  | { readonly kind: 'message'; readonly format: 'sdk-split'; readonly message: SealedMessage }
  /** Encrypted once, and no longer whole. `present`: what is left of the envelope. */
  | (Damage & { readonly present: readonly string[] })
  /** A format that is known and not read. */
  | { readonly kind: 'later'; readonly format: FormatName; readonly message: SealedMessage }

/**
 * The format of an object, from its headers alone; `headers` from {@link readHeaders}. The order is
 * that of FORMAT.md: the older family first, because an object that has both sets is read as the
 * older one by the SDK that knows it.
 */
export function recognise(headers: Headers): Recognised {
  return (
    olderFamily(headers) ??
    currentFamily(headers) ??
    olderRemains(headers) ??
    splitMessage(headers) ?? { kind: 'plain' }
  )
}

const OLDER_KEY = 'oss-crypto-key'

function olderFamily(headers: Headers): Recognised | null {
  if (!headers.has(META_PREFIX + OLDER_KEY)) return null
  const parsed = parseOlder(headers)
  if ('kind' in parsed) return { ...parsed, present: olderNames(headers) }
  const { wrap, ...values } = parsed
  const wrapAlgorithm = wrap === 'kms' ? KMS_WRAP : OAEP_WRAP
  return {
    kind: 'sealed',
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
 * Headers of the older family without its key make an object damaged, but not one that has a whole
 * envelope of the current one.
 */
function olderRemains(headers: Headers): Recognised | null {
  const present = olderNames(headers)
  return present.length === 0 ? null : { ...damage(headers, OLDER_KEY), present }
}

function currentFamily(headers: Headers): Recognised | null {
  const parsed = parseEnvelope(headers)
  if (parsed.kind === 'none') return null
  if (parsed.kind === 'broken') return { ...parsed, present: currentNames(headers) }
  return { kind: 'sealed', format: formatOf(parsed.envelope), envelope: parsed.envelope }
}

function currentNames(headers: Headers): readonly string[] {
  return [...headers.keys()]
    .filter((name) => name.startsWith(ENVELOPE_PREFIX))
    .map((name) => name.slice(META_PREFIX.length))
}

function splitMessage(headers: Headers): Recognised | null {
  const read = readSplit(headers)
  if (read.kind === 'none') return null
  if (read.kind === 'broken') return read
  const format = messageFormat(read.message)
  return format === 'sdk-split'
    ? { kind: 'message', format, message: read.message }
    : { kind: 'later', format, message: read.message }
}
