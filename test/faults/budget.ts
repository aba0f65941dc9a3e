import { randomInt } from 'node:crypto'

/** `SLOW=1`: as much as is worth a night; else what fits into `npm test`. */
export const slow = process.env['SLOW'] === '1'

/** `SEED=n`: this one alone, again. */
const replayed = process.env['SEED']

/**
 * Seeds to run: `few` in `npm test`, the same every time; `many` with `SLOW=1`, other ones every
 * time.
 */
export function seeds(few: number, many: number): readonly number[] {
  if (replayed !== undefined) return [Number(replayed)]
  const first = slow ? randomInt(1_000_000_000) : 1
  return Array.from({ length: slow ? many : few }, (_, i) => first + i)
}

/**
 * Runs `work` for every seed, `together` at a time, until it was `enough`. Answers with what went
 * wrong, each line with its seed.
 */
export async function eachSeed(
  all: readonly number[],
  together: number,
  work: (seed: number) => Promise<readonly string[]>,
  enough: () => boolean = () => false,
): Promise<readonly string[]> {
  const rest = all.values()
  const wrong: string[] = []
  const one = async (): Promise<void> => {
    for (const seed of rest) {
      if (enough()) return
      const found = await work(seed).catch((cause: unknown) => [
        cause instanceof Error ? (cause.stack ?? cause.message) : String(cause),
      ])
      wrong.push(...found.map((line) => `SEED=${seed}: ${line}`))
    }
  }
  await Promise.all(Array.from({ length: together }, one))
  return wrong
}
