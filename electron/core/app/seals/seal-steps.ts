import { Failure, type AppError } from '../../../../shared/contract/errors.ts'
import type { Shard } from '../../../../shared/contract/models-audit.ts'
import type { SealJudgement, SealReport } from '../../../../shared/contract/models-seals.ts'
import type {
  SealedKey,
  SealStepResult,
  VerifiedKey,
} from '../../../../shared/contract/models-seal-steps.ts'
import type { ObjectRef, ProfileId } from '../../../../shared/contract/models.ts'
import { isInShard } from '../../audit/shard.ts'
import { each } from '../../base/turns.ts'
import { currentObject } from '../../oss/object-ref.ts'
import { listObjects } from '../../oss/objects.ts'
import type { RangeReader } from '../../transfer/download/read-range.ts'
import {
  sealObject,
  verifyObject,
  type HowToVerify,
} from '../../transfer/download/verify-object.ts'
import { damageLimit, type DamageLimit } from '../jobs/damage-limit.ts'
import { openersFor } from '../jobs/key-choice.ts'
import { sealRulesOf } from '../jobs/seal-rules.ts'
import type { Parts } from '../parts.ts'

/** Objects that are read at the same time. */
const PARALLEL = 8
/**
 * Envelopes that may fail to open in one run. A server that plants envelopes and sees whether their
 * content is read learns about the padding that the private key finds.
 */
const MOST_UNOPENED = 1000
/** An upload ends, and its seal follows within this time. */
const YOUNG_MS = 60_000

/** The objects of one step. */
export interface SealStep {
  readonly profileId: ProfileId
  readonly bucket: string
  readonly prefix: string
  readonly shard: Shard | null
  /** '' for the first step. */
  readonly after: string
  readonly count: number
  /** Envelopes of the steps before that no key opened. */
  readonly unopened: number
}

type Needs = Pick<Parts, 'connections' | 'catalog' | 'opened' | 'reading' | 'needs'>
type Place = Pick<SealStep, 'profileId' | 'bucket'>

function howFor(needs: Needs, { profileId, bucket }: Place, key: string, limit: DamageLimit) {
  const openers = limit.counted(openersFor(needs, [], { profileId, bucket, key }))
  return { openers, rules: sealRulesOf(needs.needs, profileId, bucket) }
}

/** Reads one object and judges its seal. Throws Failure, as `verifyObject` does. */
export async function verifyOne(
  needs: Needs,
  { profileId, ...ref }: Place & ObjectRef,
  now: number,
  signal: AbortSignal,
): Promise<SealReport> {
  const reader = { ...needs.reading, oss: needs.connections.bucket(profileId, ref.bucket) }
  const how = howFor(needs, { profileId, bucket: ref.bucket }, ref.key, damageLimit())
  const { verdict } = await verifyObject(reader, ref, how, signal)
  return {
    ...judgementOf(verdict),
    judged: new Date(now).toISOString(),
    sealed: verdict.seal === null ? null : new Date(verdict.seal.time).toISOString(),
  }
}

/** Verifies the objects of one step. */
export const verifyStep = (
  needs: Needs,
  step: SealStep,
  signal: AbortSignal,
): Promise<SealStepResult<VerifiedKey>> =>
  stepOf(needs, step, signal, async (reader, ref, how) => {
    const { key } = ref
    try {
      const { verdict, ageMs } = await verifyObject(reader, ref, how, signal)
      const isYoung = verdict.reason === 'seal-missing' && ageMs !== null && ageMs < YOUNG_MS
      return { key, ...judgementOf(verdict), isYoung }
    } catch (cause) {
      assertOfOneObject(cause)
      return { key, ...UNREACHABLE, isYoung: false }
    }
  })

/** Seals the objects of one step that were never sealed. */
export const sealStep = (
  needs: Needs,
  step: SealStep,
  signal: AbortSignal,
): Promise<SealStepResult<SealedKey>> =>
  stepOf(needs, step, signal, async (reader, ref, how) => {
    const { key } = ref
    try {
      const { verdict, sealed } = await sealObject(reader, ref, how, Date.now(), signal)
      return { key, ...judgementOf(verdict), sealed, error: null }
    } catch (cause) {
      const error = assertOfOneObject(cause)
      return { key, ...UNREACHABLE, sealed: false, error }
    }
  })

const UNREACHABLE: SealJudgement = { state: 'unknown', reason: 'unreachable', writer: null }

const judgementOf = ({ state, reason, writer }: SealJudgement): SealJudgement => ({
  state,
  reason,
  writer,
})

/** Lists the objects of a step, and works on those of its shard, some at a time. */
async function stepOf<T>(
  needs: Needs,
  step: SealStep,
  signal: AbortSignal,
  work: (reader: RangeReader, ref: ObjectRef, how: HowToVerify) => Promise<T>,
): Promise<SealStepResult<T>> {
  const { profileId, bucket, prefix, shard, after, count, unopened } = step
  const oss = needs.connections.bucket(profileId, bucket)
  const asked = { bucket, prefix, delimiter: '', cursor: null, after, max: count }
  const { rows, cursor } = await listObjects(oss, asked, signal)
  const limit = damageLimit(Math.max(0, MOST_UNOPENED - unopened))
  const mine = rows.filter(({ key }) => shard === null || isInShard(key, shard))
  const done = new Map<string, T>()
  await each(
    mine.values(),
    PARALLEL,
    async ({ key }) => {
      const how = howFor(needs, step, key, limit)
      const one = await unlessGone(() =>
        work({ ...needs.reading, oss }, currentObject(bucket, key), how),
      )
      if (one !== null) done.set(key, one)
    },
    signal,
  )
  return {
    objects: mine.flatMap(({ key }) => done.get(key) ?? []),
    unopened: unopened + limit.failed(),
    after: cursor === null ? null : (rows.at(-1)?.key ?? null),
  }
}

/** An object that was deleted since it was listed is no object of the step. */
async function unlessGone<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof Failure && cause.error.code === 'not-found') return null
    throw cause
  }
}

/** Returns a failure that concerns one object alone, and throws every other one. */
function assertOfOneObject(cause: unknown): AppError {
  if (!(cause instanceof Failure) || OF_ALL.has(cause.error.code)) throw cause
  return cause.error
}

/** Failures after which no further object would do better. */
const OF_ALL: ReadonlySet<AppError['code']> = new Set<AppError['code']>([
  'not-found',
  'cancelled',
  'too-many-damaged',
  'bad-credentials',
  'passphrase-needed',
  'keychain-locked',
  'keychain-missing',
])
