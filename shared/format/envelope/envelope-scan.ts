import { base64RunAt } from './base64-run.ts'
import {
  envelopeHeader,
  type HeaderGroup,
  type HeaderPair,
  type ValueKind,
} from './envelope-names.ts'
import { bestBytes, readValue } from './envelope-values.ts'

/** The names of an envelope, wherever they stand in a text. */
const NAMES =
  /(?:x[-_]oss[-_]meta[-_](?:x[-_]oss[-_]meta[-_])?(?:header|iv|auth[-_]?tag)|(?:x[-_][a-z]{2,8}[-_]meta[-_]){0,2}(?:client[-_ ]?side[-_ ]?encryption[-_ ]?(?:key|start|cek[-_ ]?alg|wrap[-_ ]?alg|mat[-_ ]?desc|data[-_ ]?size|part[-_ ]?size|unencrypted[-_ ]?content[-_ ]?(?:length|md5))|oss[-_ ]?(?:crypto[-_ ]?(?:key|start|matdesc)|(?:cek|wrap)[-_ ]?alg|matdesc)))(?![A-Za-z0-9])/gi
/** The longest value that is searched: of a key of 16,384 bits, with every letter escaped. */
const MAX_VALUE = 16 * 1024
const MAX_NAMES = 20_000

/**
 * The text between a name and its value: colons and arrows, quotes, brackets, tags, the types of
 * PHP, Go and R, the blocks of YAML. It never covers the end of an object and the beginning of the
 * next, where the value may stand before its name.
 */
