/**
 * One figure, as it is printed. `ours` and `peer` in the unit of its row; null is what was not
 * measured, or has no target.
 */
export interface Figure {
  readonly name: string
  readonly ours: number
  readonly peer: number | null
  readonly ratio: number | null
  readonly target: number | null
  readonly met: boolean | null
  /** The runtime of our side: `Node 20.20.2` or `Electron 33.2.1`. */
  readonly runtime: string
  /** Further measurements, under their own names and units. */
  readonly more?: Readonly<Record<string, number>>
}

/**
 * How two measurements become a ratio. `speed`: how many times as fast ours is; the target is the
 * least ratio. `time`: how many times as long ours takes, or as much it needs; the target is the
 * most.
 */
export type Measure = 'speed' | 'time'

export interface Goal {
  readonly name: string
  readonly measure: Measure
  /** Null: only reported. */
  readonly target: number | null
}

const RUNTIME =
  process.versions['electron'] === undefined
    ? `Node ${process.versions.node}`
    : `Electron ${process.versions['electron']}`

/** Compared before rounding: a target missed by a hair is missed. */
export function figureOf(
  { name, measure, target }: Goal,
  ours: number,
  peer: number | null,
  more?: Readonly<Record<string, number>>,
): Figure {
  const ratio = peer === null ? null : measure === 'speed' ? peer / ours : ours / peer
  const met =
    ratio === null || target === null
      ? null
      : measure === 'speed'
        ? ratio >= target
        : ratio <= target
  const besides =
    more === undefined
      ? {}
      : {
          more: Object.fromEntries(
            Object.entries(more).map(([key, value]) => [key, rounded(value)]),
          ),
        }
  return {
    name,
    ours: rounded(ours),
    peer: peer === null ? null : rounded(peer),
    ratio: ratio === null ? null : rounded(ratio),
    target,
    met,
    runtime: RUNTIME,
    ...besides,
  }
}

/** Of an even number of values the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]]
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2
}

export const rounded = (value: number): number => Math.round(value * 1000) / 1000

/** One side of a comparison. It measures itself, so that its preparation does not count. */
export type Contender<T> = () => Promise<T>

/**
 * Runs all contenders in turn, so that a slow minute of the machine hits each of them. Each round
 * starts with another contender. The first round warms up and does not count.
 */
export async function byTurns<N extends string, T>(
  rounds: number,
  contenders: Readonly<Record<N, Contender<T>>>,
): Promise<Readonly<Record<N, readonly T[]>>> {
  const names = Object.keys(contenders) as N[]
  const taken = Object.fromEntries(names.map((name) => [name, [] as T[]])) as Record<N, T[]>
  for (let round = 0; round <= rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length] as N
      const found = await contenders[name]()
      if (round > 0) taken[name].push(found)
    }
  }
  return taken
}

export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}

/** A contender whose whole work counts. */
export const timed =
  (work: () => Promise<unknown>): Contender<number> =>
  () =>
    seconds(work)
