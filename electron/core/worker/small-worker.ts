import { Failure } from '../../../shared/contract/errors.ts'
import type { HttpClient } from '../net/http-client.ts'
import {
  factsOf,
  flat,
  seenOf,
  type FromSmall,
  type SmallAnswer,
  type SmallRequest,
  type SmallSource,
  type SmallTrouble,
  type ToSmall,
  type Wrapping,
} from './small-job.ts'
import type { SpeedLimit } from './speed-limit.ts'
import { checkSmall, sealSmall, type Kept } from './small-seal.ts'

/**
 * Told before the end of a turn, so that the other side has something to do while the rest is
 * sealed.
 */
const LETTER_FILES = 16
const NOTHING = new Uint8Array(0)

/**
 * The part of a worker thread that takes small files whole. What it has to say goes to `post`, much
 * of it at once.
 */
export function openSmallWorker(
  post: (letter: FromSmall) => void,
  limit: SpeedLimit,
  http: HttpClient,
): (letter: ToSmall) => void {
  const kept = new Map<number, Kept>()
  const sending = new Map<number, () => void>()
  let letter: {
    readonly sealed: FromSmall['sealed'][number][]
    readonly answered: FromSmall['answered'][number][]
  } = { sealed: [], answered: [] }
  let due: NodeJS.Immediate | null = null

  const flush = (): void => {
    if (due !== null) clearImmediate(due)
    due = null
    const full = letter
    letter = { sealed: [], answered: [] }
    post(full)
  }
  const told = (): void => {
    if (letter.sealed.length + letter.answered.length >= LETTER_FILES) flush()
    else due ??= setImmediate(flush)
  }

  const seal = async (file: SmallSource, wrapping: Wrapping): Promise<void> => {
    const { id } = file
    try {
      const done = await sealSmall(file, wrapping)
      if (done !== null) kept.set(id, done.kept)
      letter.sealed.push({ id, value: done?.sealed ?? null })
    } catch (cause) {
      letter.sealed.push({ id, trouble: troubleOf(cause) })
    }
    told()
  }

  const send = ({ id, origin, head, look }: SmallRequest): void => {
    const answer = (reply: FromSmall['answered'][number]): void => {
      sending.delete(id)
      letter.answered.push(reply)
      told()
    }
    try {
      const sealed = kept.get(id)
      if (sealed === undefined) throw new Error('a small file that was never sealed')
      const go = (): void => {
        checkSmall(sealed)
        sending.set(
          id,
          http.send({ origin, head, body: sealed.ciphertext }, (result) => {
            if (result instanceof Error) return answer({ id, trouble: troubleOf(result) })
            const { status, body } = result
            const headers = status < 300 ? factsOf(result.headers) : flat(result.headers)
            const stored = (seen: SmallAnswer['seen']): void =>
              answer({ id, value: { status, headers, body, seen } })
            if (status >= 300) return stored(null)
            // At once, and from here: a trip to the other thread costs more than the question.
            sending.set(
              id,
              http.send({ origin, head: look, body: NOTHING }, (found) =>
                stored(
                  found instanceof Error || found.status >= 300
                    ? null
                    : seenOf(found, sealed.headers),
                ),
              ),
            )
          }),
        )
      }
      // No limit: a signal for each of many thousands of files would be seen in the time.
      if (limit.step(Infinity) === Infinity) return go()
      const stopped = new AbortController()
      const turn = limit.take(sealed.ciphertext.length, stopped.signal)
      if (turn === undefined) return go()
      sending.set(id, () => stopped.abort())
      turn
        .then(() =>
          stopped.signal.aborted ? answer({ id, trouble: { error: { code: 'cancelled' } } }) : go(),
        )
        .catch((cause: unknown) => answer({ id, trouble: troubleOf(cause) }))
    } catch (cause) {
      answer({ id, trouble: troubleOf(cause) })
    }
  }

  return ({ seal: groups, send: requests, stop, drop }) => {
    for (const id of drop) kept.delete(id)
    for (const request of requests) send(request)
    for (const id of stop) sending.get(id)?.()
    for (const { wrapping, files } of groups) for (const file of files) void seal(file, wrapping)
  }
}

function troubleOf(cause: unknown): SmallTrouble {
  return cause instanceof Failure
    ? { error: cause.error }
    : { stack: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) }
}
