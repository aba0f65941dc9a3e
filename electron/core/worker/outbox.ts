import type { FromWorker } from './message.ts'

/**
 * Ends in one message, at most. The message goes out before the end of the turn then, so that the
 * main thread has work while this thread encrypts the rest.
 */
const MOST_ENDS = 16

type Lists = { readonly [K in keyof FromWorker]: FromWorker[K][number][] }

/** Gathers all that a thread has to say in one turn into one message. */
export type Outbox = {
  readonly [K in keyof FromWorker]: (entry: FromWorker[K][number]) => void
}

/** `post` sends a message to the main thread. */
export function openOutbox(post: (message: FromWorker) => void): Outbox {
  const empty = (): Lists => ({ moved: [], prints: [], ended: [] })
  let lists = empty()
  let due: NodeJS.Immediate | null = null

  const flush = (): void => {
    if (due !== null) clearImmediate(due)
    due = null
    const message = lists
    lists = empty()
    post(message)
  }
  const schedule = (): void => {
    if (lists.ended.length >= MOST_ENDS) flush()
    else due ??= setImmediate(flush)
  }
  return {
    moved(entry) {
      lists.moved.push(entry)
      schedule()
    },
    prints(entry) {
      lists.prints.push(entry)
      schedule()
    },
    ended(entry) {
      lists.ended.push(entry)
      schedule()
    },
  }
}
