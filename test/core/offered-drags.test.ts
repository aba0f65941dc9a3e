import { expect, test } from 'vitest'
import { offeredDrags } from '../../electron/core/app/offered-drags.ts'

/** A window that can end. */
function client() {
  const listeners: (() => void)[] = []
  return {
    session: {
      onEnd: (listener: () => void) => {
        listeners.push(listener)
        return () => undefined
      },
    },
    end: () => listeners.forEach((listener) => listener()),
    listeners,
  }
}

test('a drag of a window of this app is taken once', () => {
  const drags = offeredDrags()
  const [one, two] = [client(), client()]
  drags.offer('a', one.session)
  drags.offer('b', two.session)
  expect([drags.take('guessed'), drags.take('')]).toEqual([false, false])
  expect([drags.take('a'), drags.take('a'), drags.take('b')]).toEqual([true, false, true])
})

test('a drag is over with the next one of its window, and with the window', () => {
  const drags = offeredDrags()
  const { session, end, listeners } = client()
  drags.offer('a', session)
  drags.offer('b', session)
  expect([drags.take('a'), drags.take('b')]).toEqual([false, true])
  drags.offer('c', session)
  expect(listeners).toHaveLength(1)
  end()
  expect(drags.take('c')).toBe(false)
  drags.offer('d', undefined)
  expect(drags.take('d')).toBe(false)
})
