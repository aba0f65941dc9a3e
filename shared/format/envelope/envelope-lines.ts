import { envelopeHeader, envelopeHeaders, type Group, type Pair } from './envelope-names.ts'

/**
 * `Name: value`, also with blanks before the colon as in columns, and with the marks of curl and
 * wget before it.
 */
const LINE = /^[ \t]*(?:[<>*|][ \t]+)?([A-Za-z0-9_.-]{1,120})[ \t]*:[ \t]?(.*)$/
/** What begins an answer: headers behind it belong to another one. */
const ANSWER = /^[ \t]*(?:[<>*|][ \t]+)?HTTP\/\d/

/**
 * Header lines, as an HTTP answer has them and as programs print them: one group for each answer. A
 * line that begins with a blank goes on with the one before (RFC 9112 §5.2); a name without a value
 * has it in the next line. All other lines are skipped.
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

/** Is it the name of a part of an envelope whose value has not come yet? */
const isWaiting = (last: Pair | null): boolean =>
  last !== null && last[1].trim() === '' && envelopeHeaders([last])[0] !== null
