import { XMLParser, XMLValidator } from 'fast-xml-parser'

/** One element. Attributes, comments and instructions are dropped: OSS says nothing in them. */
export interface XmlElement {
  readonly name: string
  /** Text directly inside, entities resolved, blanks kept. */
  readonly text: string
  readonly children: readonly XmlElement[]
}

const TEXT = '#text'
const CDATA = '#cdata'
const parser = new XMLParser({
  preserveOrder: true, ignoreAttributes: true, parseTagValue: false, trimValues: false, processEntities: false, ignoreDeclaration: true,
  ignorePiTags: true, cdataPropName: CDATA, textNodeName: TEXT, maxNestedTags: 20,
})

/**
 * The root element called `root`, or null for anything else: another root, HTML, half a document, a document type
 * (nothing of OSS has one, and it is the only way to entities of one's own). Never throws.
 */
export function readXml(text: string, root: string): XmlElement | null {
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) return null
  try {
    if (XMLValidator.validate(text) !== true) return null
    const found = elements(parser.parse(text)).find((element) => element.name === root)
    return found ?? null
  } catch {
    // Too deep, or a name the parser refuses.
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

/** The parser's ordered output → elements. Each node is `{ name: children }` or `{ '#text': text }`. */
function elements(nodes: unknown): readonly XmlElement[] {
  if (!Array.isArray(nodes)) return []
  return nodes.flatMap((node: unknown) => {
    const [[name, inside] = []] = Object.entries(node as Record<string, unknown>)
    if (name === undefined || name === TEXT || name === CDATA || !Array.isArray(inside)) return []
    return [{ name, text: inside.map(textOf).join(''), children: elements(inside) }]
  })
}

function textOf(node: unknown): string {
  const { [TEXT]: text, [CDATA]: cdata } = node as Record<string, unknown>
  if (typeof text === 'string') return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos));/gi, entity)
  return Array.isArray(cdata) ? cdata.map((part: Record<string, unknown>) => String(part[TEXT] ?? '')).join('') : ''
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function entity(whole: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return NAMED[name] ?? whole
  const point = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
  return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole
}
