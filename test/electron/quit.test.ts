import { EventEmitter } from 'node:events'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { BrowserWindow as ElectronWindow } from 'electron'
import {
  openWayOut,
  quitSoon,
  type WayOut,
  type WayOutOptions,
} from '../../electron/desktop/quit.ts'
import { app, BrowserWindow } from './double/electron.ts'
import { tell } from './double/native-event.ts'

vi.mock('electron', () => import('./double/electron.ts'))

afterEach(() => {
  app.removeAllListeners()
  app.stay()
  vi.restoreAllMocks()
})

/**
 * The way out, beside what happened in the end: the order of things put away, then `exit` with its
 * code.
 */
function way(options: Partial<WayOutOptions> = {}): {
  out: WayOut
  said: string[]
  over: Promise<void>
} {
  const said: string[] = []
  const over = new Promise<void>((resolve) => {
    vi.spyOn(app, 'exit').mockImplementation((code) => {
      said.push(`exit ${code}`)
      resolve()
    })
  })
  // One window, which goes a while after it was told to.
  let open = true
  const window = {
    close: () =>
      setImmediate(() => {
        open = false
        void app.windowsGone()
      }),
  }
  vi.spyOn(BrowserWindow, 'getAllWindows').mockImplementation(() => (open ? [window as never] : []))
  const out = openWayOut({
    platform: 'linux',
    started: () => Promise.resolve(),
    masked: (cause) => void said.push(String(cause)),
    ...options,
  })
  return { out, said, over }
}

/** Everything that was due has run. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}

const soon: readonly (readonly [string, () => Promise<void>])[] = [
  ['at once', () => Promise.resolve()],
  [
    'after promises that are kept at once',
    async () => {
      for (let turn = 0; turn < 100; turn++) await Promise.resolve()
    },
  ],
  ['at the next tick', () => new Promise((resolve) => process.nextTick(resolve))],
  ['in a later turn', () => new Promise((resolve) => setImmediate(resolve))],
  ['after a timer', () => new Promise((resolve) => setTimeout(resolve, 5))],
]

describe('the double keeps the rule of Electron', () => {
  test('what promises do at once belongs to the event, what timers do does not', async () => {
    const emitter = new EventEmitter()
    const order: string[] = []
    emitter.on('x', () => {
      setImmediate(() => order.push('later'))
      void Promise.resolve().then(() => process.nextTick(() => order.push('within')))
    })
    expect(await tell(emitter, 'x')).toBe(true)
    order.push('told')
    await settled()
    expect(order).toEqual(['within', 'told', 'later'])
  })
  test('a call within will-quit is ignored, and the refused event is no quitting any more', async () => {
    const { said } = way()
    app.removeAllListeners()
    let asked = 0
    app.on('will-quit', (event: { preventDefault(): void }) => {
      asked += 1
      event.preventDefault()
      void Promise.resolve().then(() => app.quit())
    })
    app.quit()
    await settled()
    expect([asked, said]).toEqual([1, []])
  })
})

describe('the app ends', () => {
  for (const [asked, question] of soon)
    for (const [name, work] of soon) {
      test(`when it is asked ${asked}, and what is put away is done ${name}`, async () => {
        const { out, said, over } = way()
        out.ask(async () => {
          await question()
          return true
        })
        out.closes(async () => {
          await work()
          said.push('first')
        })
        out.closes(async () => {
          await work()
          said.push('second')
        })
        app.quit()
        await over
        expect(said).toEqual(['second', 'first', 'exit 0'])
      })
    }

  test.each(['closing its window', 'all windows being gone', 'a second wish'])(
    'after %s',
    async (how) => {
      const { out, over } = way()
      const window = new EventEmitter()
      out.guard(window as unknown as ElectronWindow)
      if (how === 'closing its window') expect(await tell(window, 'close')).toBe(false)
      else if (how === 'all windows being gone') await app.windowsGone()
      else for (let n = 0; n < 3; n++) app.quit()
      await over
      // It does not hold its window again.
      expect(await tell(window, 'close')).toBe(true)
    },
  )

  test('whatever a closing work says, and with what else there is put away', async () => {
    const { out, said, over } = way()
    out.closes(() => void said.push('first'))
    out.closes(() => Promise.reject(new Error('no disk')))
    out.closes(() => {
      throw new Error('no socket')
    })
    app.quit()
    await over
    expect(said).toEqual(['Error: no socket', 'Error: no disk', 'first', 'exit 0'])
  })

  test('once, however often it is told to while it puts away', async () => {
    let done = (): void => undefined
    const { out, said, over } = way()
    out.closes(() => {
      said.push('away')
      return new Promise<void>((resolve) => (done = resolve))
    })
    for (let n = 0; n < 3; n++) {
      app.quit()
      await settled()
    }
    expect(said).toEqual(['away'])
    done()
    await over
    expect([said, out.leaving()]).toEqual([['away', 'exit 0'], true])
  })

  test('also when asking fails', async () => {
    const { out, said, over } = way()
    out.ask(() => Promise.reject(new Error('no dialog')))
    app.quit()
    await over
    expect(said).toEqual(['Error: no dialog', 'exit 0'])
  })

  test('only after a start that is still under way, with all that it opened', async () => {
    let ready = (): void => undefined
    const { out, said, over } = way({
      started: () => new Promise<void>((resolve) => (ready = resolve)),
    })
    out.closes(() => void said.push('practice'))
    app.quit()
    await settled()
    expect([said, out.leaving()]).toEqual([[], true])
    out.closes(() => void said.push('core'))
    ready()
    await over
    expect(said).toEqual(['core', 'practice', 'exit 0'])
  })

  test('also when the start never ends', async () => {
    const { said, over } = way({ started: () => new Promise(() => undefined) })
    app.quit()
    await over
    expect(said).toEqual(['exit 0'])
  })
})

describe('the app stays', () => {
  test('when the answer is no, and asks again the next time', async () => {
    const answers = [false, true]
    const { out, said, over } = way()
    let asked = 0
    out.ask(() => Promise.resolve(answers[asked++] ?? true))
    app.quit()
    await settled()
    expect([asked, said, out.leaving()]).toEqual([1, [], false])
    app.quit()
    await over
    expect([asked, said]).toEqual([2, ['exit 0']])
  })
  test('while it asks, however often it is told to quit', async () => {
    let answer = (_leave: boolean): void => undefined
    let asked = 0
    const { out, said, over } = way()
    out.ask(
      () =>
        new Promise((resolve) => {
          asked += 1
          answer = resolve
        }),
    )
    for (let n = 0; n < 3; n++) {
      quitSoon()
      await settled()
    }
    expect([asked, said]).toEqual([1, []])
    answer(true)
    await over
  })
  test('on macOS, when its window is closed or all are gone', async () => {
    const { out, said } = way({ platform: 'darwin' })
    const window = new EventEmitter()
    out.guard(window as unknown as ElectronWindow)
    expect(await tell(window, 'close')).toBe(true)
    await app.windowsGone()
    await settled()
    expect([said, out.leaving()]).toEqual([[], false])
  })
})
