import { envelopeHeader, envelopeHeaders, type Group, type Pair } from './envelope-names.ts'

/**
 * `Name: value`, also with blanks before the colon as in columns, and after the marks of curl and
 * wget.
 */
const LINE = /^[ \t]*(?:[<>*|][ \t]+)?([A-Za-z0-9_.-]{1,120})[ \t]*:[ \t]?(.*)$/
/**
 * The first line of an HTTP answer. The headers behind it belong to another answer than those
 * before.
 */
const ANSWER = /^[ \t]*(?:[<>*|][ \t]+)?HTTP\/\d/

/**
 * Reads header lines of an HTTP answer, or as programs print them: one group for each answer. A
 * line that begins with a blank continues the line before (RFC 9112 §5.2). A name without a value
 * has its value in the next line. All other lines are skipped.
 */
export function headerLines(text: string): readonly Group[] {
  const groups: Pair[][] = [[]]
  let last: [string, string] | null = null
  const close = (): void => {
    if (last !== null) groups.at(-1)?.push(last)
    last = null
  }
  for (const line of text.split(/\r\n?|\n/)) {
    const [, name, value = ''] = LINE.exec(line) ?? []
    if (ANSWER.test(line)) {
      close()
      groups.push([])
    } else if (
      name !== undefined &&
      !(isWaiting(last) && envelopeHeader(name) === null && value.startsWith('//'))
    ) {
      close()
      last = [name, value]
    } else if (
      last !== null &&
      (/^[ \t]+\S/.test(line) || (isWaiting(last) && line.trim() !== ''))
    ) {
      last[1] = `${last[1]} ${line.trim()}`.trim()
    } else close()
  }
  close()
  return groups
}

/** Tells whether this is the name of an envelope header whose value has not come yet. */
const isWaiting = (last: Pair | null): boolean =>
  last !== null && last[1].trim() === '' && envelopeHeaders([last])[0] !== null
