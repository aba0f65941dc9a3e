import { Failure, type BadAnswer } from '../../../shared/contract/errors.ts'

/** Pages in a row that may be empty. OSS has no reason for one; similar servers may have a few. */
const MOST_IDLE_PAGES = 100

/** The place up to which a list was read. */
export interface ListCursor {
  /** The greatest name so far; '' at the beginning. */
  readonly after: string
  /** Empty pages in a row. */
  readonly idle: number
}

export const AT_START: ListCursor = { after: '', idle: 0 }

/**
 * Checks one more page of a list and returns the new place. `names`: those of the page, in order.
 * Errors: Failure 'bad-answer' for a name that is not after all names before it, so that a list
 * cannot begin again. The same Failure ends a hundred pages without a name.
 */
export function takePage(reached: ListCursor, names: readonly string[], asked: string): ListCursor {
  let { after } = reached
  for (const name of names) {
    if (after !== '' && compareKeys(name, after) <= 0) throw badAnswer('order', name, asked)
    after = name
  }
  return { after, idle: idlePages(reached.idle, names.length, asked) }
}

/**
 * Returns the number of empty pages in a row, after a page with `found` names.
 * Errors: Failure 'bad-answer' for a hundred of them.
 */
export function idlePages(before: number, found: number, asked: string): number {
  const idle = found > 0 ? 0 : before + 1
  if (idle > MOST_IDLE_PAGES) throw badAnswer('endless', '', asked)
  return idle
}

/**
 * Writes the place up to which a list was read, and the server's token for the next page, as one
 * text. Shells pass it back unchanged.
 */
export function writeCursor({ after, idle }: ListCursor, token: string): string {
  return `${idle}.${after.length}.${after}${token}`
}

/** Errors: Failure 'bad-request' for a text that {@link writeCursor} did not write. */
export function readCursor(cursor: string): {
  readonly reached: ListCursor
  readonly token: string
} {
  const [head, idle = '', length = ''] = /^(\d{1,3})\.(\d{1,4})\./.exec(cursor) ?? []
  if (head === undefined) throw new Failure({ code: 'bad-request', detail: 'cursor' })
  const end = head.length + Number(length)
  return {
    reached: { after: cursor.slice(head.length, end), idle: Number(idle) },
    token: cursor.slice(end),
  }
}

/** Makes the error for an answer that breaks the server's own rules. */
export const badAnswer = (problem: BadAnswer, name: string, asked: string): Failure =>
  new Failure({ code: 'bad-answer', problem, name, asked })

/**
 * Compares two keys by their UTF-8 bytes. JavaScript's own order differs only for characters beyond
 * U+FFFF.
 */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0
  let i = 0
  while (a.charCodeAt(i) === b.charCodeAt(i)) i++
  const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)]
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) ? -1 : 1
  const fixed = (unit: number) =>
    unit >= 0xd800 && unit <= 0xdfff ? unit + 0x2000 : unit >= 0xe000 ? unit - 0x800 : unit
  return fixed(x) - fixed(y)
}