const BETWEEN: readonly RegExp[] = [
  /\((?:\[\])?string\)|\(len=\d+(?: cap=\d+)?\)|chr(?=[ \t]+")|Some(?=\()|\.(?=[ \t]+")/y,
  /\s+/y,
  /<\/?[A-Za-z][^<>]{0,80}>/y,
  /(?:=|-)>/y,
  /[|>][-+]?(?=[ \t]*\r?\n)/y,
  /\\*["'`]|&quot;|&#3[49];|[“”‘’]/y,
  /[:=|~,;>*#：＝│┃║]/y,
  /(?:string|str)\(\d+\)|s:\d+:|\[\]string(?=\{)|-[ \t]+(?![\w"']+:\s)(?=[\w"'+/{])/iy,
  /(?:value|val)(?=["'`]?\s*[:=>])/iy,
  /[bu](?=["'])/y,
  /@?[[({<](?=[\s"'`A-Za-z0-9+/{\\&%])/y,
  /[\])](?=["'`]?\s*[:=,>-])/y,
  /%(?:3A|20|22|3D|09)/iy,
  /\\+[nrt:=]/y,
  /&(?:nbsp|gt|lt);/y,
  /<<(?=")/y,
  /!![a-z]+/y,
]
const OBJECT = /\{\s*[\\^`]*(?:["'}]|&quot;|&#3[49];)(?!\{)/y
const MARK = /["'`“‘]|&quot;|&#3[49];/

/**
 * Finds envelopes in a text of any kind. Each name is searched, and then the value behind it. A
 * name that comes again begins another envelope.
 */
export function scanned(text: string): readonly HeaderGroup[] {
  const groups: HeaderPair[][] = []
  let seen = new Set<string>()
  const places = [...matches(text)]
  places.forEach(({ end, name }, i) => {
    const named = envelopeHeader(name)
    if (named === null) return
    const limit = Math.min(places[i + 1]?.index ?? text.length, end + MAX_VALUE)
    const value = valueAt(text.slice(end, limit), named.kind, limit === text.length)
    // A list of names has no values.
    if (value === null) return
    const before = groups.at(-1)
    const same =
      before?.some(([other, known]) => other === named.header && known === value) ?? false
    if (before === undefined || (seen.has(named.header) && !same)) {
      groups.push([[named.header, value]])
      seen = new Set([named.header])
    } else if (!same) {
      before.push([named.header, value])
      seen.add(named.header)
    }
  })
  return groups
}

function* matches(
  text: string,
): Generator<{ readonly index: number; readonly end: number; readonly name: string }> {
  let count = 0
  for (const match of text.matchAll(NAMES)) {
    if (count++ === MAX_NAMES) return
    // The end of an element repeats its name.
    if (text.startsWith('</', match.index - 2)) continue
    yield { index: match.index, end: match.index + match[0].length, name: match[0] }
  }
}

/**
 * Reads the value at the beginning of a text, without the marks around it. Returns null where no
 * value begins. `last`: nothing follows the text.
 */
function valueAt(text: string, kind: ValueKind, last: boolean): string | null {
  const { at, mark } = valueStart(text, kind)
  if (at === 0 || at === text.length) return null
  switch (kind) {
    case 'bytes':
      return bytesAt(text, at, mark, last)
    case 'name':
      return nameAt(text, at, mark)
    case 'json':
      return jsonAt(text, at, mark)
    default:
      return /^[\w+/=-]{1,200}/.exec(text.slice(at, at + 200))?.[0] ?? null
  }
}

/** Finds the beginning of the value and the mark before it. */
function valueStart(text: string, kind: ValueKind): { readonly at: number; readonly mark: string } {
  let [at, mark, lines, tags] = [0, '', 0, 0]
  for (let steps = 0; steps < 40; steps++) {
    if (kind === 'json' && matched(OBJECT, text, at) !== '') break
    const found = BETWEEN.map((pattern) => matched(pattern, text, at)).find((one) => one !== '')
    if (found === undefined) break
    lines += found.split('\n').length - 1
    if (found.startsWith('<') && found.length > 1) tags++
    // Some pages are printed with a line for each tag.
    if (lines > (tags > 0 ? 4 : 2) || tags > 2) return { at: 0, mark: '' }
    mark = MARK.exec(found)?.[0] ?? (/^[[({]$/.test(found) ? mark : '')
    at += found.length
  }
  return { at, mark }
}

function matched(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}

/**
 * Reads base64 over as many lines as it continues. A value that was cut off is returned with the
 * dots that show it.
 */
function bytesAt(text: string, at: number, mark: string, last: boolean): string | null {
  const run = base64RunAt(text, at)
  if (run === null) return null
  const { pieces, end, whole } = run
  // A mark without its end: the text ends in the middle of the value.
  const open = last && mark !== '' && end === text.length
  if (!whole || open) return `${pieces.join('')}…`
  const more = /^,[ \t]*([A-Za-z0-9+/]{40,}={0,2})[ \t]*(?:["'\r\n]|$)/.exec(
    text.slice(end, end + 4096),
  )?.[1]
  if (more !== undefined && more !== pieces.join('')) return `${pieces.join('')}, ${more}`
  const spaced =
    /^[A-Za-z0-9+/= ]+/
      .exec(text.slice(at, at + 4096))?.[0]
      .trim()
      .replaceAll(' ', '+') ?? ''
  const joined = pieces.map((_, i) => pieces.slice(0, pieces.length - i).join(''))
  const { text: value } = bestBytes([
    ...joined,
    ...(spaced.includes('+') && pieces.length === 1 ? [spaced] : []),
  ])
  return value
}

function nameAt(text: string, at: number, mark: string): string | null {
  const found = /^(?:[\w/.+-]|%[0-9A-Fa-f]{2}|\\+\/|&#x?[0-9A-Fa-f]{1,4};|&sol;)+/.exec(
    text.slice(at, at + 400),
  )?.[0]
  if (found === undefined) return null
  const { text: value } = readValue('name', found)
  const isOpen = mark !== '' && at + found.length === text.length
  return isOpen || /^(?:\.\.|…)/.test(text.slice(at + found.length)) ? `${value}…` : value
}

/**
 * Reads a JSON object up to its last brace, with its quotes escaped or not. Other texts are read up
 * to the closing mark or the end of the line.
 */
function jsonAt(text: string, at: number, mark: string): string | null {
  const from = text.slice(at)
  const object = balanced(from)
  if (object !== null) return readValue('json', object).text
  const encoded = /^%7B[^\s"'<>,;]+/i.exec(from)?.[0]
  if (encoded !== undefined) return readValue('json', encoded).text
  const end =
    mark === ''
      ? from.search(/[\r\n]|$/)
      : Math.min(...[from.indexOf(mark), from.search(/[\r\n]|$/)].filter((place) => place >= 0))
  const rest = from.slice(0, end).trim()
  return rest === '' ? null : readValue('json', rest).text
}

/** Returns the text from `{` to its matching `}`, and null without one. */
function balanced(text: string): string | null {
  if (!text.startsWith('{')) return null
  // In JSON inside a text of JSON, every quote has a backslash before it.
  const inText = /^\{\s*\\/.test(text)
  let [depth, quoted] = [0, false]
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]
    if (letter === '"' || text.startsWith('&quot;', at)) quoted = !quoted
    else if (letter === '\\' && (!inText || text[at + 1] === '\\')) at++
    else if (!quoted && letter === '{') depth++
    else if (!quoted && letter === '}' && --depth === 0) return text.slice(0, at + 1)
  }
  return null
}
