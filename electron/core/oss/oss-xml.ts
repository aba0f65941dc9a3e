/** One element. Attributes, comments and instructions are dropped: OSS says nothing in them. */
export interface XmlElement {
  readonly name: string
  /** Text directly inside, entities resolved, blanks kept. */
  readonly text: string
  readonly children: readonly XmlElement[]
}

/**
 * Bytes of an answer: a thousand keys of 1,023 bytes, each byte written as three, and what stands
 * around them, twice over.
 */
export const ANSWER_BYTES = 8 * 1024 * 1024
const MAX_DEPTH = 20
/** Tags and texts. A page of a thousand objects has some 40,000. */
const MAX_PIECES = 100_000
/**
 * References to characters. Names are asked for as `encoding-type=url` writes them, which needs
 * none.
 */
const MAX_REFERENCES = 300_000
/** Characters of all attributes together: OSS writes one, the name space. */
const MAX_ATTRIBUTE_CHARACTERS = 4096

/**
 * The root element called `root`, or null for anything else: another root, HTML, half a document, a
 * document type (nothing of OSS has one, and it is the only way to entities of one's own), or more
 * tags, texts or attributes than any answer has. Takes no longer than reading the text once,
 * whatever it is. Never throws.
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

/** Direct children of this name; one or many make no difference. */
export function all(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter((child) => child.name === name)
}

/** Text of the element at `path` below this one, '' when there is none. */
export function textAt(element: XmlElement, ...path: readonly string[]): string {
  let at: XmlElement | undefined = element
  for (const name of path) at = at.children.find((child) => child.name === name) ?? EMPTY
  return at.text
}

/** A whole number at `path`, or null. */
export function numberAt(element: XmlElement, ...path: readonly string[]): number | null {
  const text = textAt(element, ...path).trim()
  const value = Number(text)
  return /^\d{1,16}$/.test(text) && Number.isSafeInteger(value) ? value : null
}

/**
 * A name as `encoding-type=url` writes it. '+' stays: OSS writes a blank as %20. Not valid:
 * unchanged.
 */
export function urlDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/**
 * Escapes text for an element. Null when XML 1.0 has no way to say it (most control characters,
 * half a surrogate pair).
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
 * Comment or instruction | CDATA | tag: end mark, name, attributes, empty mark | text. One after
 * the other, so that what never ends is looked through once, and a name is whole before its
 * attributes are tried.
 */
const TOKEN =
  /<!--[^]*?-->|<\?[^]*?\?>|<!\[CDATA\[([^]*?)\]\]>|<(\/?)([^\s/><]+)(?=[\s/>])([^>"']*(?:(?:"[^"]*"|'[^']*')[^>"']*)*)>|([^<]+)/gy

/**
 * What may stand in a tag behind its name. No text fits in two ways, so that nothing is tried
 * twice.
 */
const ATTRIBUTES = /^(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*\/?$/
const NAME = /^[\p{L}_][\p{L}\d_:.-]{0,100}$/u

/**
 * The one element that a text is, all of it; throws for every other text. One pass of our own: a
 * page of a thousand objects is read at every step of a long list, a parser for all of XML takes
 * ten times as long, and hours for some texts that no OSS writes.
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
  // A mark of the order of bytes may stand before it.
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

/** References to characters as the characters they are; what is none stays. */
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
