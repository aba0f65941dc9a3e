import { Failure } from '../../../../shared/contract/errors.ts'
import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import { combineCrc64, crc64FromDecimal, EMPTY_CRC64 } from '../../../../shared/format/crc64.ts'
import { ENVELOPE_PREFIX, META_PREFIX } from '../../../../shared/format/envelope/envelope.ts'
import { planRanges, type Part } from '../../../../shared/format/part-plan.ts'
import type { PutResult } from '../../oss/answers.ts'
import type { Oss } from '../../oss/client.ts'
import { deleteVersion } from '../../oss/object-deletes.ts'
import { readAction, versionQuery } from '../../oss/object-ref.ts'
import { headObject, headVersion, rangeHeaders, type ObjectHead } from '../../oss/objects.ts'
import { allParts, runPart, type Running } from '../run/running.ts'
import { CLEANUP_MS, compareCrc64 } from '../run/stored-object.ts'

/** An object and the account that reaches it. */
export interface Spot {
  readonly oss: Oss
  readonly bucket: string
  readonly key: string
}

/** The object that is copied. `versionId` null: the current version. */
export interface SourceSpot extends Spot {
  readonly versionId: string | null
}

const CARRIED: ReadonlySet<string> = new Set([
  'content-type',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
])
const SUM_BYTES = 64 * 1024 * 1024

/**
 * Finds the headers that a copy takes along: values as the wire gave them, one character a byte.
 */
export function carriedHeaders({ headers }: ObjectHead): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...headers].filter(([name]) => CARRIED.has(name) || name.startsWith(META_PREFIX)),
  )
}

/** Returns the headers that a copy with new headers names. OSS itself keeps the envelope. */
export const withoutEnvelope = (
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(ENVELOPE_PREFIX)))

/** Finds the first header that is not as expected; null when all are. */
export function otherHeader(
  expected: Readonly<Record<string, string>>,
  made: ObjectHead,
): string | null {
  const found = carriedHeaders(made)
  return (
    [...Object.keys(expected), ...Object.keys(found)].find(
      (name) => expected[name]?.trim() !== found[name]?.trim(),
    ) ?? null
  )
}

/**
 * Tells whether an object is a copy of the source, by size, headers, and CRC-64 or ETag. The ETag
 * of an object that came in parts may change with a copy, and a copy may have no CRC-64. Where
 * neither agrees, it is not a copy.
 */
export function isCopy(
  source: ObjectHead,
  expected: Readonly<Record<string, string>>,
  made: ObjectHead,
): boolean {
  const same =
    source.crc64 !== null && made.crc64 !== null
      ? source.crc64 === made.crc64
      : sameEtag(source, made)
  return same && source.size === made.size && otherHeader(expected, made) === null
}

/** Tells whether two ETags are the same. Where a server gives none, nothing is the same. */
export const sameEtag = (a: Pick<PutResult, 'etag'>, b: Pick<PutResult, 'etag'>): boolean =>
  a.etag !== '' && a.etag === b.etag

/** Makes of a found object the answer that OSS gives when it stores one. */
export const storedIn = ({ etag, crc64, versionId }: ObjectHead): PutResult => ({
  etag,
  crc64,
  versionId,
})

/** Tells whether everything that OSS says of two objects is the same, besides their versions. */
export const isAlike = (one: ObjectHead, other: ObjectHead): boolean =>
  one.etag === other.etag &&
  one.crc64 === other.crc64 &&
  one.size === other.size &&
  one.modified === other.modified

/** Tells whether an object is still the one that it was. */
const isUnchanged = (before: ObjectHead, now: ObjectHead): boolean =>
  isAlike(before, now) && before.versionId === now.versionId

/**
 * Tells whether two objects are one, reached by another profile or through a second name of its
 * bucket. Everything that OSS says of them is the same then. Two servers of this computer differ by
 * their ports. Two versions of one object have two ids.
 */
export function isItself(from: Spot, source: ObjectHead, to: Spot, there: ObjectHead): boolean {
  const [here, other] = [new URL(from.oss.origin), new URL(to.oss.origin)]
  const apart =
    LOOPBACK.has(here.hostname) && LOOPBACK.has(other.hostname) && here.port !== other.port
  const isOther =
    source.versionId !== null && there.versionId !== null && source.versionId !== there.versionId
  return !apart && !isOther && from.key === to.key && isAlike(source, there)
}

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** A copy that is to be proven. */
export interface CopyClaim {
  readonly running: Running
  readonly from: SourceSpot
  readonly source: ObjectHead
  readonly to: Spot
  /** The answer of OSS when it was written. */
  readonly stored: PutResult
  /** Headers that it must have. */
  readonly expected: Readonly<Record<string, string>>
  /** CRC-64 that was summed on the way; null when no byte came by. */
  readonly summed: bigint | null
  /** Where OSS keeps no sum, read what was written once more. */
  readonly readAgain: boolean
}

/**
 * Compares the object that was written with its source: size, headers and CRC-64. Returns 'absent'
 * where nothing tells of the content and it was not to be read again. Throws Failure 'copy-differs'
 * or 'checksum', after removing what was written.
 */
