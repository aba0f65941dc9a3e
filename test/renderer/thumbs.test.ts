import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { middleOf } from '../../renderer/features/objects/tiles/load-thumb.ts'
import { openThumbs, type Bitmap } from '../../renderer/features/objects/tiles/thumbs.ts'

const LIMITS = { running: 2, most: 3, bytes: 4 * 10 * 10 * 100, restMs: 100 }

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

interface Made extends Bitmap {
  readonly name: string
}

/** Thumbs whose pictures are made by hand. `side`: pixels of each side. */
function scene(side = 10) {
  const thumbs = openThumbs<Made>(LIMITS)
  const started: string[] = []
  const aborted: string[] = []
  const closed: string[] = []
  const ends = new Map<string, (made: boolean) => void>()
  const want = (name: string) =>
    thumbs.want(
      name,
      (signal) => {
        started.push(name)
        signal.addEventListener('abort', () => aborted.push(name))
        return new Promise((resolve) => {
          const close = () => void closed.push(name)
          ends.set(name, (made) =>
            resolve(made ? { name, width: side, height: side, close } : null),
          )
        })
      },
      () => undefined,
    )
  const end = async (name: string, made = true) => {
    ends.get(name)?.(made)
    await vi.advanceTimersByTimeAsync(0)
  }
  const rest = () => vi.advanceTimersByTimeAsync(LIMITS.restMs)
  return { thumbs, started, aborted, closed, want, end, rest }
}

describe('small pictures', () => {
  test('nothing is made while tiles pass by; then the newest come first, a few at once', async () => {
    const { want, started, rest, end } = scene()
    want('a')
    await vi.advanceTimersByTimeAsync(LIMITS.restMs - 1)
    want('b')
    want('c')
    await vi.advanceTimersByTimeAsync(LIMITS.restMs - 1)
    expect(started).toEqual([])
    await rest()
    expect(started).toEqual(['c', 'b'])
    await end('b')
    expect(started).toEqual(['c', 'b', 'a'])
  })

  test('a tile that left is not made, and one that is being made is cancelled', async () => {
    const { thumbs, want, started, aborted, closed, rest, end } = scene()
    const ends = ['a', 'b', 'c'].map(want)
    await rest()
    ends.forEach((leave) => leave())
    expect(aborted).toEqual(['b', 'c'])
    await end('c')
    await end('b')
    expect(started).toEqual(['c', 'b'])
    // A picture that came too late is dropped.
    expect([closed, thumbs.get('c')]).toEqual([['c', 'b'], undefined])
  })

  test('a file without a picture is not asked again', async () => {
    const { thumbs, want, rest, end } = scene()
    want('a')
    await rest()
    expect(thumbs.get('a')).toBeUndefined()
    await end('a', false)
    expect(thumbs.get('a')).toBeNull()
  })

  test('a failure leaves the icon, and the next picture is made', async () => {
    vi.useRealTimers()
    const thumbs = openThumbs<Made>({ ...LIMITS, restMs: 0, running: 1 })
    const close = () => undefined
    const made = { name: 'b', width: 1, height: 1, close }
    await new Promise<void>((resolve) => {
      thumbs.want('b', () => Promise.resolve(made), resolve)
      thumbs.want(
        'a',
        () => Promise.reject(new Error('no picture')),
        () => undefined,
      )
    })
    expect([thumbs.get('a'), thumbs.get('b')]).toEqual([null, made])
  })

  test.each([
    ['number', 10, ['b']],
    ['bytes', 70, ['b', 'c']],
  ])('the oldest go when a limit of %s is reached', async (_what, side, gone) => {
    const { thumbs, want, closed, rest, end } = scene(side)
    for (const name of ['a', 'b', 'c']) {
      want(name)
      await rest()
      await end(name)
      // The first one is shown again.
      thumbs.get('a')
    }
    want('d')
    await rest()
    await end('d')
    expect(closed.slice(0, gone.length).sort()).toEqual([...gone].sort())
    expect(thumbs.get('d')?.name).toBe('d')
  })

  test('at the end no picture is in memory, and nothing is made', async () => {
    const { thumbs, want, started, aborted, closed, rest, end } = scene()
    want('a')
    await rest()
    await end('a')
    want('b')
    await rest()
    want('c')
    thumbs.close()
    await rest()
    expect({ started, aborted, closed }).toEqual({
      started: ['a', 'b'],
      aborted: ['b'],
      closed: ['a'],
    })
    expect(thumbs.get('a')).toBeUndefined()
  })
})

test.each([
  [400, 208, { x: 0, y: 0, width: 400, height: 208 }],
  [1000, 100, { x: 404, y: 0, width: 192, height: 100 }],
  [100, 1000, { x: 0, y: 474, width: 100, height: 52 }],
  [1, 5000, { x: 0, y: 2499, width: 1, height: 1 }],
])('the middle of %i by %i pixels', (width, height, expected) =>
  expect(middleOf(width, height)).toEqual(expected),
)
