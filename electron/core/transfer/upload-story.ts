import { Failure } from '../../../shared/contract/errors.ts'
import type { TransferOutcome } from '../../../shared/contract/models-transfers.ts'
import type { Part } from '../../../shared/format/part-plan.ts'
import type { Sealed } from '../keys/keyring.ts'
import type { Stored } from '../oss/answers.ts'
import type { Oss, ToSign } from '../oss/client.ts'
import { identify, sameSource, type SourceIdentity } from '../stream/file-source.ts'
import type { PartAnswer } from '../stream/part-job.ts'
import type { UploadJob } from './jobs.ts'
import { copyFor, runPart, type Running } from './running.ts'
import { compareCrc64, removeDamaged } from './stored-object.ts'

/** One state of one file under one data key. Nothing of it ever changes: another state of the file is another story. */
export interface Story {
  readonly job: UploadJob
  readonly running: Running
  readonly oss: Oss
  readonly path: string
  readonly identity: SourceIdentity
  readonly parts: readonly Part[]
  readonly sealed: Sealed
  /** The envelope, as it goes with every request. */
  readonly headers: Readonly<Record<string, string>>
  /** Parts that are done, for the retry counter. */
  readonly progress: { done: number }
}

/** Encrypts and sends one part until OSS took it whole; `accept` gets its answer and the CRC-64 of what was sent. */
export function sendPart(story: Story, part: Part, toSign: ToSign, signal: AbortSignal, accept: (answer: PartAnswer, crc64: bigint) => void | Promise<void>): Promise<void> {
  const { running, oss, path, identity, sealed, progress } = story
  return runPart(running, progress, {
    part, oss, toSign,
    action: 'oss:PutObject',
    job: (request) => ({ kind: 'send', request, source: { path, identity }, offset: part.offset, length: part.length, cipher: copyFor(sealed), checksum: true }),
    accept: ({ crc64 }, answer) => {
      if (crc64 === null) throw new Error('a part without its sum')
      return accept(answer, crc64)
    },
  }, signal)
}

/** CRC-64 of a part's ciphertext without sending it. */
export async function sumOf({ running, path, identity, sealed }: Story, { offset, length }: Part, signal: AbortSignal): Promise<bigint> {
  const { crc64 } = await running.pool.run({ kind: 'sum', source: { path, identity }, offset, length, cipher: copyFor(sealed), checksum: true }, { signal })
  if (crc64 === null) throw new Error('a part without its sum')
  return crc64
}

/** Repeats `round` (true: all is sent) from pause to pause. False: the source is not the same any more after one. */
export async function throughPauses(story: Story, round: () => Promise<boolean>): Promise<boolean> {
  const { running, path, identity } = story
  while (!(await round())) {
    await running.control.untilMoving()
    await keyStays(story)
    if (!sameSource(await identify(path), identity)) return false
  }
  return true
}

/**
 * Throws Failure 'not-found' when the master key was deleted since the envelope was made: nobody could open the object.
 * Other trouble with it, such as a locked keychain, is no reason to lose what was sent.
 */
export async function keyStays({ job }: Story): Promise<void> {
  const key = await job.masterKey()
  if (key.ok) key.value[Symbol.dispose]()
  else if (key.error.code === 'not-found') throw new Failure(key.error)
}

/** OSS's sum against ours. Throws Failure 'checksum' after removing what it stored wrongly. */
export async function agreed({ oss, job: { bucket, key }, headers }: Story, stored: Stored, crc64: bigint): Promise<TransferOutcome['checksum']> {
  try {
    return compareCrc64(stored.crc64, crc64)
  } catch (cause) {
    await removeDamaged(oss, bucket, key, stored, headers)
    throw cause
  }
}
