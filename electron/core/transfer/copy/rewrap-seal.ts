import type { RewrapLeft } from '../../../../shared/contract/models-rewraps.ts'
import type { MasterKeyHandle } from '../../keys/master-key.ts'
import type { Opened } from '../../keys/keyring.ts'
import type { ObjectTag } from '../../oss/tags.ts'
import { LeafSum, rootOf } from '../../seals/leaves.ts'
import { isSameMac } from '../../seals/mac.ts'
import { makeSeal, moveSeal } from '../../seals/make-seal.ts'
import { planSeal } from '../../seals/new-seal.ts'
import { deriveSealKeys } from '../../seals/seal-keys.ts'
import { writeSealText, type Seal } from '../../seals/seal-text.ts'
import { markFits } from '../../seals/writer.ts'
import { judgeSourceSeal, tagsOfSource, textsOfSource } from './judge-source-seal.ts'
import type { RewrapTask } from './rewrap-job.ts'

/** The seal and the tags of an object before it changes. `seal` null: it has none that decides. */
export type OldSeal =
  | { readonly why: RewrapLeft }
  | { readonly why: null; readonly seal: Seal | null; readonly tags: readonly ObjectTag[] }

/**
 * Judges the seal of an object by its texts, without its bytes. An object that was changed, moved
 * or robbed of its seal keeps its key. Throws Failure where the tags could not be read.
 */
export async function judgeOldSeal(task: RewrapTask): Promise<OldSeal> {
  const { spot, source, opened, running } = task
  const tags = await tagsOfSource(spot, source, running.control.cancelled)
  using keys = deriveSealKeys(opened.dataKey.bytes)
  const texts = textsOfSource(source, tags)
  const candidate = { keys, counter: opened.counter }
  const memory = await task.job.sealMemory(spot.bucket, spot.key)
  const { state, reason, seal } = judgeSourceSeal(spot, source, texts, candidate, memory)
  if (state === 'changed') return { why: 'seal-changed' }
  if (state === 'moved') return { why: 'seal-moved' }
  // Its fields are not known, so it could not be made for another data key.
  if (reason === 'newer-seal' && task.job.mode === 'fresh') return { why: 'seal-newer' }
  return { why: null, seal, tags }
}

const withSecret = <T>(key: MasterKeyHandle | null, work: (secret: Uint8Array | null) => T): T => {
  const secret = key?.writerSecret?.() ?? null
  try {
    return work(secret)
  } finally {
    secret?.fill(0)
  }
}

/**
 * Returns the text of the same seal under another master key: bytes 0 to 91 stay, time and place
 * are new. The mark is that of the new key, where the mark of the old key fits. A key without a
 * writer secret makes none. Source: seals 5.
 */
export function sealUnder(
  { spot: { bucket, key }, opened, target }: RewrapTask,
  seal: Seal,
  old: MasterKeyHandle | null,
): string {
  using keys = deriveSealKeys(opened.dataKey.bytes)
  return withSecret(old, (writer) =>
    withSecret(target, (newWriter) => {
      const place = { bucket, key, time: Date.now() }
      const moved =
        newWriter === null
          ? moveSeal(keys, seal, { ...place, writer: null })
          : moveSeal(keys, seal, { ...place, writer, newWriter })
      return writeSealText(moved)
    }),
  )
}

/** Tells whether the bytes of an object are those that were sealed. */
export function sealFits(opened: Opened, seal: Seal, bytes: Uint8Array): boolean {
  using keys = deriveSealKeys(opened.dataKey.bytes)
  const { sealId, exponent, length } = seal
  const sum = new LeafSum(keys, { sealId, exponent, firstIndex: 0 })
  sum.update(bytes)
  const leaves = sum.leaves()
  return (
    bytes.length === length &&
    isSameMac(rootOf(keys, { sealId, exponent, length, leaves }), seal.root)
  )
}

/**
 * Makes the seal of an object that was encrypted again from content that fitted its seal. The mark
 * follows the old one, as in {@link sealUnder}.
 */
export function freshSeal(
  task: RewrapTask,
  seal: Seal,
  old: MasterKeyHandle | null,
  made: Pick<Opened, 'dataKey' | 'counter'>,
  bytes: Uint8Array,
): string {
  const { bucket, key } = task.spot
  using keys = deriveSealKeys(made.dataKey.bytes)
  const { sealId, exponent } = planSeal(bytes.length)
  const sum = new LeafSum(keys, { sealId, exponent, firstIndex: 0 })
  sum.update(bytes)
  const isMarked = withSecret(old, (writer) => writer !== null && markFits(writer, seal))
  const facts = {
    sealId,
    exponent,
    length: bytes.length,
    leaves: sum.leaves(),
    counter: made.counter,
    byWriter: seal.byWriter,
    bucket,
    key,
    time: Date.now(),
  }
  return withSecret(task.target, (secret) =>
    writeSealText(makeSeal(keys, { ...facts, writer: isMarked && seal.byWriter ? secret : null })),
  )
}
