import type { HttpClient } from '../net/http-client.ts'
import type { HeldAnswer, HoldJob, SendHeldJob } from './job.ts'
import { headerList, jobError, seenObject, storedHeaders, type JobEnd } from './message.ts'
import { assertUnchanged, encryptFile, type HeldContent } from './encrypt-file.ts'
import type { SpeedLimit } from './speed-limit.ts'

const EMPTY = new Uint8Array(0)

/** The small files that this thread holds, and their sending. */
export interface HeldFiles {
  /** Encrypts a file and holds its ciphertext as `id`. Calls `ended` once. */
  encrypt(id: number, job: HoldJob, ended: (end: JobEnd) => void): Promise<void>
  /**
   * Sends a held file. Calls `ended` once, perhaps before it returns. The returned function ends
   * the attempt as 'cancelled'; it does nothing after the end.
   */
  send(id: number, job: SendHeldJob, ended: (end: JobEnd) => void): () => void
  /** Forgets the file that is held as `id`. */
  release(id: number): void
}

/** Callbacks instead of promises: thousands of files a second come through here. */
export function openHeldFiles(http: HttpClient, limit: SpeedLimit): HeldFiles {
  const held = new Map<number, HeldContent>()

  /** Asks for the stored object at once: a trip to the main thread costs more than the request. */
  const look = (
    { origin, look: head }: SendHeldJob,
    content: HeldContent,
    done: (seen: HeldAnswer['seen']) => void,
  ): (() => void) =>
    http.send({ origin, head, body: EMPTY }, (found) =>
      done(
        found instanceof Error || found.status >= 300
          ? null
          : seenObject(found.status, found.headers, content.headers),
      ),
    )

  return {
    async encrypt(id, { path, most, wrapping, seal }, ended) {
      try {
        const content = await encryptFile(path, most, wrapping, seal)
        if (content === null) return ended({ id, held: null })
        held.set(id, content)
        ended({ id, held: content.facts })
      } catch (cause) {
        ended({ id, ...jobError(cause) })
      } finally {
        seal?.writer?.fill(0)
      }
    },
    send(id, job, ended) {
      let stop = (): void => undefined
      const fail = (cause: unknown): void => ended({ id, ...jobError(cause) })
      const send = (content: HeldContent): void => {
        assertUnchanged(content)
        const { origin, head } = job
        stop = http.send({ origin, head, body: content.ciphertext }, (result) => {
          if (result instanceof Error) return fail(result)
          const { status, body } = result
          if (status >= 300) {
            const headers = headerList(result.headers)
            return ended({ id, answered: { status, headers, body, seen: null } })
          }
          const headers = storedHeaders(result.headers)
          stop = look(job, content, (seen) =>
            ended({ id, answered: { status, headers, body, seen } }),
          )
        })
      }
      try {
        const content = held.get(job.held)
        if (content === undefined) throw new Error('a file that is not held is to be sent')
        // Without a limit no AbortController is made: with thousands of files its cost is seen.
        if (limit.step(Infinity) === Infinity) send(content)
        else stop = sendInTurn(content)
      } catch (cause) {
        fail(cause)
      }
      return () => stop()

      function sendInTurn(content: HeldContent): () => void {
        const stopped = new AbortController()
        const turn = Promise.resolve(limit.take(content.ciphertext.length, stopped.signal))
        turn
          .then(() => {
            stopped.signal.throwIfAborted()
            send(content)
          })
          .catch((cause: unknown) =>
            stopped.signal.aborted ? ended({ id, error: { code: 'cancelled' } }) : fail(cause),
          )
        return () => stopped.abort()
      }
    },
    release: (id) => void held.delete(id),
  }
}
