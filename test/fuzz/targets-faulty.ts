import { SECOND, type Target } from './target.ts'

/**
 * A reader with a fault that shows on inputs which begin with `!`: for the tests of the fuzzer
 * itself.
 */
const faulty = (
  name: string,
  fault: (input: Uint8Array) => void | Promise<void>,
  limitMs = SECOND,
): Target => ({
  name,
  words: ['!'],
  limitMs,
  seeds: () => [Uint8Array.from(Buffer.from('abc'))],
  check: (input) => (input[0] === 0x21 ? fault(input) : undefined),
})

const eaten: unknown[] = []

export const faultyTargets: readonly Target[] = [
  faulty('throws', (input) => {
    throw new RangeError(`at ${input.length}`)
  }),
  faulty('rejects', () => Promise.reject(new TypeError('no'))),
  faulty('hangs', () => {
    for (;;);
  }),
  faulty('hangs between two promises', async () => {
    for (;;) await Promise.resolve()
  }),
  faulty('waits for nothing', () => new Promise(() => undefined)),
  faulty('eats memory at once', () => void eaten.push(new Uint8Array(200_000_000).fill(1))),
  faulty(
    'eats memory',
    () => {
      for (;;) eaten.push(Array.from({ length: 100_000 }, (_none, at) => [at]))
    },
    20 * SECOND,
  ),
  faulty('recurses', function again(input): void {
    again(input.subarray(1))
  }),
  faulty('ends the thread', () => process.exit(3)),
]
