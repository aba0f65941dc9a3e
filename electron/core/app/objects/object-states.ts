import { Failure } from '../../../../shared/contract/errors.ts'
import type { RowState } from '../../../../shared/contract/models-index.ts'
import type { Encryption, ObjectRow, ProfileId } from '../../../../shared/contract/models.ts'
import { envelopeFacts } from '../../../../shared/format/envelope/envelope.ts'
import type { EncryptedMessage } from '../../../../shared/format/message/message.ts'
import { readHeaders, type Headers } from '../../../../shared/format/recognise.ts'
import { each } from '../../base/turns.ts'
import type { FoundState, HeadText, KnownHead, LookedObject } from '../../index/port.ts'
import type { KeyCatalog } from '../../keys/catalog/key-catalog.ts'
import { headObject, type ObjectHead } from '../../oss/objects.ts'
import { messageIn } from '../../transfer/download/find-message.ts'
import { storedObject } from '../../transfer/run/stored-bytes.ts'
import type { Connections } from '../profiles/connections.ts'
import { wasEncrypted } from '../jobs/plain-refusal.ts'
import type { SeenObjects } from '../../history/seen-objects.ts'
import type { UploadHistory } from '../../history/upload-history.ts'
import {
  contentHash,
  dataKeyHash,
  headFacts,
  readHead,
  writeHead,
  type HeadFacts,
} from './head-text.ts'

/** The most HEADs at a time for one list of rows. */
const PARALLEL = 8
/**
 * Milliseconds from an object's time to a HEAD, below which another object of that time may follow.
 * Both times are the server's, in whole seconds. One second is for servers that differ.
 */
const YOUNG_MS = 2000

type At = { readonly profileId: ProfileId; readonly bucket: string }

/** The answer for one object. */
export interface ObjectLook {
  /** Null: the object is gone or may not be read. */
  readonly encryption: Encryption | null
  /** The object as a HEAD showed it; null without a HEAD. */
  readonly row: ObjectRow | null
  /** The state for the index; null when the index has it. */
  readonly found: FoundState | null
  /** A HEAD was sent. */
  readonly isAsked: boolean
}

export interface ObjectStates {
  /** Describes headers. It looks the key up at every call, because keys come and go. */
  describe(headers: Headers): Encryption
  /** Describes an object by the HEAD that the index has; null for a text of another version. */
  describeKnown(
    bucket: string,
    key: string,
    head: HeadText,
  ): Promise<{ readonly encryption: Encryption; readonly isMessage: boolean } | null>
  /** Describes a message that is the whole object or blob. */
  describeMessage(message: EncryptedMessage): Encryption
  /**
   * Returns the state of each object. An object that the local index knows by key, ETag and time
   * costs no request. The caller stores what was found.
   */
  states(
    at: At,
    objects: readonly LookedObject[],
    signal: AbortSignal,
  ): Promise<readonly ObjectLook[]>
  /** Which of these objects are not encrypted? One that cannot be looked at counts as encrypted. */
  arePlain(at: At, keys: readonly string[]): Promise<readonly boolean[]>
}

interface Needs {
  readonly connections: Connections
  readonly catalog: KeyCatalog
  readonly seen: SeenObjects
  readonly uploaded: UploadHistory
  /** Returns the HEADs that the local index of a profile knows. */
  readonly knownHeads: (
    at: At,
    objects: readonly LookedObject[],
  ) => Promise<readonly (KnownHead | null)[]>
}

