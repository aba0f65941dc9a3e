import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { each, oneAtATime } from '../../electron/core/base/turns.ts'
import { Failure } from '../../shared/contract/errors.ts'

const never = new AbortController().signal
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('oneAtATime', () => {
  test('works run in the order in which they came, and never two at once', async () => {
    const inTurn = oneAtATime()
    const done: number[] = []
    let running = 0
    const works = [1, 2, 3].map((n) =>
      inTurn(async () => {
        running += 1
        expect(running).toBe(1)
        await turn()
        running -= 1
        done.push(n)
        return n
      }),
    )
    expect(await Promise.all(works)).toEqual([1, 2, 3])
    expect(done).toEqual([1, 2, 3])
  })

  test('a work that fails does not stop the next one', async () => {
    const inTurn = oneAtATime()
    const failed = inTurn(() => Promise.reject(new Error('broken')))
    const next = inTurn(() => Promise.resolve('next'))
    await expect(failed).rejects.toThrow('broken')
    expect(await next).toBe('next')
  })
})

describe('each', () => {
  test('every item is worked on once, in order, by at most so many at a time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat()), fc.integer({ min: 1, max: 9 }), async (items, most) => {
        const begun: number[] = []
        let [running, together] = [0, 0]
        await each(
          items,
          most,
          async (item) => {
            begun.push(item)
            together = Math.max(together, ++running)
            await turn()
            running -= 1
          },
          never,
        )
        expect(begun).toEqual(items)
        expect(together).toBe(Math.min(most, items.length))
      }),
      { numRuns: 30 },
    )
  })

  test('after an error no further item begins', async () => {
    const begun: number[] = []
    const work = async (item: number): Promise<void> => {
      begun.push(item)
      await turn()
      if (item === 2) throw new Error('broken')
    }
    await expect(each([1, 2, 3, 4, 5, 6, 7, 8], 2, work, never)).rejects.toThrow('broken')
    for (let i = 0; i < 10; i++) await turn()
    expect(begun.length).toBeLessThanOrEqual(3)
  })

  test('an aborted signal begins no further item, and is reported', async () => {
    const stop = new AbortController()
    const begun: number[] = []
    const work = async (item: number): Promise<void> => {
      begun.push(item)
      if (item === 2) stop.abort()
      await turn()
    }
    const ended = await each([1, 2, 3, 4], 1, work, stop.signal).catch((cause: unknown) => cause)
    expect(ended).toMatchObject(new Failure({ code: 'cancelled' }))
    expect(begun).toEqual([1, 2])
  })
})
