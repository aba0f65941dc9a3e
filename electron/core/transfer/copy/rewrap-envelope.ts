import {
  ENVELOPE_PREFIX,
  serializeEnvelope,
  type Envelope,
} from '../../../../shared/format/envelope/envelope.ts'
import { olderNames } from '../../../../shared/format/envelope/envelope-v1.ts'
import { META_PREFIX } from '../../../../shared/format/headers.ts'
import { readHeaders, recognise } from '../../../../shared/format/recognise.ts'
import { valueOf } from '../../../../shared/contract/errors.ts'
import { opensTo, wrapAgain } from '../../keys/wrap-again.ts'
import { uploadOf } from '../run/multipart-uploads.ts'
import type { RewrapTask } from './rewrap-job.ts'

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

/**
 * Returns the envelope under the new key, with the same data key and counter. An upload that a kill
 * cut off goes on under the envelope that it was started with, if the new key opens that one. The
 * declared sizes stay, since a file that a Java SDK split again is read by them (FORMAT.md 2.7).
 */
export async function envelopeAgain(task: RewrapTask): Promise<AgainEnvelope> {
  const { target, opened, running, old } = task
  const { cancelled } = running.control
  const started = await startedEnvelope(task)
  const made = started?.envelope ?? valueOf(await wrapAgain(target, opened, cancelled))
  // Format V1 has no place for the sizes.
  const sizes = made.format === 'v1' ? {} : { dataSize: old.dataSize, partSize: old.partSize }
  return { envelope: { ...made, ...sizes }, started: started?.headers ?? null }
}

/** An envelope under the new key. `started`: the headers of the upload that goes on with it. */
interface AgainEnvelope {
  readonly envelope: Envelope
  readonly started: Readonly<Record<string, string>> | null
}

async function startedEnvelope({ spot, target, opened, running }: RewrapTask): Promise<{
  readonly envelope: Envelope
  readonly headers: Readonly<Record<string, string>>
} | null> {
  const last = running.saved?.last() ?? null
  const noted = last === null ? null : uploadOf(last, spot)
  if (noted === null) return null
  const found = recognise(readHeaders(new Map(Object.entries(noted.headers))))
  if (found.kind !== 'encrypted') return null
  const isOurs = await opensTo(target, found.envelope, opened, running.control.cancelled)
  return isOurs ? { envelope: found.envelope, headers: noted.headers } : null
}
