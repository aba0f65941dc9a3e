import { getHeapStatistics } from 'node:v8'
import { parentPort } from 'node:worker_threads'
import { Failure } from '../../shared/contract/errors.ts'
import { coverageOf } from './coverage.ts'
import { MAX_INPUT, mutate } from './mutate.ts'
import { randomOf } from './random.ts'
import type { Target } from './target.ts'
import { faultyTargets } from './targets-faulty.ts'
import { targets } from './targets.ts'

/** The job of a thread. */
export interface Job {
  readonly target: string
  /** Checked as they are, and then mutated until the time is over. */
  readonly inputs: readonly Uint8Array[]
  readonly seconds: number
  readonly seed: number
  /**
   * Where the thread says what it is at, for when it cannot say anything any more: see
   * {@link openDesk}.
   */
  readonly desk: SharedArrayBuffer
}

export interface Found {
  readonly t: 'found'
  readonly input: Uint8Array
  readonly why: string
}
export interface Done {
  readonly t: 'done'
  readonly kept: number
  readonly seen: number
}

/** Inputs so far, bytes of the one under way, and those bytes. */
export function openDesk(desk: SharedArrayBuffer) {
  const numbers = new Int32Array(desk, 0, 2)
  const bytes = new Uint8Array(desk, 8)
  return {
    put(input: Uint8Array) {
      bytes.set(input)
      Atomics.store(numbers, 1, input.length)
      Atomics.add(numbers, 0, 1)
    },
    runs: () => Atomics.load(numbers, 0),
    input: () => Uint8Array.from(bytes.subarray(0, Atomics.load(numbers, 1))),
  }
}
/** Kept inputs and vectors may be longer than what is made of them. */
export const newDesk = () => new SharedArrayBuffer(8 + 4 * MAX_INPUT)

/** Growth while one input is read, in bytes, that no input of this size explains. */
const MAX_GROWTH = 96 * 1024 * 1024
const MAX_KEPT = 4000
/** Inputs between two looks at the coverage. */
const BATCH = 32

/** Runs in a thread of its own. `script`: URL of the bundle, whose coverage guides. */
export async function work(
  { target: name, inputs, seconds, seed, desk: shared }: Job,
  script: string,
): Promise<void> {
  const target = [...targets, ...faultyTargets].find((one) => one.name === name)
  if (target === undefined || parentPort === null) throw new Error(`no such target: ${name}`)
  const port = parentPort
  const desk = openDesk(shared)
  const told = new Set<string>()
  const faultOf = async (input: Uint8Array): Promise<string | null> => {
    desk.put(input)
    return fault(target, input)
  }
  const look = async (input: Uint8Array): Promise<void> => {
    const why = await faultOf(input)
    if (why === null || told.has(why)) return
    told.add(why)
    port.postMessage({ t: 'found', input, why } satisfies Found)
    const smaller = await smallest(input, async (candidate) => (await faultOf(candidate)) === why)
    if (smaller.length < input.length)
      port.postMessage({ t: 'found', input: smaller, why } satisfies Found)
  }

  // Before anything is read: V8 counts blocks only of what it compiles from now on.
  const coverage = coverageOf(script)
  for (const input of inputs) await look(input)
  coverage.isNew(true)
  const random = randomOf(seed)
  const corpus = [...inputs]
  const until = performance.now() + seconds * 1000
  while (performance.now() < until) {
    const made = Array.from({ length: BATCH }, () => {
      // The newest inputs often lead on.
      const from = random.chance(2) ? random.pick(corpus) : random.pick(corpus.slice(-32))
      return mutate(from, { random, corpus, words: target.words })
    })
    coverage.begin()
    for (const input of made) await look(input)
    if (!coverage.isNew(false)) continue
    // Asking takes longer than most inputs do, so the one is looked for only where there is one.
    for (const input of made) {
      await faultOf(input)
      if (coverage.isNew(true) && corpus.length < MAX_KEPT) corpus.push(input)
    }
  }
  port.postMessage({
    t: 'done',
    kept: corpus.length - inputs.length,
    seen: coverage.seen(),
  } satisfies Done)
  coverage.close()
}

/** Returns the fault of an input, or null. */
async function fault(target: Target, input: Uint8Array): Promise<string | null> {
  const before = getHeapStatistics()
  try {
    const checked = target.check(input)
    if (checked !== undefined) await checked
  } catch (cause) {
    if (!(cause instanceof Failure))
      return cause instanceof Error
        ? `${cause.name}: ${cause.message}`.replace(/\d+/g, '#').slice(0, 300)
        : 'something was thrown that is no error'
  }
  const after = getHeapStatistics()
  const growth =
    after.used_heap_size - before.used_heap_size + after.external_memory - before.external_memory
  return growth > MAX_GROWTH ? 'memory: far more than the input explains' : null
}

/** Pieces taken out as long as what is wrong stays, for two seconds. */
async function smallest(
  input: Uint8Array,
  stays: (candidate: Uint8Array) => Promise<boolean>,
): Promise<Uint8Array> {
  const until = performance.now() + 2000
  let best = input
  for (let size = input.length >> 1; size > 0 && performance.now() < until; size >>= 1) {
    for (let at = 0; at + size <= best.length && performance.now() < until;) {
      const candidate = Uint8Array.from([...best.subarray(0, at), ...best.subarray(at + size)])
      if (await stays(candidate)) best = candidate
      else at += size
    }
  }
  return best
}
