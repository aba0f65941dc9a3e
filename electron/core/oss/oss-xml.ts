import { XMLValidator } from 'fast-xml-parser'

/** One element. Attributes, comments and instructions are dropped: OSS says nothing in them. */
export interface XmlElement {
  readonly name: string
  /** Text directly inside, entities resolved, blanks kept. */
  readonly text: string
  readonly children: readonly XmlElement[]
}

const MAX_DEPTH = 20

/**
 * The root element called `root`, or null for anything else: another root, HTML, half a document, a document type
 * (nothing of OSS has one, and it is the only way to entities of one's own). Never throws.
 */
export function readXml(text: string, root: string): XmlElement | null {
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) return null
  try {
    if (XMLValidator.validate(text) !== true) return null
    return elements(text).find((element) => element.name === root) ?? null
  } catch {
    // Too deep, or a name that no answer has.
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

/** A name as `encoding-type=url` writes it. '+' stays: OSS writes a blank as %20. Not valid: unchanged. */
export function urlDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Escapes text for an element. Null when XML 1.0 has no way to say it (most control characters, half a surrogate pair). */
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
 * Comment or instruction | CDATA | tag: end mark, name, attributes, empty mark | text. One after the other, so that what never ends is looked
 * through once, and a name is whole before its attributes are tried.
 */
const TOKEN = /<!--[^]*?-->|<\?[^]*?\?>|<!\[CDATA\[([^]*?)\]\]>|<(\/?)([^\s/>]+)(?=[\s/>])([^>"']*(?:(?:"[^"]*"|'[^']*')[^>"']*)*)>|([^<]+)/gy

/**
 * Root elements of a text that was found well-formed. One pass of our own: a page of a thousand objects is read at
 * every step of a long list, and a parser for all of XML takes ten times as long.
 */
function elements(text: string): readonly XmlElement[] {
  const top: Open = { name: '', text: '', children: [] }
  const open: Open[] = [top]
  let read = 0
  for (const [token, cdata, end, name, attributes, words] of text.matchAll(TOKEN)) {
    read += token.length
    const inside = open.at(-1) ?? top
    if (words !== undefined) inside.text += resolved(words)
    else if (cdata !== undefined) inside.text += cdata
    else if (name === undefined) continue
    else if (end === '/') open.pop()
    else {
      if (open.length > MAX_DEPTH || name in Object.prototype) throw new RangeError('no answer of OSS')
      const element: Open = { name, text: '', children: [] }
      inside.children.push(element)
      if (attributes?.endsWith('/') !== true) open.push(element)
    }
  }
  // The validator lets a CDATA section or a comment pass that does not end.
  if (read < text.length || open.length > 1) throw new RangeError('half a document')
  return top.children
}

function resolved(text: string): string {
  return text.includes('&') ? text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos));/gi, entity) : text
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function entity(whole: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return NAMED[name] ?? whole
  const point = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
  return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole
}
