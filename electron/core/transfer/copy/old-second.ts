import type { RewrapOutcome } from '../../../../shared/contract/models-rewraps.ts'
import type { MasterKeyId } from '../../../../shared/contract/models.ts'
import { Failure } from '../../../../shared/contract/errors.ts'
import type { ObjectHead } from '../../oss/objects.ts'
import { TAG_HEADER, type ObjectTag } from '../../oss/tags.ts'
import { isSecondTag, readSecond } from '../../seals/second-text.ts'
import type { Running } from '../run/running.ts'
import { setOwnTags } from '../run/tag-seal.ts'
import type { SourceSpot } from './copy-proof.ts'
import { tagsOfSource } from './judge-source-seal.ts'
import type { RewrapJob, RewrapTask } from './rewrap-job.ts'

/**
 * Returns the tags of an object under the new key. The second envelope of an old key is left out:
 * the key shall open nothing. One of a third key stays. `isFresh`: the object gets a new data key,
 * which no second envelope holds.
 */
export function tagsWithoutOld(
  { job, opened }: RewrapTask,
  tags: readonly ObjectTag[],
  isFresh: boolean,
): readonly ObjectTag[] {
  const isOld = isFresh || isOfOne(job, tags, [opened.keyId, ...job.keys.from])
  return isOld ? tags.filter((tag) => !isSecondTag(tag)) : tags
}

/**
 * Takes the second envelope of an old key off an object that the new key opens already. Throws
 * Failure 'rewrap-differs' where OSS keeps it, and what OSS refuses.
 */
export async function dropOldSecond(
  job: RewrapJob,
  running: Running,
  spot: SourceSpot,
  source: ObjectHead,
): Promise<RewrapOutcome['did']> {
  const { cancelled } = running.control
  // A second key adds a reader. It takes none away.
  if (job.mode === 'second' || job.keys.from.length === 0) return 'already'
  const tags = await tagsOfSource(spot, source, cancelled)
  if (!isOfOne(job, tags, job.keys.from)) return 'already'
  if (job.dryRun) return 'would'
  const own = { isOwn: isSecondTag, tags: [] }
  if (!(await setOwnTags(spot.oss, spot, source, own, cancelled)))
    throw new Failure({ code: 'rewrap-differs', key: spot.key, what: TAG_HEADER })
  return 'rewrapped'
}

function isOfOne(
  { keys }: RewrapJob,
  tags: readonly ObjectTag[],
  old: readonly MasterKeyId[],
): boolean {
  const found = readSecond(tags)
  const named = found.kind === 'second' ? keys.namedSecond(found.second) : null
  return named !== null && named !== keys.targetId && old.includes(named)
}
