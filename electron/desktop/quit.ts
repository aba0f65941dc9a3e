import { app, BrowserWindow } from 'electron'

/**
 * The longest time in ms that a quit waits for a start. A start does nothing that a crash could
 * damage.
 */
const START_MS = 3000

/** The one way in which the app ends. It exists before anything is opened. */
export interface WayOut {
  /** Tells whether the app is quitting. After that nothing new is opened. */
  leaving(): boolean
  /**
   * Sets the question before a quit. With the answer `false` the app stays. Without a question it
   * quits at once.
   */
  ask(question: () => Promise<boolean>): void
  /** Adds work that the exit waits for. The last work that was added runs first. */
  closes(work: () => Promise<void> | void): void
  /**
   * Makes closing this window quit the app, after the question, if it is the last one. On macOS the
   * app lives on without a window.
   */
  guard(window: BrowserWindow): void
}

export interface WayOutOptions {
  readonly platform: NodeJS.Platform
  /** Settles when the start is over, with or without success. */
  started(): Promise<unknown>
  masked(cause: unknown): void
}

/**
 * Quits in a later turn. Within an event, Electron ignores `app.quit()` or forgets it, and a
 * promise that is already resolved continues within the event too. So every quit of ours uses this
 * function.
 */
export function quitSoon(): void {
  setImmediate(() => app.quit())
}

/** Delays a quit twice: until the question is answered, and until all work is closed. */
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
    // A second quit does not cut the first one short, since half an upload would stay in the
    // bucket.
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
        if (leaving() || platform === 'darwin' || BrowserWindow.getAllWindows().length > 1) return
        event.preventDefault()
        quitSoon()
      })
    },
  }
}

/** Resolves when `work` settles, or after `ms`. */
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
