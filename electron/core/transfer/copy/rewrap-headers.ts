import {
  ENVELOPE_PREFIX,
  serializeEnvelope,
  type Envelope,
} from '../../../../shared/format/envelope/envelope.ts'
import { olderNames } from '../../../../shared/format/envelope/envelope-v1.ts'
import { META_PREFIX } from '../../../../shared/format/headers.ts'

/** Headers of the current family that say how the data key is wrapped, and the parts. */
const ENVELOPE_NAMES = [
  'key',
  'start',
  'cek-alg',
  'wrap-alg',
  'matdesc',
  'magic-number-hmac',
  'data-size',
  'part-size',
].map((name) => ENVELOPE_PREFIX + name)
/** Hints about the plaintext. They stay true under every master key. */
const PLAINTEXT_HINT = /unencrypted-content-/

/**
 * Returns the headers of an object under another envelope. Every value that another master key
 * wrapped is left out, of both families. Names are lower case.
 */
export function headersUnder(
  headers: Readonly<Record<string, string>>,
  envelope: Envelope,
): Readonly<Record<string, string>> {
  const older = olderNames(new Map(Object.entries(headers))).filter(
    (name) => !PLAINTEXT_HINT.test(name),
  )
  const gone = new Set([...ENVELOPE_NAMES, ...older.map((name) => META_PREFIX + name)])
  return {
    ...Object.fromEntries(Object.entries(headers).filter(([name]) => !gone.has(name))),
    ...serializeEnvelope(envelope),
  }
}
