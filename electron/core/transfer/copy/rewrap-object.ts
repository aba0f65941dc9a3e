import { Failure, valueOf } from '../../../../shared/contract/errors.ts'
import type { RewrapLeft, RewrapOutcome } from '../../../../shared/contract/models-rewraps.ts'
import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import type { Envelope } from '../../../../shared/format/envelope/envelope.ts'
import type { MasterKeyHandle } from '../../keys/master-key.ts'
import { wrapFresh } from '../../keys/wrap-again.ts'
import { headIfThere } from '../../oss/objects.ts'
import type { ObjectTag } from '../../oss/tags.ts'
import { SEAL_HEADER, SEAL_TAG, type Seal } from '../../seals/seal-text.ts'
import type { Running } from '../run/running.ts'
import { dropStartedCopy } from './copy-notes.ts'
import { carriedHeaders, type SourceSpot } from './copy-proof.ts'
import { judgeRewrap, tryOldKeys } from './judge-rewrap.ts'
import { relayPlan, type RelayPlan } from './relay-plan.ts'
import { envelopeAgain, headersUnder } from './rewrap-envelope.ts'
import type { NewForm, RewrapJob, RewrapTask } from './rewrap-job.ts'
import { dropOldSecond, tagsWithoutOld } from './old-second.ts'
import { addSecond } from './rewrap-second.ts'
import { besidesOf, proveReplaced, replaceObject } from './rewrap-replace.ts'
import { freshSeal, judgeOldSeal, sealFits, sealUnder } from './rewrap-seal.ts'
import { MOST_AT_ONCE, readWhole, recodeWhole, type WholeBody } from './rewrap-whole.ts'

/**
 * Gives one object another master key. The new envelope is proven before anything is sent. The
 * object is replaced by one request, after a look whether it is still the same, and is compared
 * afterwards. So it is under the old key or under the new one at every moment. OSS replaces on no
 * condition: an object that another program writes between the look and the request is lost, save
 * in a bucket with versioning. Throws Failure: 'object-changed', 'checksum', 'key-proof-failed',
 * 'rewrap-differs', and what OSS and the keys refuse. No object is ever removed.
 */
export async function rewrapObject(job: RewrapJob, running: Running): Promise<TransferOutcome> {
  const { cancelled } = running.control
  await running.control.untilMoving()
  const oss = valueOf(await job.oss())
  const spot: SourceSpot = { oss, bucket: job.bucket, key: job.key, versionId: null }
  const source = await headIfThere(oss, job.bucket, job.key, cancelled)
  if (source === null) return ended({ did: 'left', why: 'gone' })
  running.tell({ t: 'planned', total: source.size, parts: 1, keyName: null })
  using target = valueOf(await job.keys.target(cancelled))
  const verdict = await judgeRewrap(job, target, source, cancelled)
  switch (verdict.kind) {
    case 'left':
      return ended({ did: 'left', why: verdict.why })
    case 'already': {
      await dropStartedCopy({ job, running, to: spot })
      const tried = await tryOldKeys(job, job.keys.from, verdict.envelope, cancelled)
      const did = await dropOldSecond(job, running, spot, source)
      return ended({ did, ...tried })
    }
    case 'rewrap': {
      const { opened, envelope: old } = verdict
      using _ = opened.dataKey
      // Awaited here: the data key is wiped when this block ends.
      return await rewrap({ job, running, spot, source, target, opened, old })
    }
  }
}

/** Makes the outcome of an object. Only a rewrapped one does not count as skipped. */
function ended(
  outcome: Pick<RewrapOutcome, 'did'> & Partial<RewrapOutcome>,
  checksum: TransferOutcome['checksum'] = 'absent',
): TransferOutcome {
  return {
    encrypted: outcome.why !== 'plain',
    checksum,
    tag: 'none',
    savedAs: null,
    skipped: outcome.did !== 'rewrapped',
    rewrap: { why: null, oldKey: null, tried: [], stillOpen: [], ...outcome },
  }
}

