import { randomBytes } from 'node:crypto'
import { Failure, type AppError } from '../../../../shared/contract/errors.ts'
import type {
  Preview,
  PreviewContents,
  PreviewId,
  PreviewIntegrity,
} from '../../../../shared/contract/models-previews.ts'
import type { Session } from '../../../../shared/contract/routes/routes.ts'
import {
  READ_BYTES,
  type ReadableObject,
  type ReadProof,
} from '../../transfer/download/read-range.ts'
import { contentTypeOf } from '../../transfer/upload/content-type.ts'
import { nameOf } from '../objects/key-names.ts'

/** Open previews at once. A window has a few. */
export const MOST_PREVIEWS = 64
/** Readers of one preview at once. Each holds two pieces at most. */
const MOST_READERS = 16
/** Bytes of all contents that are held whole, together. */
const MOST_HELD_BYTES = 256 * 1024 * 1024
/** The first piece is small, so that the first bytes come soon. */
const FIRST_BYTES = 128 * 1024

/** The open previews of all clients. */
export interface Previews extends PreviewContents {
  /**
   * Opens a preview for one client, and disposes of `object` when the preview ends. Content of up
   * to `wholeUpTo` bytes is read and verified first. Sealed content is up to 64 MiB. Throws Failure
   * 'too-many', and as
   * {@link ReadableObject.readWhole}.
   */
  open(
    object: ReadableObject,
    key: string,
    wholeUpTo: number,
    session: Session | undefined,
    signal: AbortSignal,
  ): Promise<Preview>
  /** Returns why the last reading of a preview of this client failed; null if none failed. */
  problem(id: PreviewId, session: Session | undefined): AppError | null
  /** Ends a preview of this client. Throws Failure 'not-found'. */
  close(id: PreviewId, session: Session | undefined): void
  /** Ends all previews. */
  closeAll(): void
}

interface Entry {
  readonly object: ReadableObject
  readonly type: string
  readonly name: string
  readonly session: Session | undefined
  /** All of the content; null where it is read by range. */
  readonly whole: Uint8Array | null
  readonly end: AbortController
  readers: number
  problem: AppError | null
  /** Stops to listen for the end of the client. */
  ignoreSession: () => void
}

export function openPreviews(): Previews {
  const entries = new Map<PreviewId, Entry>()
  let heldBytes = 0

  const drop = (id: PreviewId): void => {
    const entry = entries.get(id)
    if (entry === undefined) return
    entries.delete(id)
    entry.end.abort()
    entry.ignoreSession()
    heldBytes -= entry.whole?.length ?? 0
    entry.object[Symbol.dispose]()
  }
  const entryOf = (id: PreviewId, session: Session | undefined): Entry => {
    const entry = entries.get(id)
    if (entry === undefined || entry.session !== session)
      throw new Failure({ code: 'not-found', what: 'preview', name: id })
    return entry
  }
  /** Reads the content whole where it is small enough. Its room is taken before it is read. */
  const readSmall = async (object: ReadableObject, wholeUpTo: number, signal: AbortSignal) => {
    const { size, mustBeWhole } = object
    const hasRoom = heldBytes + size <= MOST_HELD_BYTES
    if (mustBeWhole && !hasRoom) throw new Failure({ code: 'too-many', limit: MOST_PREVIEWS })
    if (!mustBeWhole && (size > wholeUpTo || !hasRoom)) return null
    heldBytes += size
    try {
      return await object.readWhole(signal)
    } catch (cause) {
      heldBytes -= size
      throw cause
    }
  }
  const openOne = async (
    object: ReadableObject,
    key: string,
    wholeUpTo: number,
    session: Session | undefined,
    signal: AbortSignal,
  ): Promise<Preview> => {
    if (entries.size >= MOST_PREVIEWS) throw new Failure({ code: 'too-many', limit: MOST_PREVIEWS })
    const small = await readSmall(object, wholeUpTo, signal)
    const id = randomBytes(24).toString('hex')
    const type = typeOf(object.head.contentType, key)
    entries.set(id, {
      object,
      type,
      name: nameOf(key),
      session,
      whole: small?.bytes ?? null,
      end: new AbortController(),
      readers: 0,
      problem: null,
      ignoreSession: session?.onEnd(() => drop(id)) ?? (() => undefined),
    })
    // The client may have left while the object was read. It would never end the preview.
    if (signal.aborted) {
      drop(id)
      throw new Failure({ code: 'cancelled' })
    }
    const { size, encrypted, head } = object
    return { id, size, type, encrypted, integrity: integrityOf(object, small), etag: head.etag }
  }

  return {
    async open(object, ...rest) {
      try {
        return await openOne(object, ...rest)
      } catch (cause) {
        object[Symbol.dispose]()
        throw cause
      }
    },
    problem: (id, session) => entryOf(id, session).problem,
    close(id, session) {
      entryOf(id, session)
      drop(id)
    },
    closeAll() {
      for (const id of entries.keys()) drop(id)
    },
    find(id) {
      const entry = entries.get(id)
      if (entry === undefined) return null
      const { type, name, object } = entry
      return { size: object.size, type, name }
    },
    async *read(id, offset, length, signal) {
      const entry = entries.get(id)
      if (entry === undefined) throw new Failure({ code: 'not-found', what: 'preview', name: id })
      if (entry.readers >= MOST_READERS)
        throw new Failure({ code: 'too-many', limit: MOST_READERS })
      entry.readers += 1
      try {
        yield* piecesOfEntry(entry, offset, Math.min(offset + length, entry.object.size), signal)
      } catch (cause) {
        if (cause instanceof Failure && cause.error.code !== 'cancelled')
          entry.problem = cause.error
        throw cause
      } finally {
        entry.readers -= 1
      }
    },
  }
}

/** Yields the bytes of a range. While one piece is taken, the next one is fetched. */
async function* piecesOfEntry(
  { object, whole, end: ended }: Entry,
  from: number,
  end: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const left = new AbortController()
  const stop = AbortSignal.any([signal, ended.signal, left.signal])
  let most = FIRST_BYTES
  const fetch = (at: number): Promise<Uint8Array> | null => {
    if (at >= end) return null
    const length = Math.min(most, end - at)
    most = Math.min(READ_BYTES, 2 * most)
    if (whole !== null) return Promise.resolve(whole.subarray(at, at + length))
    const bytes = object.read(at, length, stop)
    // A reader that leaves never looks at the piece that was fetched ahead.
    bytes.catch(() => undefined)
    return bytes
  }
  try {
    let at = from
    for (let next = fetch(at); next !== null;) {
      const bytes = await next
      if (stop.aborted) throw new Failure({ code: 'cancelled' })
      at += bytes.length
      next = fetch(at)
      yield bytes
    }
  } finally {
    left.abort()
  }
}

const GENERIC: ReadonlySet<string> = new Set([
  '',
  'application/octet-stream',
  'binary/octet-stream',
  'application/x-www-form-urlencoded',
])

/** Returns the type of an object; by its name where OSS has only a type for any bytes. */
function typeOf(contentType: string, key: string): string {
  const type = (contentType.split(';')[0] ?? '').trim().toLowerCase()
  return GENERIC.has(type) ? contentTypeOf(key) : type
}

function integrityOf(
  { hasTag, hasSeal }: ReadableObject,
  whole: ReadProof | null,
): PreviewIntegrity {
  if (whole === null) return hasTag || hasSeal ? 'parts' : 'none'
  if (whole.tag === 'verified' || whole.seal?.state === 'intact') return 'verified'
  return whole.checksum === 'matches' ? 'checksum' : 'none'
}
