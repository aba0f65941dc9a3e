import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { refusal } from './errors.ts'

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

const NAMED: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(ENTITIES).map(([character, entity]) => [entity.slice(1, -1), character]),
)

/**
 * Escapes the text of an element. Control characters become references: parsers would change or
 * refuse raw ones.
 */
function escapeXml(text: string): string {
  return text.replace(/[&<>"'\p{Cc}]/gu, (c) => ENTITIES[c] ?? `&#${c.charCodeAt(0)};`)
}

/** Writes `<name>text</name>`. */
export function leaf(name: string, text: string | number | boolean): string {
  return `<${name}>${escapeXml(String(text))}</${name}>`
}

/** Writes `<name>…</name>` around finished markup. */
export function element(name: string, ...children: readonly string[]): string {
  return `<${name}>${children.join('')}</${name}>`
}

export function xmlDocument(name: string, ...children: readonly string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(name, ...children)}`
}

/**
 * Resolves the references of a text, those to control characters too: a key may hold them, and a
 * request for `k\u0001` must not mean `k`.
 * Errors: MalformedXML for a reference that names no character.
 */
function resolveReferences(text: string): string {
  return text.replace(/&([^;]*);/g, (_whole, name: string) => {
    const named = NAMED[name]
    if (named !== undefined) return named
    const [, hex, decimal] = /^#(?:x([0-9a-f]{1,6})|([0-9]{1,7}))$/i.exec(name) ?? []
    const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
    if (!(point >= 1 && point <= 0x10ffff) || (point >= 0xd800 && point <= 0xdfff))
      throw refusal('MalformedXML')
    return String.fromCodePoint(point)
  })
}

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  processEntities: false,
  ignoreDeclaration: true,
  tagValueProcessor: (_name, text) => resolveReferences(text),
})

/** The content of an element: text, child elements, or several elements of one name. */
export type XmlValue = string | { readonly [name: string]: XmlValue } | readonly XmlValue[]

/** Returns the content of the root element `root`. Errors: MalformedXML for any other text. */
export function readRequestXml(text: string, root: string): { readonly [name: string]: XmlValue } {
  // A document type is never needed, and could define entities without end. References in a CDATA
  // section would be resolved by mistake.
  if (
    text.includes('<!DOCTYPE') ||
    text.includes('<![CDATA[') ||
    XMLValidator.validate(text) !== true
  )
    throw refusal('MalformedXML')
  let parsed: unknown
  try {
    parsed = parser.parse(text)
  } catch {
    throw refusal('MalformedXML')
  }
  const found = (parsed as Record<string, XmlValue | undefined>)[root]
  if (found === undefined) throw refusal('MalformedXML')
  return typeof found === 'object' && !Array.isArray(found)
    ? (found as { readonly [name: string]: XmlValue })
    : {}
}

/** Returns all children called `name`; none is an empty list. */
export function children(value: XmlValue | undefined, name: string): readonly XmlValue[] {
  if (value === undefined || typeof value === 'string' || Array.isArray(value)) return []
  const found = (value as { readonly [name: string]: XmlValue })[name]
  if (found === undefined) return []
  return Array.isArray(found) ? (found as readonly XmlValue[]) : [found]
}

/** Returns the text of the only child `name`; undefined when there is another number, or markup. */
export function childText(value: XmlValue | undefined, name: string): string | undefined {
  const [first, ...more] = children(value, name)
  return typeof first === 'string' && more.length === 0 ? first : undefined
}

/** Writes a time (ms since 1970) as whole seconds and `.000Z`, which oss2 requires. */
export const xmlTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}.000Z`
