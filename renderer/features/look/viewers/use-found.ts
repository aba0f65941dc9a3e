import { useEffect, type RefObject } from 'react'
import type { Line } from './highlight.ts'
import type { LookView } from '../look-view.ts'

/** Matches that are marked, at most. */
const MOST_MATCHES = 10_000
const ALL = 'look-found'
const CURRENT = 'look-current'

/**
 * Marks all places of the text that is looked for, and brings the current one into view. The marks
 * are ranges of the browser, so the text itself stays as it is.
 */
export function useFound(
  region: RefObject<HTMLElement | null>,
  { find, match }: LookView,
  change: (change: Partial<LookView>) => void,
  lines: readonly Line[],
): void {
  useEffect(() => {
    const ranges = find === null || find === '' ? [] : rangesOf(region.current, find)
    const current = ranges[match % Math.max(1, ranges.length)]
    mark(ALL, ranges)
    mark(CURRENT, current === undefined ? [] : [current])
    current?.startContainer.parentElement?.scrollIntoView({ block: 'center' })
    change({ matches: ranges.length })
    return () => {
      mark(ALL, [])
      mark(CURRENT, [])
    }
  }, [find, match, lines])
}

/** Marks these ranges under a name. An old browser has no marks, and still goes to the matches. */
function mark(name: string, ranges: readonly Range[]): void {
  const marks = globalThis.CSS?.highlights as HighlightRegistry | undefined
  if (ranges.length === 0) marks?.delete(name)
  else marks?.set(name, new Highlight(...ranges))
}

/** Finds a text in each line, whatever the case of its letters. */
function rangesOf(region: HTMLElement | null, wanted: string): readonly Range[] {
  const needle = wanted.toLowerCase()
  const ranges: Range[] = []
  for (const line of region?.querySelectorAll('.look-line') ?? []) {
    const text = (line.textContent ?? '').toLowerCase()
    for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + needle.length)) {
      const range = rangeIn(line, at, at + needle.length)
      if (range !== null) ranges.push(range)
      if (ranges.length >= MOST_MATCHES) return ranges
    }
  }
  return ranges
}

/** Makes the range between two characters of a line, whose runs are elements of their own. */
function rangeIn(line: Element, from: number, to: number): Range | null {
  const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT)
  const range = document.createRange()
  let before = 0
  let isStarted = false
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const length = node.textContent?.length ?? 0
    if (!isStarted && from < before + length) {
      range.setStart(node, from - before)
      isStarted = true
    }
    if (isStarted && to <= before + length) {
      range.setEnd(node, to - before)
      return range
    }
    before += length
  }
  return null
}
