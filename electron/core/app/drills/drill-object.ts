import { Failure, type AppError } from '../../../../shared/contract/errors.ts'
import type { DrillObject } from '../../../../shared/contract/models-drills.ts'
import { readHeaders, recognise } from '../../../../shared/format/recognise.ts'
import { currentObject } from '../../oss/object-ref.ts'
import { headVersion, type ObjectHead } from '../../oss/objects.ts'
import { planSeal } from '../../seals/new-seal.ts'
import { openReadable, type RangeReader } from '../../transfer/download/read-range.ts'
import { readLeaves } from '../../transfer/run/read-leaves.ts'
import { verifyObject } from '../../transfer/download/verify-object.ts'
import type { Openers } from '../../transfer/run/jobs.ts'
import { openLeafList } from '../../transfer/run/leaf-list.ts'
import { compareCrc64 } from '../../transfer/run/stored-object.ts'
import { MOST_CHECKED_BYTES, type SealRules } from '../../transfer/run/stored-seal.ts'

/** The key of the copy, and the rules for seals. */
export interface DrillWith {
  readonly openers: Openers
  readonly rules: SealRules
}

type Facts = Pick<DrillObject, 'seal' | 'sealReason' | 'checksum'>
const NO_FACTS: Facts = { seal: null, sealReason: null, checksum: 'absent' }

/**
 * Opens one object and reads all of it. The plaintext of small objects is in memory for a moment;
 * of large ones nothing is decrypted but what their seal or sum needs. Nothing reaches the disk. A
 * failure of the object is a fact of the answer. Throws Failure 'cancelled', 'bad-credentials'.
 */
export async function drillObject(
  reader: RangeReader,
  { bucket, key }: { readonly bucket: string; readonly key: string },
  how: DrillWith,
  signal: AbortSignal,
): Promise<DrillObject> {
  const started = performance.now()
  let head: ObjectHead | null = null
  const done = (over: Partial<DrillObject>): DrillObject => ({
    key,
    versionId: head?.versionId ?? null,
    size: head?.size ?? 0,
    ms: Math.round(performance.now() - started),
    state: 'failed',
    ...NO_FACTS,
    error: null,
    ...over,
  })
  try {
    head = await headVersion(reader.oss, currentObject(bucket, key), signal)
    const found = recognise(readHeaders(head.headers))
    if (found.kind === 'plain') return done({ state: 'plain' })
    const isLarge = head.size > MOST_CHECKED_BYTES
    const read = isLarge && found.kind === 'encrypted' ? readLarge : readSmall
    return done({ state: 'opened', ...(await read(reader, bucket, key, how, signal)) })
  } catch (cause) {
    if (!(cause instanceof Failure) || OF_ALL.has(cause.error.code)) throw cause
    return done({ error: cause.error, ...sealFacts(cause.error) })
  }
}

/** Decrypts all of an object into memory, compares its sum, seal and tag, and wipes it. */
async function readSmall(
  reader: RangeReader,
  bucket: string,
  key: string,
  { openers, rules }: DrillWith,
  signal: AbortSignal,
): Promise<Facts> {
  const how = { openers, message: false as const, repair: false, seals: () => rules }
  using object = await openReadable(reader, currentObject(bucket, key), how, signal)
  const { bytes, checksum, seal } = await object.readWhole(signal)
  bytes.fill(0)
  return { seal: seal?.state ?? null, sealReason: seal?.reason ?? null, checksum }
}

/**
 * Reads all stored bytes of a large object. The seal commits to the key and the counter of the
 * copy, so the content need not be decrypted. Without a seal the CRC-64 of OSS is compared.
 */
async function readLarge(
  reader: RangeReader,
  bucket: string,
  key: string,
  how: DrillWith,
  signal: AbortSignal,
): Promise<Facts> {
  const ref = currentObject(bucket, key)
  const { verdict } = await verifyObject(reader, ref, how, signal)
  const { state, reason } = verdict
  if (state === 'intact') return { seal: state, sealReason: reason, checksum: 'absent' }
  if (state !== 'unsealed') throw new Failure({ code: 'seal-refused', key, state, reason })
  const head = await headVersion(reader.oss, ref, signal)
  const found = recognise(readHeaders(head.headers))
  if (found.kind !== 'encrypted') throw new Failure({ code: 'object-changed', key })
  const opened = await how.openers.envelope(found.envelope, signal)
  if (!opened.ok) throw new Failure(opened.error)
  using dataKey = opened.value.dataKey
  const list = openLeafList({ ...planSeal(head.size), length: head.size })
  const sum = await readLeaves(reader, { oss: reader.oss, ref, head }, list, dataKey.bytes, signal)
  return { seal: state, sealReason: reason, checksum: compareCrc64(head.crc64, sum) }
}

const sealFacts = (error: AppError): Partial<Facts> =>
  error.code === 'seal-refused' ? { seal: error.state, sealReason: error.reason } : {}

/** Failures after which no further object would do better. */
const OF_ALL: ReadonlySet<AppError['code']> = new Set<AppError['code']>([
  'cancelled',
  'bad-credentials',
])
