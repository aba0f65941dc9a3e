/** One element without attributes, comments and instructions, which OSS does not use. */
export interface XmlElement {
  readonly name: string
  /** The text directly inside, with entities resolved and blanks unchanged. */
  readonly text: string
  readonly children: readonly XmlElement[]
}

/**
 * The most bytes of an answer: twice a thousand keys of 1,023 bytes, each byte written as three
 * characters, with their markup.
 */
export const ANSWER_BYTES = 8 * 1024 * 1024
const MAX_DEPTH = 20
/** The most tags and texts. A page of a thousand objects has some 40,000. */
const MAX_PIECES = 100_000
/** The most references to characters. Names come as `encoding-type=url`, which needs none. */
const MAX_REFERENCES = 300_000
/** The most characters of all attributes together. OSS writes one, the name space. */
const MAX_ATTRIBUTE_CHARACTERS = 4096

/**
 * Reads the root element called `root`. Returns null for another root, for HTML and for half a
 * document. Also null for a document type, which OSS never sends and which could define entities.
 * Also null for more tags, texts or attributes than any answer has. Every text is read once at
 * most. Never throws.
 */
export function readXml(text: string, root: string): XmlElement | null {
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) return null
  try {
    const element = onlyElement(text)
    return element.name === root ? element : null
  } catch {
    // Not well-formed, too deep, too much, or a name that no answer has.
    return null
  }
}

/** Returns the direct children of this name. */
export function all(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter((child) => child.name === name)
}

/** Returns the text of the element at `path` below this one; '' without such an element. */
export function textAt(element: XmlElement, ...path: readonly string[]): string {
  let at: XmlElement | undefined = element
  for (const name of path) at = at.children.find((child) => child.name === name) ?? EMPTY
  return at.text
}

/** Returns the whole number at `path`, or null. */
export function numberAt(element: XmlElement, ...path: readonly string[]): number | null {
  const text = textAt(element, ...path).trim()
  const value = Number(text)
  return /^\d{1,16}$/.test(text) && Number.isSafeInteger(value) ? value : null
}

/**
 * Decodes a name of `encoding-type=url`. '+' stays, since OSS writes a blank as %20. A text that is
 * not valid is returned unchanged.
 */
export function urlDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/**
 * Escapes text for an element. Returns null when XML 1.0 cannot carry it: most control characters,
 * and half a surrogate pair.
 */
export function xmlText(text: string): string | null {
  if (/[^\P{Cc}\t\n\r]|\p{Cs}|[\ufffe\uffff]/u.test(text)) return null
  return text.replace(/[&<>"'\t\n\r]/g, (c) => `&#${c.charCodeAt(0)};`)
}

const EMPTY: XmlElement = { name: '', text: '', children: [] }

interface Open {
  readonly name: string
  text: string
  readonly children: XmlElement[]
}

/**
 * Comment or instruction | CDATA | tag (end mark, name, attributes, empty mark) | text. They are
 * tried in turn, so that a token without an end is read once, and a name is whole before its
 * attributes are tried.
 */
const TOKEN =
  /<!--[^]*?-->|<\?[^]*?\?>|<!\[CDATA\[([^]*?)\]\]>|<(\/?)([^\s/><]+)(?=[\s/>])([^>"']*(?:(?:"[^"]*"|'[^']*')[^>"']*)*)>|([^<]+)/gy

/** The text of a tag behind its name. No text matches in two ways, so nothing is tried twice. */
const ATTRIBUTES = /^(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*\/?$/
const NAME = /^[\p{L}_][\p{L}\d_:.-]{0,100}$/u

/**
 * Reads a text that is exactly one element, and throws for every other text. For a page of a
 * thousand objects, a parser for all of XML takes ten times as long. For some texts that no OSS
 * writes, it takes hours.
 */
function onlyElement(text: string): XmlElement {
  const top: Open = { name: '', text: '', children: [] }
  const open: Open[] = [top]
  let read = 0
  let pieces = 0
  let characters = 0
  let references = 0
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', at + 1))
    must(++references <= MAX_REFERENCES)
  for (const [token, cdata, end, name, attributes = '', words] of text.matchAll(TOKEN)) {
    read += token.length
    pieces += 1
    characters += attributes.length
    const inside = open.at(-1) ?? top
    must(pieces <= MAX_PIECES && characters <= MAX_ATTRIBUTE_CHARACTERS)
    if (words !== undefined) inside.text += resolved(words)
    else if (cdata !== undefined) inside.text += cdata
    else if (name === undefined) continue
    else if (end === '/') {
      must(inside.name === name && attributes.trim() === '')
      open.pop()
    } else {
      must(
        open.length <= MAX_DEPTH &&
          NAME.test(name) &&
          !(name in Object.prototype) &&
          ATTRIBUTES.test(attributes),
      )
      const element: Open = { name, text: '', children: [] }
      inside.children.push(element)
      if (!attributes.endsWith('/')) open.push(element)
    }
  }
  const [only, ...others] = top.children
  // A byte order mark may stand before the element.
  must(
    read === text.length &&
      open.length === 1 &&
      others.length === 0 &&
      top.text.replace(/^\ufeff/, '').trim() === '',
  )
  if (only === undefined) throw new RangeError('no element')
  return only
}

function must(isSo: boolean): void {
  if (!isSo) throw new RangeError('no answer of OSS')
}

/** Resolves references to characters; other texts stay as they are. */
function resolved(text: string): string {
  const [first = '', ...rest] = text.split('&')
  let read = first
  for (const piece of rest) {
    const end = piece.indexOf(';')
    const character =
      end < 0 || end > LONGEST_REFERENCE ? null : characterOf(piece.slice(0, end).toLowerCase())
    read += character === null ? `&${piece}` : character + piece.slice(end + 1)
  }
  return read
}

const LONGEST_REFERENCE = '#x10ffff'.length
const NAMED: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
])

function characterOf(reference: string): string | null {
  if (!/^#(\d{1,7}|x[\da-f]{1,6})$/.test(reference)) return NAMED.get(reference) ?? null
  const point =
    reference[1] === 'x' ? Number.parseInt(reference.slice(2), 16) : Number(reference.slice(1))
  return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : null
}
