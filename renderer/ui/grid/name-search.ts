import { useMemo } from 'react'

/** Names of a list by their number, so that a long list needs no array of names. */
export interface Names {
  readonly length: number
  readonly at: (index: number) => string
}

/** Milliseconds within which letters belong to one name. */
const PAUSE_MS = 700

/** Searches a list for the name that the user types. */
export interface NameSearch {
  /** True while a space belongs to a name that has been started. */
  isTyping(): boolean
  /** Adds a letter and returns the name so far. */
  add(letter: string): string
  /** Adds a letter and returns the row that fits, or -1. `from` is the active row, or -1. */
  find(letter: string, names: Names, from: number): number
  /** Ends the name, so that the next letter starts another. */
  reset(): void
}

/** Creates a search. `now` returns milliseconds of a clock that never goes back. */
export function nameSearch(now = () => performance.now()): NameSearch {
  let typed = ''
  let at = -Infinity
  const isTyping = () => typed !== '' && now() - at < PAUSE_MS
  const add = (letter: string) => {
    typed = isTyping() ? typed + letter : letter
    at = now()
    return typed
  }
  return {
    isTyping,
    add,
    find: (letter, names, from) => findName(names, from, add(letter)),
    reset() {
      typed = ''
    },
  }
}

/** Keeps one {@link NameSearch} for the life of a list. */
export const useNameSearch = (): NameSearch => useMemo(() => nameSearch(), [])

const fold = (name: string) => name.normalize('NFC').toLocaleLowerCase()

/**
 * Returns the start of the wanted name. `isNext`: the active row is not meant, because one letter
 * was typed, once or several times.
 */
export function wantedName(text: string): { readonly wanted: string; readonly isNext: boolean } {
  const letters = Array.from(fold(text))
  const repeated = letters.length > 1 && letters.every((letter) => letter === letters[0])
  return {
    wanted: repeated ? (letters[0] ?? '') : fold(text),
    isNext: letters.length === 1 || repeated,
  }
}

/**
 * Returns the row whose name starts with the text, or -1. The search begins at the active row and
 * goes around the end. One letter typed several times goes from one such row to the next.
 */
export function findName(names: Names, from: number, text: string): number {
  const { wanted, isNext } = wantedName(text)
  const start = isNext ? from + 1 : Math.max(0, from)
  for (let i = 0; i < names.length; i++) {
    const index = (start + i) % names.length
    if (fold(names.at(index)).startsWith(wanted)) return index
  }
  return -1
}
