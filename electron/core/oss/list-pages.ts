import { Failure, type BadAnswer } from '../../../shared/contract/errors.ts'

/**
 * Pages in a row that may bring nothing. OSS has no reason for one; what is like OSS may have a
 * few.
 */
const MOST_IDLE_PAGES = 100

/** How far a list was read. */
export interface Reached {
  /** The greatest name so far, '' at the beginning. */
  readonly after: string
  /** Pages in a row that brought nothing. */
  readonly idle: number
}

export const AT_START: Reached = { after: '', idle: 0 }

/**
 * Takes one more page of a list. `names`: what it brought, in order. Every name comes once and
 * after those before it, so that a list that begins again is known. Throws Failure 'bad-answer' for
 * one that does, and for a hundred pages without a name.
 */
export function takePage(reached: Reached, names: readonly string[], asked: string): Reached {
  let { after } = reached
  for (const name of names) {
    if (after !== '' && compareKeys(name, after) <= 0) throw badAnswer('order', name, asked)
    after = name
  }
  return { after, idle: idlePages(reached.idle, names.length, asked) }
}

/**
 * The same where only the number of names is known. Answers with the pages in a row that brought
 * nothing.
 */
export function idlePages(before: number, found: number, asked: string): number {
  const idle = found > 0 ? 0 : before + 1
  if (idle > MOST_IDLE_PAGES) throw badAnswer('endless', '', asked)
  return idle
}

/**
 * How a list goes on: what it was read up to, and the server's own word for the next page. Shells
 * pass it back as it is.
 */
export function writeCursor({ after, idle }: Reached, token: string): string {
  return `${idle}.${after.length}.${after}${token}`
}

/** Errors Failure 'bad-request' for what {@link writeCursor} did not write. */
export function readCursor(cursor: string): { readonly reached: Reached; readonly token: string } {
  const [head, idle = '', length = ''] = /^(\d{1,3})\.(\d{1,4})\./.exec(cursor) ?? []
  if (head === undefined) throw new Failure({ code: 'bad-request', detail: 'cursor' })
  const end = head.length + Number(length)
  return {
    reached: { after: cursor.slice(head.length, end), idle: Number(idle) },
    token: cursor.slice(end),
  }
}

/** 'bad-answer': the server said what it may not. */
export const badAnswer = (problem: BadAnswer, name: string, asked: string): Failure =>
  new Failure({ code: 'bad-answer', problem, name, asked })

/**
 * Order of the UTF-8 bytes. JavaScript's own order differs only where one side is beyond U+FFFF.
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
