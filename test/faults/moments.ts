import { watch } from 'node:fs'
import { join } from 'node:path'
import type { Random } from '../fuzz/random.ts'
import type { FaultProxy } from './proxy.ts'
import type { Victim } from './victim.ts'

/** When a core is killed. `nth`, `bytes`: counted from its start. */
export type Moment =
  /** A request's head arrived, or its answer was just passed on. */
  | { readonly on: 'head' | 'end'; readonly nth: number }
  /** So many bytes of bodies arrived, all requests together. */
  | { readonly on: 'body'; readonly bytes: number }
  /** It wrote to its data folder. */
  | { readonly on: 'write'; readonly nth: number }
  /** After its start. */
  | { readonly on: 'time'; readonly ms: number }

export function someMoment(random: Random): Moment {
  const on = random.pick(['head', 'head', 'end', 'end', 'body', 'write', 'write', 'time'] as const)
  switch (on) {
    case 'head': case 'end': return { on, nth: 1 + random.int(random.chance(2) ? 5 : 14) }
    case 'body': return { on, bytes: 1 + random.int(400_000) }
    case 'write': return { on, nth: 1 + random.int(random.chance(2) ? 5 : 16) }
    case 'time': return { on, ms: random.int(250) }
  }
}

/** Kills at that moment, if it comes. The returned function: no more. */
export function killAt(moment: Moment, victim: Victim, proxy: FaultProxy, home: string): () => void {
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
    } else if (at === moment.on) once()
  }
  return () => void (proxy.watch = () => undefined)
}
