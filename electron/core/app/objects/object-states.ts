import { Failure } from '../../../../shared/contract/errors.ts'
import type { Encryption, EnvelopeFacts, ProfileId } from '../../../../shared/contract/models.ts'
import { envelopeFacts } from '../../../../shared/format/envelope/envelope.ts'
import type { SealedMessage } from '../../../../shared/format/message/message.ts'
import {
  readHeaders,
  recognise,
  type Headers,
  type RecognisedFormat,
} from '../../../../shared/format/recognise.ts'
import { each } from '../../base/turns.ts'
import type { KeyCatalog } from '../../keys/catalog/key-catalog.ts'
import { headObject, type ObjectHead } from '../../oss/objects.ts'
import { messageIn } from '../../transfer/download/find-message.ts'
import { storedObject } from '../../transfer/run/stored-bytes.ts'
import type { Connections } from '../profiles/connections.ts'
import { wasEncrypted } from '../jobs/plain-refusal.ts'
import type { SeenObjects } from '../../history/seen-objects.ts'
import type { UploadHistory } from '../../history/upload-history.ts'

/** The most HEAD answers in memory, about 1 KiB each. The oldest are removed first. */
const MAX_KEPT = 20_000
/** The most HEADs at a time for one list of rows. */
const PARALLEL = 8

interface Known {
  readonly recognised: RecognisedFormat
  readonly facts: EnvelopeFacts | null
  /** The size of the object in bytes. */
  readonly size: number
  /**
   * Whether the object is a whole message of the KMS Encryption SDK, which has no header. Only the
   * objects that were encrypted before are examined.
   */
  readonly isMessage: boolean
}

export interface ObjectStates {
  /** Describes headers. It looks the key up at every call, because keys come and go. */
  describe(headers: Headers): Encryption
  /** Describes a message that is the whole object or blob. */
  describeMessage(message: SealedMessage): Encryption
  /**
   * Returns the state of each object, from memory for an ETag that was seen before. Null where HEAD
   * fails.
   */
  states(
    at: { profileId: ProfileId; bucket: string },
    objects: readonly { key: string; etag: string }[],
    signal: AbortSignal,
  ): Promise<readonly (Encryption | null)[]>
  /** Which of these objects are not encrypted? One that cannot be looked at counts as encrypted. */
  arePlain(
    at: { profileId: ProfileId; bucket: string },
    keys: readonly string[],
  ): Promise<readonly boolean[]>
}

interface Needs {
  readonly connections: Connections
  readonly catalog: KeyCatalog
  readonly seen: SeenObjects
  readonly uploaded: UploadHistory
}

/** Opens the encryption states of objects, cached by bucket, key and ETag. */
export function openObjectStates({ connections, catalog, seen, uploaded }: Needs): ObjectStates {
  const known = new Map<string, Known>()
  const nameOf = (at: { profileId: ProfileId; bucket: string }, key: string, etag: string) =>
    [at.profileId, at.bucket, etag, key].join('\n')

  const encryptionOf = ({ recognised, facts }: Pick<Known, 'recognised' | 'facts'>): Encryption => {
    switch (recognised.kind) {
      case 'plain':
        return { state: 'plain' }
      case 'broken':
        return {
          state: 'broken',
          header: recognised.header,
          problem: recognised.problem,
          present: recognised.present,
        }
      case 'later':
        return { state: 'later', format: recognised.format, facts }
      case 'sealed':
      case 'message': {
        const sealed = facts as EnvelopeFacts
        const match =
          recognised.kind === 'sealed'
            ? catalog.match(recognised.envelope)
            : catalog.matchMessage(recognised.message.header)
        if (match === null) return { state: 'nokey', facts: sealed }
        return { state: 'sealed', ...match, facts: sealed }
      }
    }
  }

  const look = async (
    at: { profileId: ProfileId; bucket: string },
    key: string,
    etag: string,
    signal: AbortSignal,
  ): Promise<Encryption | null> => {
    const name = nameOf(at, key, etag)
    // A server without ETags does not tell whether the object changed.
    let found = etag === '' ? undefined : known.get(name)
    if (found === undefined) {
      const head = await headOrNull(connections, at, key, signal)
      if (head === null) return null
      const headers = knownOf(readHeaders(head.headers))
      const inside =
        headers.recognised.kind === 'plain' &&
        (await wasEncrypted({ seen, uploaded }, at.bucket, key))
          ? await messageIn(
              storedObject(
                connections.bucket(at.profileId, at.bucket),
                { bucket: at.bucket, key },
                head,
                signal,
              ),
            )
          : null
      found = { ...headers, size: head.size, isMessage: inside !== null }
      // The answer is cached under its own ETag, since the object may have changed after the
      // listing.
      known.set(nameOf(at, key, head.etag), found)
      if (known.size > MAX_KEPT) known.delete(known.keys().next().value as string)
    }
    const state = encryptionOf(found)
    // The key may have been added after the first look.
    if (state.state === 'sealed') seen.note(state.keyId, at.bucket, key, found.size)
    if (
      state.state === 'plain' &&
      !found.isMessage &&
      (await wasEncrypted({ seen, uploaded }, at.bucket, key))
    )
      return { state: 'plain', wasEncrypted: true }
    return state
  }

  const states: ObjectStates['states'] = async (at, objects, signal) => {
    const found: (Encryption | null)[] = objects.map(() => null)
    await each(
      objects.entries(),
      PARALLEL,
      async ([index, { key, etag }]) => {
        found[index] = await look(at, key, etag, signal)
      },
      signal,
    )
    return found
  }
  return {
    describe: (headers) => encryptionOf(knownOf(headers)),
    describeMessage(message) {
      const facts = envelopeFacts(message, new Map())
      if (facts.format === 'sdk-sm4') return { state: 'later', format: facts.format, facts }
      const match = catalog.matchMessage(message.header)
      return match === null ? { state: 'nokey', facts } : { state: 'sealed', ...match, facts }
    },
    states,
    async arePlain(at, keys) {
      const objects = keys.map((key) => ({ key, etag: '' }))
      const found = await states(at, objects, new AbortController().signal)
      return found.map((one) => one?.state === 'plain')
    },
  }
}

function knownOf(headers: Headers): Pick<Known, 'recognised' | 'facts'> {
  const recognised = recognise(headers)
  return {
    recognised,
    facts:
      recognised.kind === 'plain' || recognised.kind === 'broken'
        ? null
        : envelopeFacts(
            recognised.kind === 'sealed' ? recognised.envelope : recognised.message,
            headers,
          ),
  }
}

async function headOrNull(
  connections: Connections,
  at: { profileId: ProfileId; bucket: string },
  key: string,
  signal: AbortSignal,
): Promise<ObjectHead | null> {
  try {
    return await headObject(connections.bucket(at.profileId, at.bucket), at.bucket, key, signal)
  } catch (cause) {
    // A missing or forbidden object concerns its row alone. Any other failure (no network, bad
    // credentials) concerns the whole list.
    if (
      cause instanceof Failure &&
      (cause.error.code === 'not-found' || cause.error.code === 'access-denied')
    )
      return null
    throw cause
  }
}
