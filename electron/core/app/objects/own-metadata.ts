import { ENVELOPE_PREFIX, META_PREFIX } from '../../../../shared/format/envelope/envelope.ts'
import { olderNames } from '../../../../shared/format/envelope/envelope-v1.ts'
import { recognise, type Headers } from '../../../../shared/format/recognise.ts'
import { SEAL_HEADER } from '../../seals/seal-text.ts'

/** The metadata names of a message, with the prefix once or twice. */
const MESSAGE_NAMES = ['header', 'iv', 'authtag'].flatMap((name) => [name, META_PREFIX + name])

const STANDARD = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
]

/** Returns the headers that OSS stores for those who download the object, without its type. */
export const standardHeaders = (headers: Headers): Record<string, string> =>
  Object.fromEntries([...headers].filter(([name]) => STANDARD.includes(name)))

/**
 * Returns the user metadata as the user gave it, without the prefix and without the names of the
 * object's format.
 */
export function ownMetadata(headers: Headers): Record<string, string> {
  const { kind } = recognise(headers)
  const format = new Set([
    ...olderNames(headers),
    SEAL_HEADER.slice(META_PREFIX.length),
    ...(kind === 'message' || kind === 'later' ? MESSAGE_NAMES : []),
  ])
  const own = [...headers]
    .filter(([name]) => name.startsWith(META_PREFIX) && !name.startsWith(ENVELOPE_PREFIX))
    .map(([name, value]) => [name.slice(META_PREFIX.length), value] as const)
  return Object.fromEntries(own.filter(([name]) => !format.has(name)))
}
