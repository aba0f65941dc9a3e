import { Failure, valueOf } from '../../../../shared/contract/errors.ts'
import type { RewrapOutcome } from '../../../../shared/contract/models-rewraps.ts'
import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import type { Envelope } from '../../../../shared/format/envelope/envelope.ts'
import { wrapFresh } from '../../keys/wrap-again.ts'
import { headIfThere } from '../../oss/objects.ts'
import type { Running } from '../run/running.ts'
import { dropStartedCopy } from './copy-notes.ts'
import { carriedHeaders, type SourceSpot } from './copy-proof.ts'
import { judgeRewrap, tryOldKeys } from './judge-rewrap.ts'
import { relayPlan, type RelayPlan } from './relay-plan.ts'
import { envelopeAgain, headersUnder } from './rewrap-envelope.ts'
import type { NewForm, RewrapJob, RewrapTask } from './rewrap-job.ts'
import { besidesOf, proveReplaced, replaceObject } from './rewrap-replace.ts'
import { MOST_AT_ONCE } from './rewrap-whole.ts'

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
      return ended({ did: 'already', ...tried })
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
  const { job, running, opened, spot } = task
  const { cancelled } = running.control
  const { keyName: oldKey, keyId } = opened
  if (isOdd(task)) return ended({ did: 'left', why: 'odd-parts', oldKey })
  if (job.dryRun) return ended({ did: 'would', oldKey })
  const form = await newForm(task)
  try {
    const { plan, envelope } = form
    running.tell({
      t: 'planned',
      total: task.source.size,
      parts: plan.parts.length,
      keyName: oldKey,
    })
    const besides = await besidesOf(task)
    await job.trial(spot, plan.headers, cancelled)
    const written = await replaceObject(task, form, besides)
    running.tell({ t: 'finishing' })
    const checksum = await proveReplaced(task, form, besides, written)
    const old = [...new Set([keyId, ...job.keys.from])]
    const tried = await tryOldKeys(job, old, envelope, cancelled)
    return ended({ did: 'rewrapped', oldKey, ...tried }, checksum)
  } finally {
    form.recode?.to.dataKey[Symbol.dispose]()
  }
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

async function newForm(task: RewrapTask): Promise<NewForm> {
  const { job, running, source, target, opened } = task
  const planUnder = (envelope: Envelope): RelayPlan =>
    relayPlan(source.size, headersUnder(carriedHeaders(source), envelope), inParts(job))
  if (job.mode === 'relay') {
    const envelope = await envelopeAgain(task)
    return { envelope, plan: planUnder(envelope), recode: null }
  }
  const { dataKey, counter, envelope } = valueOf(await wrapFresh(target, running.control.cancelled))
  return { envelope, plan: planUnder(envelope), recode: { from: opened, to: { dataKey, counter } } }
}
