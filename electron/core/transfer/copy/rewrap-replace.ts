import { Failure } from '../../../../shared/contract/errors.ts'
import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import { crc64FromDecimal } from '../../../../shared/format/crc64.ts'
import { ENVELOPE_PREFIX, META_PREFIX } from '../../../../shared/format/envelope/envelope.ts'
import { aclOf } from '../../oss/acl.ts'
import { currentObject } from '../../oss/object-ref.ts'
import { headIfThere, headObject, type ObjectHead } from '../../oss/objects.ts'
import { TAG_HEADER, tagHeader, type ObjectTag } from '../../oss/tags.ts'
import { carriedHeaders, isAlike, otherHeader } from './copy-proof.ts'
import { relay, type RelayResult } from './relay.ts'
import type { NewForm, RewrapTask } from './rewrap-job.ts'
import { sendWhole, type WholeBody } from './rewrap-whole.ts'

/** The facts of an object besides its headers and bytes. */
export interface Besides {
  readonly storageClass: string
  readonly tags: readonly ObjectTag[]
  /** 'default': the ACL of the bucket. */
  readonly acl: string
}

/**
 * Asks for what goes along with an object with these tags. Throws Failure, also where the ACL may
 * not be read.
 */
export async function besidesOf(
  { spot, source, running }: RewrapTask,
  tags: readonly ObjectTag[],
): Promise<Besides> {
  const { oss, bucket, key } = spot
  const { cancelled } = running.control
  return {
    storageClass: source.storageClass,
    tags,
    acl: await aclOf(oss, currentObject(bucket, key), cancelled),
  }
}

const aclHeader = ({ acl }: Besides): Readonly<Record<string, string>> =>
  acl === 'default' ? {} : { 'x-oss-object-acl': acl }

const requestHeaders = (besides: Besides): Readonly<Record<string, string>> => ({
  'x-oss-storage-class': besides.storageClass,
  ...(besides.tags.length > 0 && { [TAG_HEADER]: tagHeader(besides.tags) }),
  ...aclHeader(besides),
})

/** Headers that hold a wrapped data key. No two envelopes share one. */
const WRAPPED_KEYS = [`${ENVELOPE_PREFIX}key`, `${META_PREFIX}oss-crypto-key`]

/** Tells whether an object has exactly the wrapped data key of this form. */
const isOurs =
  ({ plan }: NewForm) =>
  (head: ObjectHead): boolean =>
    WRAPPED_KEYS.every((name) => head.headers.get(name) === plan.headers[name])

/**
 * Replaces the object. `body`: its bytes; null for an object that goes in parts. Throws Failure
 * 'object-changed', 'checksum', and what OSS refuses.
 */
export function replaceObject(
  task: RewrapTask,
  form: NewForm,
  besides: Besides,
  body: WholeBody | null,
): Promise<RelayResult> {
  const { job, running, spot, source } = task
  const { plan, recode } = form
  const beforeWrite = (): Promise<void> => assertSame(task)
  const extra = requestHeaders(besides)
  if (body !== null)
    return sendWhole({
      running,
      spot,
      body,
      headers: { ...plan.headers, ...extra },
      beforeWrite,
      isOurs: isOurs(form),
    })
  return relay({
    job,
    running,
    from: spot,
    to: spot,
    source,
    plan,
    besides: extra,
    replace: true,
    beforeWrite,
    // OSS takes the ACL of such an object with the last request.
    completion: { headers: aclHeader(besides), isOurs: isOurs(form) },
    ...(recode !== null && { recode }),
  })
}

/**
 * Throws Failure 'object-changed' where another object stands in the place of the source, or where
 * its headers changed. A relay gives the same ETag to another envelope, so the headers count too.
 */
async function assertSame({ spot, source, running }: RewrapTask): Promise<void> {
  const { oss, bucket, key } = spot
  const now = await headIfThere(oss, bucket, key, running.control.cancelled)
  const isSame =
    now !== null && isAlike(source, now) && otherHeader(carriedHeaders(source), now) === null
  if (!isSame) throw new Failure({ code: 'object-changed', key })
}

/**
 * Compares the object that was written: headers, size, CRC-64, class, tags and ACL. Returns
 * 'absent' where OSS gave no CRC-64. Throws Failure 'object-changed' where another object replaced
 * ours meanwhile, and 'rewrap-differs' for ours. Nothing is removed: it may be the only one.
 */
export async function proveReplaced(
  task: RewrapTask,
  form: NewForm,
  besides: Besides,
  { stored, summed }: RelayResult,
): Promise<TransferOutcome['checksum']> {
  const { spot, source, running } = task
  const { oss, bucket, key } = spot
  const { cancelled } = running.control
  const made = await headObject(oss, bucket, key, cancelled)
  if (made.etag !== stored.etag) throw new Failure({ code: 'object-changed', key })
  // OSS gives a content type to an object that has none.
  const expected = { 'content-type': made.contentType, ...form.plan.headers }
  const sum = made.crc64 === null ? null : crc64FromDecimal(made.crc64.trim())
  const tagged = Number(made.headers.get('x-oss-tagging-count') ?? 0)
  const what =
    otherHeader(expected, made) ??
    (made.size === source.size ? null : 'content-length') ??
    (sum === null || summed === null || sum === summed ? null : 'CRC-64') ??
    (made.storageClass === source.storageClass ? null : 'x-oss-storage-class') ??
    (tagged === besides.tags.length ? null : TAG_HEADER) ??
    ((await aclOf(oss, currentObject(bucket, key), cancelled)) === besides.acl
      ? null
      : 'x-oss-object-acl')
  if (what !== null) throw new Failure({ code: 'rewrap-differs', key, what })
  return sum === null ? 'absent' : 'matches'
}
