import { fail, type AppError, type Result } from '../../../../shared/contract/errors.ts'
import type { Envelope } from '../../../../shared/format/envelope/envelope.ts'
import type { Opened } from '../../keys/keyring.ts'
import type { ObjectTag } from '../../oss/tags.ts'
import { isPromised } from '../../seals/promise.ts'
import { deriveSealKeys } from '../../seals/seal-keys.ts'
import { decidingSeal, SEAL_HEADER, SEAL_TAG } from '../../seals/seal-text.ts'
import { readSecond, tagsOfSecondText } from '../../seals/second-text.ts'
import type { FileSeal } from './file-seal.ts'
import type { Openers } from './jobs.ts'
import { hasTags, sealTextsIn, tagsIfReadable, type SealedAt } from './stored-seal.ts'

/** The facts beside an envelope that a second one is judged by. */
interface Beside {
  /** The name of the object, for errors. */
  readonly key: string
  /** The texts of a seal in the metadata. */
  readonly metadata: readonly string[]
  /** Reads the tags; null: they may not be read. */
  tags(signal: AbortSignal): Promise<readonly ObjectTag[] | null>
}

/** Returns openers that also open the second envelope in the tags of an object. */
export function withSecond(openers: Openers, at: SealedAt): Openers {
  const { ref, head } = at
  const text = head.headers.get(SEAL_HEADER)
  return openingBoth(openers, {
    key: ref.key,
    metadata: text === undefined ? [] : [text],
    tags: async (signal) => (hasTags(at) ? tagsIfReadable(at, signal) : []),
  })
}

/** Returns openers that also open the second envelope in an envelope file. */
export const withFileSecond = (openers: Openers, name: string, seal: FileSeal | null): Openers =>
  seal?.second == null
    ? openers
    : openingBoth(openers, {
        key: name,
        metadata: seal.metadata,
        tags: async () => [
          ...seal.tags.map((text) => [SEAL_TAG, text] as const),
          ...tagsOfSecondText(seal.second ?? ''),
        ],
      })

const openingBoth = (openers: Openers, beside: Beside): Openers => ({
  ...openers,
  envelope: (envelope, signal) => openEither(openers, envelope, beside, signal),
})

/**
 * Opens the envelope of the headers, and the second one where no key here opens the first. The
 * caller still has to judge the seal under what a second envelope gave. Errors  those of the
 * headers where there is no second envelope for a key here, and 'second-key'.
 */
async function openEither(
  openers: Openers,
  envelope: Envelope,
  { key, metadata, tags: read }: Beside,
  signal: AbortSignal,
): Promise<Result<Opened>> {
  const first = await openers.envelope(envelope, signal)
  if (first.ok || openers.second === undefined || FINAL.has(first.error.code)) return first
  const tags = await read(signal)
  const found = tags === null ? null : readSecond(tags)
  if (tags === null || found === null || found.kind === 'none') return first
  if (found.kind !== 'second') return fail({ code: 'second-key', key, problem: found.kind })
  const second = await openers.second(found.second, signal)
  if (!second.ok)
    return second.error.code === 'wrong-master-key'
      ? fail({ code: 'second-key', key, problem: 'damaged' })
      : first
  const texts = [...metadata, ...sealTextsIn(tags)]
  // A seal that was removed is judged, and named, by its promise.
  if (decidingSeal(texts).kind !== 'none' || promisesSeal(second.value)) return second
  second.value.dataKey[Symbol.dispose]()
  return fail({ code: 'second-key', key, problem: 'no-seal' })
}

/** Errors of the first envelope that say nothing about its keys. */
const FINAL: ReadonlySet<AppError['code']> = new Set<AppError['code']>([
  'cancelled',
  'too-many-damaged',
  'passphrase-needed',
  'keychain-locked',
  'keychain-missing',
])

function promisesSeal({ dataKey, counter }: Opened): boolean {
  using keys = deriveSealKeys(dataKey.bytes)
  return isPromised(keys, counter)
}
