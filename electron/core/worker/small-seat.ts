import { Failure } from '../../../shared/contract/errors.ts'
import type { TextResponse } from '../net/http-response.ts'
import { requestHead } from '../net/http-request.ts'
import type { JobRequest } from './part-job.ts'
import {
  eachPair,
  type Flat,
  type FromSmall,
  type SmallAnswer,
  type SmallReply,
  type SmallSealed,
  type SmallSource,
  type ToSmall,
  type Wrapping,
} from './small-job.ts'

/** A file that one thread has sealed. */
export interface SmallFile extends Omit<SmallSealed, 'headers'> {
  /** Its envelope as object metadata. */
  readonly headers: Readonly<Record<string, string>>
  /**
   * One attempt, and after a good answer a look at what was stored (`look`: HEAD, at the same
   * origin). Throws Failure: 'source-changed' before anything is sent, 'unreachable', 'cancelled'
   * after `stop`.
   */
  send(request: JobRequest, look: JobRequest): Promise<SmallStored>
  /** Ends the attempt that is under way, if there is one. */
  stop(): void
  /** To be called once, after the last attempt: the thread forgets the file. */
  drop(): void
}

/** An answer; `seen`: how the object was found afterwards, null where that was not to be had. */
export interface SmallStored extends TextResponse {
  readonly seen: Pick<TextResponse, 'status' | 'headers'> | null
}

/** One thread, as seen by small files: what is said in one turn goes over in one message. */
export interface SmallSeat {
  /** Files that are with the thread. */
  load(): number
  /**
   * Seals each; null for one of too many bytes. Throws Failure 'source-unreadable',
   * 'source-changed'.
   */
  seal(
    wrapping: Wrapping,
    files: readonly Omit<SmallSource, 'id'>[],
  ): readonly Promise<SmallFile | null>[]
  heard(letter: FromSmall): void
  /** The thread is gone, and everything with it fails. */
  died(cause: unknown): void
}

interface Waiting<T> {
  readonly settle: (value: T) => void
  readonly fail: (cause: unknown) => void
}

export function openSmallSeat(post: (letter: ToSmall) => void): SmallSeat {
  const sealing = new Map<number, Waiting<SmallSealed | null>>()
  const sending = new Map<number, Waiting<SmallAnswer>>()
  const held = new Set<number>()
  let letter: { readonly [K in keyof ToSmall]: ToSmall[K][number][] } = {
    seal: [],
    send: [],
    stop: [],
    drop: [],
  }
  let due = false
  let gone: { readonly cause: unknown } | null = null
  let nextId = 1

  const flush = (): void => {
    due = false
    if (gone !== null) return
    const full = letter
    letter = { seal: [], send: [], stop: [], drop: [] }
    post(full)
  }
  const mail = (): void => {
    if (!due) setImmediate(flush)
    due = true
  }
  const drop = (id: number): void => {
    held.delete(id)
    letter.drop.push(id)
    mail()
  }
  const fileOf = (id: number, sealed: SmallSealed): SmallFile => ({
    size: sealed.size,
    modified: sealed.modified,
    state: sealed.state,
    crc64: sealed.crc64,
    headers: recordOf(sealed.headers),
    send: (request, look) =>
      new Promise((settle, fail) => {
        if (gone !== null) return fail(gone.cause)
        sending.set(id, {
          settle: ({ status, headers, body, seen }) =>
            settle({
              status,
              headers: mapOf(headers),
              body,
              seen:
                seen === null
                  ? null
                  : {
                      status: seen.status,
                      headers: seen.asSealed
                        ? mapOf(sealed.headers, seen.headers)
                        : mapOf(seen.headers),
                    },
            }),
          fail,
        })
        const { origin, head } = requestHead(request, sealed.size)
        letter.send.push({ id, origin, head, look: requestHead(look, null).head })
        mail()
      }),
    stop() {
      if (!sending.has(id)) return
      letter.stop.push(id)
      mail()
    },
    drop: () => drop(id),
  })
  const sealOne = (id: number): Promise<SmallFile | null> =>
    new Promise((settle, fail) => {
      if (gone !== null) return fail(gone.cause)
      held.add(id)
      sealing.set(id, {
        settle(sealed) {
          if (sealed === null) held.delete(id)
          settle(sealed === null ? null : fileOf(id, sealed))
        },
        fail(cause) {
          held.delete(id)
          fail(cause)
        },
      })
    })

  return {
    load: () => held.size,
    seal(wrapping, files) {
      const named = files.map(({ path, most }) => ({ id: nextId++, path, most }))
      letter.seal.push({ wrapping, files: named })
      mail()
      return named.map(({ id }) => sealOne(id))
    },
    heard({ sealed, answered }) {
      for (const reply of sealed) settled(sealing, reply)
      for (const reply of answered) settled(sending, reply)
    },
    died(cause) {
      gone = { cause }
      for (const waiting of [...sealing.values(), ...sending.values()]) waiting.fail(cause)
      sealing.clear()
      sending.clear()
    },
  }
}

function settled<T>(all: Map<number, Waiting<T>>, reply: SmallReply<T>): void {
  const waiting = all.get(reply.id)
  all.delete(reply.id)
  if ('value' in reply) waiting?.settle(reply.value)
  else
    waiting?.fail(
      'error' in reply.trouble ? new Failure(reply.trouble.error) : new Error(reply.trouble.stack),
    )
}

function recordOf(list: Flat): Record<string, string> {
  const record: Record<string, string> = {}
  eachPair(list, (name, value) => (record[name] = value))
  return record
}

function mapOf(...lists: readonly Flat[]): ReadonlyMap<string, string> {
  const map = new Map<string, string>()
  for (const list of lists) eachPair(list, (name, value) => map.set(name, value))
  return map
}
