import { Failure } from '../../../../shared/contract/errors.ts'
import { readHeaders, recognise } from '../../../../shared/format/recognise.ts'
import type { ObjectHead } from '../../oss/objects.ts'
import { MAX_TAGS, tagHeader, type ObjectTag } from '../../oss/tags.ts'
import { moveSeal } from '../../seals/make-seal.ts'
import { deriveSealKeys } from '../../seals/seal-keys.ts'
import { SEAL_TAG, writeSealText } from '../../seals/seal-text.ts'
import type { CopyJob } from '../run/jobs.ts'
import type { Running } from '../run/running.ts'
import type { SourceSpot, Spot } from './copy-proof.ts'
import {
  judgeSourceSeal,
  tagsOfSource,
  textsOfSource,
  type SourceTexts,
} from './judge-source-seal.ts'

/** A copy whose name is known. */
interface SealedCopy {
  readonly job: CopyJob
  readonly running: Running
  readonly from: SourceSpot
  readonly to: Spot
  readonly source: ObjectHead
}

/**
 * Writes a copy with the tags of {@link sealedTags}; null: with those of the source. An account
 * that may not write tags copies without them.
 */
export async function withSealedTags<T>(
  copy: SealedCopy,
  write: (tags: string | null) => Promise<T>,
): Promise<T> {
  const tags = await sealedTags(copy)
  try {
    return await write(tags)
  } catch (cause) {
    const isDenied = cause instanceof Failure && cause.error.code === 'access-denied'
    if (tags === null || !isDenied) throw cause
    return write(null)
  }
}

/**
 * Returns the tags of a copy of a sealed object, as a header: the user's tags, and the seal for the
 * new place. No content is read. Null: the copy takes the tags along as they are, and a seal in
 * them belongs to the old place. That is so where nothing is sealed or the seal does not fit. It is
 * also so where no key here opens the object, or the object has no room for the tag.
 * Source FORMAT.md 11.7.
 */
async function sealedTags(copy: SealedCopy): Promise<string | null> {
  const { from, to, source, running } = copy
  if (from.bucket === to.bucket && from.key === to.key) return null
  const tags = await tagsIfReadable(copy)
  if (tags === null) return null
  const others = tags.filter(([name]) => name !== SEAL_TAG)
  const texts = textsOfSource(source, tags)
  const isSealed = texts.metadata.length + texts.tags.length > 0
  if (others.length >= MAX_TAGS || !isSealed) return null
  const text = await movedText(copy, texts)
  running.control.cancelled.throwIfAborted()
  return text === null ? null : tagHeader([...others, [SEAL_TAG, text]])
}

async function tagsIfReadable({
  from,
  source,
  running,
}: SealedCopy): Promise<readonly ObjectTag[] | null> {
  try {
    return await tagsOfSource(from, source, running.control.cancelled)
  } catch (cause) {
    if (cause instanceof Failure && cause.error.code === 'access-denied') return null
    throw cause
  }
}

/** Returns the text of the seal for the new place; null where the source has a fault. */
async function movedText(
  { job, running, from, to, source }: SealedCopy,
  texts: SourceTexts,
): Promise<string | null> {
  const { cancelled } = running.control
  const found = recognise(readHeaders(source.headers))
  if (found.kind !== 'encrypted') return null
  const opened = await job.openers.envelope(found.envelope, cancelled)
  if (!opened.ok) {
    if (opened.error.code === 'cancelled') throw new Failure(opened.error)
    return null
  }
  using dataKey = opened.value.dataKey
  using keys = deriveSealKeys(dataKey.bytes)
  const memory = await job.sealMemory(from.bucket, from.key)
  const candidate = { keys, counter: opened.value.counter }
  const { reason, seal } = judgeSourceSeal(from, source, texts, candidate, memory)
  // Every other reason is a fault. A copy never makes a bad seal a good one.
  if (reason !== 'not-read' || seal === null) return null
  const place = { bucket: to.bucket, key: to.key, time: Date.now() }
  return writeSealText(moveSeal(keys, seal, { ...place, writer: null }))
}