/** Opens the encryption states of objects. The local index is their only memory. */
export function openObjectStates(needs: Needs): ObjectStates {
  const { connections, catalog, seen, uploaded, knownHeads } = needs

  const encryptionOf = (head: HeadFacts): Encryption => {
    switch (head.kind) {
      case 'plain':
        return { state: 'plain' }
      case 'broken': {
        const { header, problem, present } = head
        return { state: 'broken', header, problem, present }
      }
      case 'later':
        return { state: 'later', format: head.format, facts: head.facts }
      case 'encrypted':
      case 'message': {
        const { facts } = head
        const { wrapAlgorithm, description: keyDescription, cmks } = facts
        const match =
          head.kind === 'encrypted'
            ? catalog.match({ wrapAlgorithm, keyDescription })
            : catalog.matchMessage({ dataKeys: cmks.map((keyId) => ({ keyId })) })
        return match === null ? { state: 'nokey', facts } : { state: 'encrypted', ...match, facts }
      }
    }
  }
  /** Reads the facts of an answer. Content is read only where a message is likely. */
  const factsOf = async (
    at: At,
    key: string,
    head: ObjectHead,
    signal: AbortSignal,
  ): Promise<HeadFacts> => {
    const facts = headFacts(readHeaders(head.headers))
    if (facts.kind !== 'plain' || !(await wasEncrypted(needs, at.bucket, key))) return facts
    const { bucket } = at
    const object = storedObject(
      connections.bucket(at.profileId, bucket),
      { bucket, key },
      head,
      signal,
    )
    return { kind: 'plain', isMessage: (await messageIn(object)) !== null }
  }
  /** Returns the encryption, also by what was in the object's place before. */
  const described = async (bucket: string, key: string, facts: HeadFacts): Promise<Encryption> => {
    const isReplaced =
      facts.kind === 'plain' &&
      !facts.isMessage &&
      (await wasEncrypted({ seen, uploaded }, bucket, key))
    return isReplaced ? { state: 'plain', wasEncrypted: true } : encryptionOf(facts)
  }
  /** Returns the encryption, and notes an encrypted object. */
  const noted = async (
    { bucket }: At,
    key: string,
    size: number,
    facts: HeadFacts,
  ): Promise<Encryption> => {
    const encryption = encryptionOf(facts)
    // The key may have been added after the first look.
    if (encryption.state === 'encrypted') seen.note(encryption.keyId, bucket, key, size)
    return described(bucket, key, facts)
  }
  const ask = async (at: At, key: string, signal: AbortSignal): Promise<ObjectLook> => {
    const head = await headOrNull(connections, at, key, signal)
    if (head === null) return { encryption: null, row: null, found: null, isAsked: true }
    const facts = await factsOf(at, key, head, signal)
    const encryption = await noted(at, key, head.size, facts)
    const { etag, modified, versionId } = head
    // The object may have changed after the listing. So the state is that of the HEAD's object.
    const found = {
      key,
      etag,
      modified,
      ...rowStateOf(encryption),
      head: {
        ...writeHead(facts),
        versionId,
        isYoung: isYoung(head),
        dataKey: dataKeyHash(readHeaders(head.headers)),
        content: contentHash(head),
      },
    }
    const row = { key, kind: 'file', size: head.size, modified, etag } as const
    return { encryption, row: { ...row, storageClass: head.storageClass }, found, isAsked: true }
  }
  const look = async (
    at: At,
    object: LookedObject,
    known: KnownHead | null,
    signal: AbortSignal,
  ): Promise<ObjectLook> => {
    const facts = known === null ? null : readHead(known)
    if (known === null || facts === null) return ask(at, object.key, signal)
    const encryption = await noted(at, object.key, known.size, facts)
    const now = rowStateOf(encryption)
    // Keys come and go, and the row follows.
    const isSame = now.state === known.state && now.keyId === known.keyId
    const found = isSame ? null : { ...object, ...now, head: null }
    return { encryption, row: null, found, isAsked: false }
  }

  const states: ObjectStates['states'] = async (at, objects, signal) => {
    const known = await knownHeads(at, objects)
    const looks: ObjectLook[] = objects.map(() => ({
      encryption: null,
      row: null,
      found: null,
      isAsked: false,
    }))
    await each(
      objects.entries(),
      PARALLEL,
      async ([index, object]) => {
        looks[index] = await look(at, object, known[index] ?? null, signal)
      },
      signal,
    )
    return looks
  }
  return {
    describe: (headers) => encryptionOf(headFacts(headers)),
    describeMessage(message) {
      const facts = envelopeFacts(message, new Map())
      if (facts.format === 'sdk-sm4') return { state: 'later', format: facts.format, facts }
      const match = catalog.matchMessage(message.header)
      return match === null ? { state: 'nokey', facts } : { state: 'encrypted', ...match, facts }
    },
    async describeKnown(bucket, key, head) {
      const facts = readHead(head)
      if (facts === null) return null
      const isMessage = facts.kind === 'plain' && facts.isMessage
      return { encryption: await described(bucket, key, facts), isMessage }
    },
    states,
    async arePlain(at, keys) {
      const objects = keys.map((key) => ({ key, etag: '', modified: '' }))
      const found = await states(at, objects, new AbortController().signal)
      return found.map(({ encryption }) => encryption?.state === 'plain')
    },
  }
}

/** Tells whether another object of the same time may have followed. */
function isYoung({ headers, modified }: ObjectHead): boolean {
  const age = Date.parse(headers.get('date') ?? '') - Date.parse(modified)
  return !(age >= YOUNG_MS)
}

const ROW_STATES: Readonly<Record<Encryption['state'], RowState>> = {
  plain: 'plain',
  encrypted: 'encrypted',
  later: 'encrypted',
  nokey: 'key-missing',
  broken: 'damaged',
}

const rowStateOf = (encryption: Encryption): Pick<FoundState, 'state' | 'keyId'> => ({
  state: ROW_STATES[encryption.state],
  keyId: encryption.state === 'encrypted' ? encryption.keyId : null,
})

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