async function rewrap(task: RewrapTask): Promise<TransferOutcome> {
  const { job, running, opened, source } = task
  const { keyName: oldKey } = opened
  const left = (why: RewrapLeft): TransferOutcome => ended({ did: 'left', why, oldKey })
  if (job.mode !== 'second' && isOdd(task)) return left('odd-parts')
  const found = await judgeOldSeal(task)
  if (found.why !== null) return left(found.why)
  const { seal, tags } = found
  if (job.mode === 'second') {
    const { did, ...end } = await addSecond(task, seal, tags)
    const { checksum, ...more } = { checksum: 'absent' as const, ...end }
    return ended({ did, ...more, oldKey }, checksum)
  }
  const isFresh = job.mode === 'fresh'
  if (isFresh && seal !== null && source.size > MOST_AT_ONCE) return left('sealed-large')
  if (job.dryRun) return ended({ did: 'would', oldKey })
  using old = await job.keys.old(opened.keyId)
  const form = await newForm(task, seal, old)
  try {
    const { plan, recode } = form
    const { length: parts } = plan.parts
    running.tell({ t: 'planned', total: source.size, parts, keyName: oldKey })
    const read = plan.inParts ? null : await readWhole(running, task.spot, source)
    if (read === null || recode === null) return await write(task, form, read, tags)
    if (seal !== null && !sealFits(opened, seal, read.bytes)) return left('seal-changed')
    const body = await recodeWhole(recode, read.bytes)
    const text = seal === null ? null : freshSeal(task, seal, old, recode.to, body.bytes)
    return await write(task, withSeal(form, text), body, tags)
  } finally {
    form.recode?.to.dataKey[Symbol.dispose]()
  }
}

/** Returns a form whose headers have this seal; null: they stay. */
function withSeal(form: NewForm, text: string | null): NewForm {
  if (text === null) return form
  const headers = { ...form.plan.headers, [SEAL_HEADER]: text }
  return { ...form, plan: { ...form.plan, headers } }
}

/** Writes the object, proves it, and tries the old keys on it. */
async function write(
  task: RewrapTask,
  form: NewForm,
  body: WholeBody | null,
  tags: readonly ObjectTag[],
): Promise<TransferOutcome> {
  const { job, running, spot, opened } = task
  const { cancelled } = running.control
  const { keyName: oldKey, keyId } = opened
  // The seal is in the metadata now. A seal of another data key would not fit.
  const isMoved = form.plan.headers[SEAL_HEADER] !== undefined || form.recode !== null
  const kept = tagsWithoutOld(task, tags, form.recode !== null)
  const besides = await besidesOf(task, isMoved ? kept.filter(([name]) => name !== SEAL_TAG) : kept)
  await job.trial(spot, form.plan.headers, cancelled)
  const written = await replaceObject(task, form, besides, body)
  running.tell({ t: 'finishing' })
  const checksum = await proveReplaced(task, form, besides, written)
  const old = [...new Set([keyId, ...job.keys.from])]
  const tried = await tryOldKeys(job, old, form.envelope, cancelled)
  return ended({ did: 'rewrapped', oldKey, ...tried }, checksum)
}

/** The parts of an object that is larger than one request from memory. */
const inParts = ({ partSize }: RewrapJob) => ({ partSize, multipartFrom: MOST_AT_ONCE + 1 })

/**
 * Tells whether an object is too large for one request from memory, and declares parts that OSS
 * does not take. A stream in one request would replace it before its bytes are proven.
 */
function isOdd({ job, source }: RewrapTask): boolean {
  if (job.mode === 'fresh' || source.size <= MOST_AT_ONCE) return false
  try {
    return !relayPlan(source.size, carriedHeaders(source), inParts(job)).inParts
  } catch (cause) {
    if (cause instanceof Failure && cause.error.code === 'too-large') return true
    throw cause
  }
}

/** `seal`: the seal of the object; null for none. `old`: the key that made its mark. */
async function newForm(
  task: RewrapTask,
  seal: Seal | null,
  old: MasterKeyHandle | null,
): Promise<NewForm> {
  const { job, running, source, target, opened } = task
  const planUnder = (envelope: Envelope, headers = carriedHeaders(source)): RelayPlan =>
    relayPlan(source.size, headersUnder(headers, envelope), inParts(job))
  if (job.mode === 'relay') {
    const { envelope, started } = await envelopeAgain(task)
    const plan = planUnder(envelope)
    if (seal === null) return { envelope, plan, recode: null }
    // An upload goes on under the very headers that it was started with.
    const text = started?.[SEAL_HEADER] ?? sealUnder(task, seal, old)
    return withSeal({ envelope, plan, recode: null }, text)
  }
  const { cancelled } = running.control
  const { dataKey, counter, envelope } = valueOf(await wrapFresh(target, seal !== null, cancelled))
  const { [SEAL_HEADER]: _, ...headers } = carriedHeaders(source)
  const recode = { from: opened, to: { dataKey, counter } }
  return { envelope, plan: planUnder(envelope, headers), recode }
}
