import { Failure } from '../../../../shared/contract/errors.ts'
import type { ObjectRef } from '../../../../shared/contract/models.ts'
import { readHeaders } from '../../../../shared/format/recognise.ts'
import type { Opened } from '../../keys/keyring.ts'
import { contentMac } from '../../seals/make-seal.ts'
import { isSameMac } from '../../seals/mac.ts'
import { deriveSealKeys } from '../../seals/seal-keys.ts'
import type { Seal } from '../../seals/seal-text.ts'
import { headVersion } from '../../oss/objects.ts'
import { openContent } from '../../transfer/download/open-content.ts'
import type { RangeReader } from '../../transfer/download/read-range.ts'
import { verifyObject, type HowToVerify } from '../../transfer/download/verify-object.ts'
import { withSecond } from '../../transfer/run/second-opening.ts'
import { storedObject } from '../../transfer/run/stored-bytes.ts'

/** An object that was just found intact. Its user disposes of the data key. */
export interface IntactObject {
  readonly opened: Opened
  readonly seal: Seal
  /** Null in a bucket that never had versioning. */
  readonly versionId: string | null
}

/**
 * Reads and judges all of an object, and opens its envelope. The seal commits to key and counter.
 * So an object that was replaced meanwhile is refused. Throws Failure
 * 'not-sealed' and 'seal-refused' for an object that is not intact, and as {@link verifyObject}.
 */
export async function openIntact(
  reader: RangeReader,
  ref: ObjectRef,
  how: HowToVerify,
  signal: AbortSignal,
): Promise<IntactObject> {
  const { state, reason, seal } = (await verifyObject(reader, ref, how, signal)).verdict
  if (state === 'unsealed') throw new Failure({ code: 'not-sealed', key: ref.key, reason })
  if (state !== 'intact') throw new Failure({ code: 'seal-refused', key: ref.key, state, reason })
  if (seal === null) throw new Error('an intact object without its seal')
  const head = await headVersion(reader.oss, ref, signal)
  const { opened } = await openContent(
    readHeaders(head.headers),
    storedObject(reader.oss, ref, head, signal),
    {
      openers: withSecond(how.openers, { oss: reader.oss, ref, head }),
      message: false,
      repair: false,
    },
    signal,
  )
  if (opened === null) throw new Error('a sealed object without a data key')
  using keys = deriveSealKeys(opened.dataKey.bytes)
  // The key and the counter that are handed out are those of the seal, and no other pair.
  if (isSameMac(contentMac(keys, seal, opened.counter), seal.content))
    return { opened, seal, versionId: head.versionId }
  opened.dataKey[Symbol.dispose]()
  throw new Failure({ code: 'seal-refused', key: ref.key, state: 'changed', reason: 'key' })
}
