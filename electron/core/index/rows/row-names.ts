/** The folded names of rows by their places, in texts of some thousand names. */
export interface RowNames {
  /** Adds the names of the next rows. No name has a slash, and one follows each name. */
  add(text: string): void
  /** Removes the rows from a mask whose names do not have a text. */
  keepText(mask: Uint8Array, text: string): void
  /** Removes the rows from a mask whose names do not pass a test. */
  keepPassing(mask: Uint8Array, test: (name: string) => boolean): void
  /** Removes the rows from a mask whose extensions do not pass a test. '' stands for none. */
  keepExtensions(mask: Uint8Array, test: (extension: string) => boolean): void
}

interface Block {
  readonly first: number
  count: number
  /** A slash follows each name. */
  text: string
}

/** Names of one block. Further names begin another one, so that no text is copied often. */
const BLOCK_NAMES = 20_000
const SLASH = '/'
const DOT = 0x2e
/** Answers in memory while one filter is applied. Made-up names may have an extension each. */
const MOST_EXTENSIONS = 1000

/** `rows`: the number of names that are expected. */
export function openRowNames(rows: number): RowNames {
  const blocks: Block[] = []
  /** The places at which names begin in the texts of their blocks. */
  let starts = new Uint32Array(rows)
  let count = 0

  return {
    add(text) {
      let block = blocks.at(-1)
      if (block === undefined || block.count >= BLOCK_NAMES) {
        block = { first: count, count: 0, text: '' }
        blocks.push(block)
      }
      const before = block.text.length
      block.text += text
      for (let at = 0; at < text.length; at = text.indexOf(SLASH, at) + 1) {
        if (count === starts.length) starts = grown(starts, Uint32Array)
        starts[count++] = before + at
        block.count++
      }
    },
    keepText(mask, text) {
      if (text.includes(SLASH)) {
        mask.fill(0)
        return
      }
      for (const { first, count: names, text: all } of blocks) {
        const end = Math.min(first + names, mask.length)
        let row = first
        for (let at = all.indexOf(text); at !== -1 && row < end;) {
          while (row + 1 < end && (starts[row + 1] as number) <= at) mask[row++] = 0
          row++
          at = row < end ? all.indexOf(text, starts[row]) : -1
        }
        mask.fill(0, row, end)
      }
    },
    keepPassing(mask, test) {
      for (const { first, count: names, text } of blocks) {
        const end = Math.min(first + names, mask.length)
        for (let row = first; row < end; row++) {
          if (mask[row] === 0) continue
          const next = row + 1 < first + names ? (starts[row + 1] as number) : text.length
          if (!test(text.slice(starts[row], next - 1))) mask[row] = 0
        }
      }
    },
    keepExtensions(mask, test) {
      // A million names have few extensions.
      const passes = new Map<string, boolean>()
      for (const { first, count: names, text } of blocks) {
        const end = Math.min(first + names, mask.length)
        for (let row = first; row < end; row++) {
          if (mask[row] === 0) continue
          const start = starts[row] as number
          const next = row + 1 < first + names ? (starts[row + 1] as number) : text.length
          let dot = next - 2
          while (dot > start && text.charCodeAt(dot) !== DOT) dot--
          const extension = dot > start ? text.slice(dot + 1, next - 1) : ''
          let isPassing = passes.get(extension)
          if (isPassing === undefined) {
            isPassing = test(extension)
            if (passes.size < MOST_EXTENSIONS) passes.set(extension, isPassing)
          }
          if (!isPassing) mask[row] = 0
        }
      }
    },
  }
}

/** Returns a longer copy of an array of numbers. */
export function grown<T extends Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array>(
  array: T,
  Kind: new (length: number) => T,
): T {
  const longer = new Kind(Math.ceil(array.length * 1.25) + 1000)
  longer.set(array)
  return longer
}
