/** A comment of a source file, or a paragraph of a Markdown file. `line` counts from 1. */
export interface Passage {
  readonly line: number
  readonly text: string
}

/** The most words of a sentence. */
const MOST_WORDS = 25

/** Returns the comments of a source file. Neighbouring `//` lines are one comment. */
export function commentsOf(code: string): readonly Passage[] {
  const found: { line: number; text: string }[] = []
  let block: { line: number; text: string } | null = null
  let run: { line: number; text: string } | null = null
  for (const [index, line] of code.split('\n').entries()) {
    if (block !== null) {
      const end = line.indexOf('*/')
      block.text += `\n${(end < 0 ? line : line.slice(0, end)).replace(/^\s*\* ?/, '')}`
      if (end >= 0) block = null
      continue
    }
    const own = /^\s*\/\/ ?(.*)$/.exec(line)?.[1]
    if (own !== undefined && run !== null) run.text += `\n${own}`
    else if (own !== undefined) found.push((run = { line: index + 1, text: own }))
    if (own !== undefined) continue
    run = null
    const start = /^\s*\/\*\*?(.*)$/.exec(line)?.[1]
    if (start === undefined) continue
    const end = start.indexOf('*/')
    const passage = { line: index + 1, text: end < 0 ? start : start.slice(0, end) }
    found.push(passage)
    if (end < 0) block = passage
  }
  return found
}

/** Returns the paragraphs, list items and table cells of Markdown, without code and headings. */
export function paragraphsOf(markdown: string): readonly Passage[] {
  const found: { line: number; text: string }[] = []
  let open: { line: number; text: string } | null = null
  let inCode = false
  for (const [index, line] of markdown.split('\n').entries()) {
    const text = line.trim()
    if (text.startsWith('```')) inCode = !inCode
    if (inCode || text === '' || /^(```|<!--|#)/.test(text)) {
      open = null
    } else if (text.startsWith('|')) {
      open = null
      for (const cell of text.split('|')) found.push({ line: index + 1, text: cell })
    } else {
      const item = /^(?:[-*]|\d+\.) (.*)$/.exec(text)?.[1]
      if (item === undefined && open !== null) open.text += `\n${text}`
      else found.push((open = { line: index + 1, text: item ?? text }))
    }
  }
  return found
}

/** Code, links and addresses count as one word each. */
const bare = (text: string): string =>
  text
    .replace(/`[^`]*`/g, 'CODE')
    .replace(/\{@link [^}]*\}/g, 'CODE')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/https?:\S+/g, 'URL')
    .replace(/\b(e)\.(g)\.|\b(i)\.(e)\./g, 'eg')

/** Splits a passage into sentences. A tag of a docstring, and a list item, start a new one. */
export const sentencesOf = (passage: string): readonly string[] =>
  bare(passage)
    .split(/\n\s*\n|\n(?=\s*(?:Shape|Source|Units?|Errors?|Throws|@\w+)\b)|\n\s*[-*] /)
    .flatMap((part) =>
      part
        .replace(/\s+/g, ' ')
        .split(/(?<=[.!?])["')*]*\s+(?=[A-Z`"'(*_]|CODE)/)
        .map((sentence) => sentence.trim()),
    )

/** Words that the field says otherwise: again, is not, started. */
const WORDS = /\b(anew|(?<!there )is none|begun)\b/i
/** "Who", "Whose" and "What" as a noun. A question may start with them. */
const STARTS = /^(Who|Whose|Whom|What|Whoever|Whatever)\b(?![^.]*\?)/

/** Returns the fault of a sentence by the rules of CONTRIBUTING.md, or null. */
export function proseFault(sentence: string): string | null {
  const words = sentence.split(' ').filter((word) => /[\p{L}\p{N}]/u.test(word)).length
  if (words > MOST_WORDS) return `${words} words`
  const start = STARTS.exec(sentence)?.[1]
  if (start !== undefined) return `starts with "${start}"`
  const word = WORDS.exec(sentence)?.[1]
  return word === undefined ? null : `says "${word}"`
}
