import { createHash } from 'node:crypto'

/** Words of 32 bits in a mark. With so many, two texts never share a mark in practice. */
const WORDS = 4
const FIRST_SLOTS = 1024

/**
 * A set of texts, of which it stores a hash each. The hashes of a million names fit into memory.
 */
export interface MarkSet {
  add(text: string): void
  has(text: string): boolean
}

export function markSet(): MarkSet {
  let slots = FIRST_SLOTS
  let marks = new Uint32Array(slots * WORDS)
  let count = 0

  /** Returns the place of a mark, or the place where it belongs. */
  const placeOf = (mark: Uint32Array): number => {
    for (let slot = (mark[0] ?? 0) % slots; ; slot = (slot + 1) % slots) {
      const at = slot * WORDS
      if (marks[at] === 0) return at
      let word = 0
      while (word < WORDS && marks[at + word] === mark[word]) word += 1
      if (word === WORDS) return at
    }
  }
  const grow = (): void => {
    const old = marks
    slots *= 2
    marks = new Uint32Array(slots * WORDS)
    for (let at = 0; at < old.length; at += WORDS) {
      const mark = old.subarray(at, at + WORDS)
      if (mark[0] !== 0) marks.set(mark, placeOf(mark))
    }
  }
  return {
    add(text) {
      const mark = markOf(text)
      const at = placeOf(mark)
      if (marks[at] !== 0) return
      marks.set(mark, at)
      count += 1
      if (count > slots / 2) grow()
    },
    has: (text) => marks[placeOf(markOf(text))] !== 0,
  }
}

function markOf(text: string): Uint32Array {
  const digest = createHash('sha1').update(text).digest()
  const mark = Uint32Array.from({ length: WORDS }, (_, word) => digest.readUInt32LE(4 * word))
  // The first word is never 0, because 0 marks a free place.
  mark[0] = (mark[0] ?? 0) | 1
  return mark
}
