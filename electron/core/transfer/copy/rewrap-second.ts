import { Failure } from '../../../../shared/contract/errors.ts'
import type { RewrapLeft } from '../../../../shared/contract/models-rewraps.ts'
import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import type { Opened } from '../../keys/keyring.ts'
import type { MasterKeyHandle } from '../../keys/master-key.ts'
import { openSecond, recipientOf, wrapSecond } from '../../keys/second-envelope.ts'
import { MAX_TAGS, TAG_HEADER, type ObjectTag } from '../../oss/tags.ts'
import { rootOf } from '../../seals/leaves.ts'
import { isSameMac } from '../../seals/mac.ts'
import { deriveSealKeys } from '../../seals/seal-keys.ts'
import type { Seal } from '../../seals/seal-text.ts'
import { isSecondTag, readSecond, secondTags } from '../../seals/second-text.ts'
import { openLeafList } from '../run/leaf-list.ts'
import { readLeaves } from '../run/read-leaves.ts'
import { retryWhileOffline } from '../run/running.ts'
import { compareCrc64 } from '../run/stored-object.ts'
import { setOwnTags } from '../run/tag-seal.ts'
import type { RewrapTask } from './rewrap-job.ts'

/** The end of one object that was to get a second key. */
export type SecondEnd =
  | { readonly did: 'left'; readonly why: RewrapLeft }
  | { readonly did: 'already' | 'would' }
  | { readonly did: 'rewrapped'; readonly checksum: TransferOutcome['checksum'] }

const left = (why: RewrapLeft): SecondEnd => ({ did: 'left', why })

/**
 * Gives one object a second key: data key and counter wrapped once more, in tags. `seal` and `tags`
 * were judged before. All of the object is read first, because only an intact one may get a second
 * key. No byte of it is written. Throws Failure: 'rewrap-differs' where OSS did not keep the tags,
 * 'object-changed', 'checksum', and what OSS refuses.
 */
export async function addSecond(
  task: RewrapTask,
  seal: Seal | null,
  tags: readonly ObjectTag[],
): Promise<SecondEnd> {
  const { job, running, spot, source, target, opened } = task
  const { cancelled } = running.control
  if (seal === null) return left('not-sealed')
  const there = stateOf(tags, target, opened)
  if (there === 'other') return left('second-taken')
  if (there === 'ours') return { did: 'already' }
  const added = secondTags(wrapSecond(target, opened))
  const others = tags.filter((tag) => !isSecondTag(tag))
  if (others.length + added.length > MAX_TAGS) return left('no-room')
  if (job.dryRun) return { did: 'would' }
  running.tell({ t: 'planned', total: source.size, parts: 1, keyName: opened.keyName })
  const checksum = await retryWhileOffline(running, () => readIntact(task, seal))
  if (checksum === null) return left('seal-changed')
  running.tell({ t: 'part-done', part: 1, bytes: source.size })
  running.tell({ t: 'finishing' })
  const { etag, versionId } = source
  const own = { isOwn: isSecondTag, tags: added }
  const isKept = await retryWhileOffline(running, () =>
    setOwnTags(spot.oss, spot, { etag, versionId }, own, cancelled),
  )
  if (!isKept) throw new Failure({ code: 'rewrap-differs', key: spot.key, what: TAG_HEADER })
  return { did: 'rewrapped', checksum }
}

/**
 * Looks at the second envelope that is there. 'other': of another key, or none that can be read.
 * 'again': it names this key, and nothing shows that it opens. That is so where only the public
 * half is here.
 */
function stateOf(
  tags: readonly ObjectTag[],
  target: MasterKeyHandle,
  opened: Opened,
): 'none' | 'other' | 'ours' | 'again' {
  const found = readSecond(tags)
  if (found.kind === 'none') return 'none'
  const key = target.publicHalf?.()
  if (found.kind !== 'second' || key === undefined) return 'other'
  if (Buffer.compare(found.second.recipient, recipientOf(key)) !== 0) return 'other'
  const inside = openSecond(found.second, target)
  if (inside === null) return 'again'
  using dataKey = inside.dataKey
  const isSame =
    isSameMac(dataKey.bytes, opened.dataKey.bytes) && isSameMac(inside.counter, opened.counter)
  return isSame ? 'ours' : 'again'
}

/** Reads all of an object under its ETag; null where the bytes are not those that were sealed. */
async function readIntact(
  { running, spot, source, opened }: RewrapTask,
  seal: Seal,
): Promise<TransferOutcome['checksum'] | null> {
  const { bucket, key, versionId, oss } = spot
  const list = openLeafList(seal)
  const at = { oss, ref: { bucket, key, versionId }, head: source }
  const { dataKey } = opened
  const crc64 = await readLeaves(running, at, list, dataKey.bytes, running.control.cancelled)
  using keys = deriveSealKeys(dataKey.bytes)
  if (!isSameMac(rootOf(keys, { ...seal, leaves: list.all() }), seal.root)) return null
  return compareCrc64(source.crc64, crc64)
}
