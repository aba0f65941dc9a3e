import { watch } from 'node:fs'
import { join } from 'node:path'
import type { Random } from '../fuzz/random.ts'
import type { FaultProxy } from './proxy.ts'
import type { Call } from './schedule.ts'
import type { Victim } from './victim.ts'

/** When a core is killed. `nth`, `bytes`: counted from its start. */
export type Moment =
  /** A request's head arrived, or its answer was just passed on. */
  | { readonly on: 'head' | 'end'; readonly nth: number }
  /** The same of requests of one kind. */
  | {
      readonly on: 'head' | 'end'
      readonly nth: number
      readonly method: string
      readonly query: string | null
    }
  /** So many bytes of bodies arrived, all requests together. */
  | { readonly on: 'body'; readonly bytes: number }
  /** It wrote to its data folder. */
  | { readonly on: 'write'; readonly nth: number }
  /** After its start. */
  | { readonly on: 'time'; readonly ms: number }

/**
 * Begin, complete, list, drop, put, copy, tag and delete: between these and what is noted of them
 * lies what a crash could lose.
 */
const KINDS = [
  ['POST', 'uploads'],
  ['POST', 'uploadId'],
  ['GET', 'uploadId'],
  ['GET', 'uploads'],
  ['DELETE', 'uploadId'],
  ['PUT', null],
  ['GET', 'tagging'],
  ['PUT', 'tagging'],
  ['DELETE', null],
] as const

/** The first and second of every kind, before and after the server has done it. */
export const NAMED_MOMENTS: readonly Moment[] = [1, 2].flatMap((nth) =>
  KINDS.flatMap(([method, query]) =>
    (['head', 'end'] as const).map((on) => ({ on, nth, method, query })),
  ),
)

export function someMoment(random: Random): Moment {
  const on = random.pick([
    'kind',
    'head',
    'head',
    'end',
    'end',
    'body',
    'write',
    'write',
    'time',
  ] as const)
  switch (on) {
    case 'kind':
      return random.pick(NAMED_MOMENTS)
    case 'head':
    case 'end':
      return { on, nth: 1 + random.int(random.chance(2) ? 5 : 14) }
    case 'body':
      return { on, bytes: 1 + random.int(400_000) }
    case 'write':
      return { on, nth: 1 + random.int(random.chance(2) ? 5 : 16) }
    case 'time':
      return { on, ms: random.int(250) }
  }
}

const isOf = (moment: Moment, { method, query }: Call): boolean =>
  !('method' in moment) ||
  (moment.method === method && (moment.query === null ? query.size === 0 : query.has(moment.query)))

/** Kills at that moment, if it comes. The returned function: no more. */
export function killAt(
  moment: Moment,
  victim: Victim,
  proxy: FaultProxy,
  home: string,
): () => void {
  let left = 'nth' in moment ? moment.nth : 1
  const once = (): void => {
    left -= 1
    if (left === 0) victim.kill()
  }
  if (moment.on === 'time') {
    const timer = setTimeout(once, moment.ms)
    return () => clearTimeout(timer)
  }
  if (moment.on === 'write') {
    const watchers = ['', 'state'].map((name) => watch(join(home, 'data', name), once))
    return () => watchers.forEach((one) => one.close())
  }
  let heard = 0
  const lengths = new Map<unknown, number>()
  proxy.watch = ({ call, at, bytes }) => {
    if (moment.on === 'body' && at === 'body') {
      heard += bytes - (lengths.get(call) ?? 0)
      lengths.set(call, bytes)
      if (heard >= moment.bytes) once()
    } else if (at === moment.on && isOf(moment, call)) once()
  }
  return () => void (proxy.watch = () => undefined)
}
