import { withoutEntities, withoutPercents } from '../../../../shared/format/envelope/base64-run.ts'

/** Levels of JSON that are searched. Configuration files nest a key less deep. */
const MAX_DEPTH = 32

/**
 * Undoes what a configuration file, a secret store or a web page did to a text. It handles line
 * ends written as `\n`, HTML, percent-encoding, typographic blanks and dashes, and invisible
 * characters. The patterns match a run of backslashes or dashes only from its beginning, because a
 * long run would otherwise take hours.
 */
export function plainKeyText(text: string): string {
  let plain = text
    .replace(/[\u200b-\u200d\u2060\ufeff\u00ad]/g, '')
    .replace(/[\u00a0\u2000-\u200a\u202f\u205f\u3000]/g, ' ')
    .replace(/[\u2028\u2029\u0085\v\f]/g, '\n')
  if (/[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/.test(plain)) plain = withDashes(plain)
  if (/%(?:0A|0D|20|2B|2F|3D|2D)/i.test(plain))
    plain = withoutPercents(
      plain
        .replace(/BEGIN\+([A-Z+]+)-/g, (all) => all.replaceAll('+', ' '))
        .replace(/END\+([A-Z+]+)-/g, (all) => all.replaceAll('+', ' ')),
    )
  if (/<[a-z]|&[#a-z]/i.test(plain))
    plain = withoutEntities(
      plain.replace(/<\/?(?:br|p|div|li|pre|code|span|td|tr)\b[^<>]{0,200}>/gi, '\n'),
    )
  return plain
    .replace(/(?<!\\)\\+(?:u000|x0)[ad]/gi, '\n')
    .replace(
      /(?<!\\)\\+(?:u00(2[bf]|3d|2d)|x(2[bf]|3d|2d))/gi,
      (_, wide?: string, narrow?: string) =>
        String.fromCharCode(parseInt(wide ?? narrow ?? '', 16)),
    )
    .replace(/(?<!\\)\\+[nr]/g, '\n')
    .replace(/(?<!\\)\\+t/g, ' ')
    .replace(/(?<!\\)\\+\//g, '/')
}

/**
 * Restores the five hyphens around a label. Word processors turn two or three hyphens into one
 * dash.
 */
function withDashes(text: string): string {
  return text.replace(
    /(?<![-\u2010-\u2015\u2212\ufe58\ufe63\uff0d])[-\u2010-\u2015\u2212\ufe58\ufe63\uff0d]+[ \t]*(BEGIN|END)[ \t]+([A-Z0-9 ]{1,60}?)[ \t]*[-\u2010-\u2015\u2212\ufe58\ufe63\uff0d]+/g,
    '-----$1 $2-----',
  )
}

/**
 * Lists the texts and objects in a JSON text, or in the JSON between the braces of another text.
 * Returns null when there is no JSON.
 */
export function jsonLeaves(text: string): {
  readonly texts: readonly string[]
  readonly objects: readonly Readonly<Record<string, unknown>>[]
} | null {
  const root =
    parsed(text.trim()) ?? parsed(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1))
  if (root === undefined) return null
  const texts: string[] = []
  const objects: Readonly<Record<string, unknown>>[] = []
  const walk = (value: unknown, depth: number): void => {
    if (typeof value === 'string') texts.push(value)
    if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return
    if (!Array.isArray(value)) objects.push(value as Readonly<Record<string, unknown>>)
    for (const inner of Object.values(value)) walk(inner, depth + 1)
  }
  walk(root, 0)
  return { texts, objects }
}

function parsed(text: string): unknown {
  if (!/^[[{"]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