export async function proveCopy(claim: CopyClaim): Promise<TransferOutcome['checksum']> {
  const { running, source, to, stored, expected } = claim
  try {
    const made = await headObject(to.oss, to.bucket, to.key, running.control.cancelled)
    if (made.etag !== stored.etag) throw new Failure({ code: 'object-changed', key: to.key })
    const other = made.size === source.size ? otherHeader(expected, made) : 'content-length'
    if (other !== null) throw new Failure({ code: 'copy-differs', key: to.key, what: other })
    return await proveContent(claim, made)
  } catch (cause) {
    if (cause instanceof Failure && DAMAGED.has(cause.error.code)) {
      running.saved?.drop()
      await removeOurs(to, stored)
    }
    throw cause
  }
}

const DAMAGED: ReadonlySet<string> = new Set(['copy-differs', 'checksum'])

async function proveContent(
  { running, from, source, to, stored, summed, readAgain }: CopyClaim,
  made: ObjectHead,
): Promise<TransferOutcome['checksum']> {
  const known = summed ?? (source.crc64 === null ? null : crc64FromDecimal(source.crc64))
  if (known !== null) {
    compareCrc64(stored.crc64, known)
    if (made.crc64 !== null) return compareCrc64(made.crc64, known)
  }
  if (sameEtag(made, source)) return 'matches'
  // An object without an ETag may change while it is read.
  if (!readAgain || made.etag === '' || source.etag === '') return 'absent'
  const [theirs, ours] = [
    known ?? (await readSum(running, from, source)),
    await readSum(running, { ...to, versionId: null }, made),
  ]
  if (theirs !== ours) throw new Failure({ code: 'checksum' })
  return 'matches'
}

/** Reads an object for its CRC-64. The bytes are not stored. */
async function readSum(
  running: Running,
  { oss, bucket, key, versionId }: SourceSpot,
  { size, etag }: ObjectHead,
): Promise<bigint> {
  const parts = planRanges(0, size, SUM_BYTES)
  const sums = new Map<number, bigint>()
  const quiet: Running = { ...running, tell: () => undefined }
  const progress = { done: 0 }
  const read = (part: Part, signal: AbortSignal): Promise<void> =>
    runPart(
      quiet,
      progress,
      {
        part,
        oss,
        toSign: {
          method: 'GET',
          bucket,
          key,
          query: versionQuery(versionId),
          headers: rangeHeaders({ ...part, ifMatch: etag }),
        },
        action: readAction(versionId),
        job: (request) => ({
          kind: 'relay',
          request,
          into: null,
          offset: part.offset,
          length: part.length,
          cipher: null,
          checksum: true,
        }),
        accept: ({ crc64 }) => void sums.set(part.number, crc64 ?? EMPTY_CRC64),
      },
      signal,
    )
  await allParts(quiet, () => parts.filter(({ number }) => !sums.has(number)), read)
  return parts.reduce(
    (sum, { number, length }) => combineCrc64(sum, sums.get(number) ?? EMPTY_CRC64, length),
    EMPTY_CRC64,
  )
}

/**
 * Removes an object that was just written and is damaged: exactly that version, or the object if it
 * is still the one. Never fails.
 */
export async function removeOurs(
  { oss, bucket, key }: Spot,
  { etag, versionId }: PutResult,
): Promise<void> {
  const signal = AbortSignal.timeout(CLEANUP_MS)
  try {
    if (versionId === null && !sameEtag(await headObject(oss, bucket, key, signal), { etag }))
      return
    await oss.call(
      {
        method: 'DELETE',
        bucket,
        key,
        query: versionId === null ? {} : { versionId },
        action: 'oss:DeleteObject',
      },
      signal,
    )
  } catch {
    // The failure that led here is thrown. This one would hide it.
  }
}

/**
 * Deletes the object that was copied, if it still is the one. Of a version that the user named,
 * exactly this version is deleted. Throws Failure 'source-kept'. OSS knows no conditional delete.
 * An object that replaces the current one between the two calls is lost, save in a bucket with
 * versioning, which keeps it. `proof`: the comparison of the copy with the object; without a proof
 * the object stays.
 */
export async function removeSource(
  from: SourceSpot,
  copied: ObjectHead,
  proof: TransferOutcome['checksum'],
  signal: AbortSignal,
): Promise<void> {
  const { oss, key } = from
  const kept = (reason: 'changed' | 'not-deleted' | 'not-proven', requestId = '') =>
    new Failure({ code: 'source-kept', key, reason, requestId })
  if (proof !== 'matches') throw kept('not-proven')
  try {
    if (!isUnchanged(copied, await headVersion(oss, from, signal))) throw kept('changed')
    await deleteVersion(oss, from, signal)
  } catch (cause) {
    if (
      !(cause instanceof Failure) ||
      cause.error.code === 'source-kept' ||
      cause.error.code === 'cancelled'
    )
      throw cause
    if (cause.error.code === 'not-found' && cause.error.what === 'object') return
    throw kept('not-deleted', 'requestId' in cause.error ? cause.error.requestId : '')
  }
}
