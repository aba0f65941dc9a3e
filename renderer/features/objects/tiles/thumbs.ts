/** A small picture in memory. */
export type Bitmap = Pick<ImageBitmap, 'width' | 'height' | 'close'>

export interface ThumbLimits {
  /** Pictures that are made at the same time. */
  readonly running: number
  /** Pictures in memory, and their bytes. */
  readonly most: number
  readonly bytes: number
  /** Milliseconds without another wish after which the first picture is made. */
  readonly restMs: number
}

export const THUMB_LIMITS: ThumbLimits = {
  running: 3,
  most: 400,
  bytes: 64_000_000,
  restMs: 120,
}

/** Makes one picture. Resolves with null where none can be made. */
export type LoadThumb<T> = (signal: AbortSignal) => Promise<T | null>

/** The small pictures of one folder. They are in memory alone, and end with the folder. */
export interface Thumbs<T extends Bitmap> {
  /** Returns a picture. Null: none can be made. Undefined: it is not known yet. */
  get(id: string): T | null | undefined
  /**
   * Asks for a picture as long as its tile is in the page. `onAnswer`: {@link Thumbs.get} knows it.
   * Returns the function that ends the wish: a picture that nobody wants is not made.
   */
  want(id: string, load: LoadThumb<T>, onAnswer: () => void): () => void
  /** Ends all wishes and drops all pictures. */
  close(): void
}

interface Wish<T> {
  readonly id: string
  readonly load: LoadThumb<T>
  readonly onAnswer: () => void
  readonly end: AbortController
}

const bytesOf = (bitmap: Bitmap | null): number =>
  bitmap === null ? 0 : bitmap.width * bitmap.height * 4

/**
 * Opens the pictures of a folder. The newest wish comes first, because its tile is in view. The
 * pictures that were not shown for the longest time are dropped when a limit is reached.
 */
export function openThumbs<T extends Bitmap>(limits: ThumbLimits = THUMB_LIMITS): Thumbs<T> {
  /** The picture that was shown last stands at the end. */
  const known = new Map<string, T | null>()
  const waiting = new Set<Wish<T>>()
  const running = new Set<Wish<T>>()
  let bytes = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const drop = (id: string): void => {
    const bitmap = known.get(id) ?? null
    bytes -= bytesOf(bitmap)
    known.delete(id)
    bitmap?.close()
  }
  const remember = (id: string, bitmap: T | null): void => {
    drop(id)
    known.set(id, bitmap)
    bytes += bytesOf(bitmap)
    for (const oldest of known.keys()) {
      if (oldest === id || (known.size <= limits.most && bytes <= limits.bytes)) break
      drop(oldest)
    }
  }
  const make = async (wish: Wish<T>): Promise<void> => {
    const { signal } = wish.end
    running.add(wish)
    // A file that cannot be read or is no picture has its icon.
    const bitmap = await wish.load(signal).catch(() => null)
    running.delete(wish)
    if (signal.aborted) bitmap?.close()
    else {
      remember(wish.id, bitmap)
      wish.onAnswer()
    }
    if (timer === undefined) start()
  }
  const start = (): void => {
    timer = undefined
    for (const wish of Array.from(waiting).reverse()) {
      if (running.size >= limits.running) return
      waiting.delete(wish)
      void make(wish)
    }
  }
  return {
    get(id) {
      const bitmap = known.get(id)
      if (bitmap === undefined) return undefined
      known.delete(id)
      known.set(id, bitmap)
      return bitmap
    },
    want(id, load, onAnswer) {
      const wish: Wish<T> = { id, load, onAnswer, end: new AbortController() }
      waiting.add(wish)
      clearTimeout(timer)
      timer = setTimeout(start, limits.restMs)
      return () => {
        waiting.delete(wish)
        wish.end.abort()
      }
    },
    close() {
      clearTimeout(timer)
      for (const wish of [...waiting, ...running]) wish.end.abort()
      waiting.clear()
      for (const id of Array.from(known.keys())) drop(id)
    },
  }
}
