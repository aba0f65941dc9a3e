import { app, type BrowserWindow } from 'electron'

/**
 * Longest that a quit waits for a start that is under way, in ms. What a start does, a crash may
 * cut off.
 */
const START_MS = 3000

/** How the app ends. There is one, made before anything is opened. */
export interface WayOut {
  /** From here on nothing new is opened: it was asked, and the answer was to leave. */
  leaving(): boolean
  /** Asked before the app quits; `false`: it stays. Without one it quits unasked. */
  ask(question: () => Promise<boolean>): void
  /** Work that the exit waits for; what came last is done first. */
  closes(work: () => Promise<void> | void): void
  /**
   * Closing this window quits the app, which may ask first. On macOS the app lives on without it.
   */
  guard(window: BrowserWindow): void
}

export interface WayOutOptions {
  readonly platform: NodeJS.Platform
  /** Settled when the start is over, well or not. */
  started(): Promise<unknown>
  masked(cause: unknown): void
}

/**
 * Quits, but never within an event: there Electron ignores the call, or forgets afterwards that it
 * was quitting. Promises that are kept at once run within the event too, so every quit of ours
 * comes this way.
 */
export function quitSoon(): void {
  setImmediate(() => app.quit())
}

/** Holds a quit twice: until the question is answered, and until all is put away. */
export function openWayOut({ platform, started, masked }: WayOutOptions): WayOut {
  let state: 'open' | 'asking' | 'leaving' | 'closing' | 'closed' = 'open'
  let question = (): Promise<boolean> => Promise.resolve(true)
  const works: (() => Promise<void> | void)[] = []
  const leaving = (): boolean => state !== 'open' && state !== 'asking'

  const putAway = async (): Promise<void> => {
    await soonest(started(), START_MS)
    for (const work of works.reverse()) await Promise.resolve().then(work).catch(masked)
  }
  app.on('before-quit', (event) => {
    if (leaving()) return
    event.preventDefault()
    if (state === 'asking') return
    state = 'asking'
    void question()
      .catch((cause: unknown) => {
        masked(cause)
        return true
      })
      .then((leave) => {
        state = leave ? 'leaving' : 'open'
        if (leave) quitSoon()
      })
  })
  app.on('will-quit', (event) => {
    if (state === 'closed') return
    event.preventDefault()
    // Quitting once more does not cut it short: half an upload would stay in the bucket.
    if (state === 'closing') return
    state = 'closing'
    void putAway().then(() => {
      state = 'closed'
      quitSoon()
    })
  })
  app.on('window-all-closed', () => {
    if (platform !== 'darwin') quitSoon()
  })
  return {
    leaving,
    ask: (asked) => void (question = asked),
    closes: (work) => void works.push(work),
    guard(window) {
      window.on('close', (event) => {
        if (leaving() || platform === 'darwin') return
        event.preventDefault()
        quitSoon()
      })
    },
  }
}

/** Settles with `work`, whatever comes of it, or after `ms`. */
function soonest(work: Promise<unknown>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    const over = (): void => {
      clearTimeout(timer)
      resolve()
    }
    work.then(over, over)
  })
}
