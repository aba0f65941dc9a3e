import type { Openers } from '../../electron/core/transfer/run/jobs.ts'
import { currentObject } from '../../electron/core/oss/object-ref.ts'
import { readTags } from '../../electron/core/oss/tags.ts'
import { judgeSeal, type SealVerdict } from '../../electron/core/seals/judge-seal.ts'
import { LeafSum, rootOf } from '../../electron/core/seals/leaves.ts'
import { isPromised } from '../../electron/core/seals/promise.ts'
import { deriveSealKeys } from '../../electron/core/seals/seal-keys.ts'
import { SEAL_HEADER, SEAL_TAG } from '../../electron/core/seals/seal-text.ts'
import { writerIdOf } from '../../electron/core/seals/writer.ts'
import { valueOf } from '../../shared/contract/errors.ts'
import { readHeaders, recognise } from '../../shared/format/recognise.ts'
import { never } from './oss-practice.ts'
import { openersOf, testKey, type Kit } from './transfer-kit.ts'

const secret = testKey().writerSecret?.() ?? new Uint8Array(0)
/** The id of the writer secret of the one key of the tests. */
export const WRITER = Buffer.from(writerIdOf(secret)).toString('hex')

/** Judges the seal of an object with the library, from what OSS has alone. */
export async function verdictOf(
  k: Kit,
  key: string,
  openers: Openers = openersOf(testKey()),
): Promise<SealVerdict & { readonly promised: boolean }> {
  const [head, stored] = [await k.head(key), await k.stored(key)]
  const tags = await readTags(k.oss, currentObject(k.bucket, key), never)
  const found = recognise(readHeaders(head.headers))
  if (found.kind !== 'encrypted') throw new Error('not encrypted')
  const { dataKey, counter } = valueOf(await openers.envelope(found.envelope, never))
  using wiped = dataKey
  using keys = deriveSealKeys(wiped.bytes)
  const header = head.headers.get(SEAL_HEADER)
  const facts = {
    bucket: k.bucket,
    key,
    envelope: { state: 'open' as const, candidates: [{ keys, counter }] },
    metadata: header === undefined ? [] : [header],
    tags: tags.filter(([name]) => name === SEAL_TAG).map(([, value]) => value),
    length: stored.length,
    content: { unread: 'not-read' as const },
    memory: null,
    isVersionAsked: false,
    writers: [secret],
  }
  const before = judgeSeal(facts)
  const promised = isPromised(keys, counter)
  if (before.seal === null) return { ...before, promised }
  const sum = new LeafSum(keys, { ...before.seal, firstIndex: 0 })
  sum.update(stored)
  const root = rootOf(keys, { ...before.seal, length: stored.length, leaves: sum.leaves() })
  return { ...judgeSeal({ ...facts, content: { root } }), promised }
}

/** Says whether the metadata has a seal, and how many tags the object has. */
export const sealPlaces = async (k: Kit, key: string): Promise<readonly [boolean, number]> => [
  (await k.head(key)).headers.has(SEAL_HEADER),
  (await readTags(k.oss, currentObject(k.bucket, key), never)).length,
]

/** The verdict on an object that the tests sealed as they sent it. */
export const INTACT = { state: 'intact', reason: 'read', writer: WRITER, promised: true }
