import { Failure } from '../../../../shared/contract/errors.ts'
import type { ObjectRef } from '../../../../shared/contract/models.ts'
import { readHeaders } from '../../../../shared/format/recognise.ts'
import { headVersion, type ObjectHead } from '../../oss/objects.ts'
import type { SealVerdict } from '../../seals/judge-seal.ts'
import { storedObject } from '../run/stored-bytes.ts'
import {
  checkSeal,
  PLAIN_SEAL_RULES,
  untilNoRace,
  type SealCheck,
  type SealedAt,
  type SealRules,
} from '../run/stored-seal.ts'
import type { Content } from './content.ts'
import { closedState } from './open-checked.ts'
import { openContent, type HowToOpen } from './open-content.ts'
import { piecesOf } from './pieces.ts'
import { allAtOnce, READ_BYTES, readPiece, type RangeReader } from './read-range.ts'

/** The verdict on one object. `head`: the answer that it is of. */
export interface VerifiedObject {
  readonly head: ObjectHead
  readonly verdict: SealVerdict
}

/** The keys and rules of a verification. */
export type HowToVerify = Pick<HowToOpen, 'openers' | 'seals'>

/**
 * Reads all of an object where its seal can fit, and judges the seal. Nothing of the content is
 * kept. A seal that does not fit is a verdict, and an intact one is remembered. `read`: hears of
 * bytes that were read. Throws Failure for requests and keys that fail for other reasons.
 */
export function verifyObject(
  reader: RangeReader,
  ref: ObjectRef,
  how: HowToVerify,
  signal: AbortSignal,
  read: (bytes: number) => void = () => undefined,
): Promise<VerifiedObject> {
  return untilNoRace(async () => {
    const head = await headVersion(reader.oss, ref, signal)
    const at = { oss: reader.oss, ref, head }
    const rules = { ...(how.seals?.() ?? PLAIN_SEAL_RULES), allowMoved: false, sealedOnly: false }
    return { head, verdict: await judgeWhole(reader, at, how, rules, signal, read) }
  })
}

async function judgeWhole(
  reader: RangeReader,
  at: SealedAt,
  how: HowToVerify,
  rules: SealRules,
  signal: AbortSignal,
  read: (bytes: number) => void,
): Promise<SealVerdict> {
  const headers = readHeaders(at.head.headers)
  const closed = closedState(headers, at.head.size)
  if (closed !== null) {
    using check = await checkSeal(at, { state: closed }, rules, signal)
    return settled(check, check.verdict)
  }
  const stored = storedObject(at.oss, at.ref, at.head, signal)
  const opened = await openContent(
    headers,
    stored,
    { ...how, message: false, repair: false },
    signal,
  ).catch(closedReason)
  if (typeof opened === 'string') {
    using check = await checkSeal(at, { state: 'closed', why: opened }, rules, signal)
    return settled(check, check.verdict)
  }
  using content = opened
  if (content.opened === null) throw new Error('an envelope without a data key')
  using check = await checkSeal(at, content.opened, rules, signal)
  if (check.chunkBytes === null) return settled(check, check.verdict)
  await readAll(reader, at, { ...content, resplit: null }, check, signal, read)
  return settled(check, check.judgeContent())
}

/** Returns the state of an envelope that no key here opens. Throws every other failure again. */
function closedReason(cause: unknown): 'no-key' | 'cannot-open' {
  const code = cause instanceof Failure ? cause.error.code : null
  if (code === 'unknown-master-key') return 'no-key'
  if (code === 'wrong-master-key') return 'cannot-open'
  throw cause
}

async function readAll(
  reader: RangeReader,
  at: SealedAt,
  content: Content,
  check: SealCheck,
  signal: AbortSignal,
  told: (bytes: number) => void,
): Promise<void> {
  const bytes = Math.max(READ_BYTES, check.chunkBytes ?? 0)
  const pieces = piecesOf(content, { offset: 0, length: content.size }, bytes)
  await allAtOnce(pieces, signal, async (piece, stop) => {
    const leaves = () => check.jobLeaves(piece.offset)
    const wanted = { piece, checksum: false, leaves }
    const read = await readPiece(reader, at, content, wanted, stop)
    check.take(piece.offset, read.leaves)
    read.bytes.fill(0)
    told(piece.length)
  })
}

/** Remembers an intact seal. A bad one is a race, or the verdict. */
async function settled(check: SealCheck, verdict: SealVerdict): Promise<SealVerdict> {
  try {
    await check.assertReleasable(verdict)
  } catch (cause) {
    if (!(cause instanceof Failure) || cause.error.code !== 'seal-refused') throw cause
  }
  return verdict
}
