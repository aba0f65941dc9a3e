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
 * Text of an element. Control characters go out as references: raw ones would be normalised away or
 * refused by parsers.
 */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"'\p{Cc}]/gu, (c) => ENTITIES[c] ?? `&#${c.charCodeAt(0)};`)
}

/** `<name>text</name>` */
export function leaf(name: string, text: string | number | boolean): string {
  return `<${name}>${escapeXml(String(text))}</${name}>`
}

/** `<name>…</name>` around markup that is ready. */
export function element(name: string, ...children: readonly string[]): string {
  return `<${name}>${children.join('')}</${name}>`
}

export function xmlDocument(name: string, ...children: readonly string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(name, ...children)}`
}

/**
 * Text with its references resolved, control characters too: a key may hold them, and a request
 * that named `k\u0001` must not mean `k`. Refuses a reference that names no character as
 * MalformedXML.
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

/** What an element of a request holds: text, child elements, or several elements of one name. */
export type XmlValue = string | { readonly [name: string]: XmlValue } | readonly XmlValue[]

/** The content of the root element `root`; refuses anything else as MalformedXML. */
export function readXml(text: string, root: string): { readonly [name: string]: XmlValue } {
  // A document type is never needed and is the way to entity bombs. References in a CDATA section
  // would be read as such.
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

/** All children called `name`, be there none, one or several. */
export function children(value: XmlValue | undefined, name: string): readonly XmlValue[] {
  if (value === undefined || typeof value === 'string' || Array.isArray(value)) return []
  const found = (value as { readonly [name: string]: XmlValue })[name]
  if (found === undefined) return []
  return Array.isArray(found) ? (found as readonly XmlValue[]) : [found]
}

/**
 * Text of the one child called `name`; undefined when it is missing, repeated or not plain text.
 */
export function childText(value: XmlValue | undefined, name: string): string | undefined {
  const [first, ...more] = children(value, name)
  return typeof first === 'string' && more.length === 0 ? first : undefined
}

/** A time in an answer: whole seconds, then `.000Z`, which oss2 insists on. `ms`: since 1970. */
export const xmlTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}.000Z`
