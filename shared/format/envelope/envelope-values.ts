import {
  base64Bytes,
  canonicalBase64,
  unescaped,
  withoutEntities,
  withoutPercents,
} from './base64-run.ts'
import { CONTENT_ALGORITHM, KMS_WRAP, OAEP_WRAP, RSA_WRAP } from './envelope.ts'
import type { ValueKind } from './envelope-names.ts'

/**
 * A value as it was before a program printed it. `valid`: a header of this type can hold the value.
 */
export interface Reading {
  readonly text: string
  readonly valid: boolean
}

/** Marks that programs put around a value. */
const MARKS: readonly (readonly [string, string])[] = [
  ['"', '"'],
  ["'", "'"],
  ['`', '`'],
  ['“', '”'],
  ['‘', '’'],
  ['«', '»'],
  ['[', ']'],
  ['(', ')'],
  ['<', '>'],
  ['{', '}'],
  ["b'", "'"],
  ['b"', '"'],
  ["u'", "'"],
  ['\\"', '\\"'],
]
/** The most marks and encodings around one value. */
const MAX_LAYERS = 8

const KNOWN_NAMES = [
  CONTENT_ALGORITHM,
  RSA_WRAP,
  OAEP_WRAP,
  KMS_WRAP,
  'AES/GCM/NoPadding',
  'rsa',
  'kms',
].map((name) => name.toLowerCase())

/**
 * Reads the value of a printed text: the text itself where it is valid, else the text without marks
 * and encodings.
 */
export function readValue(kind: ValueKind, printed: string): Reading {
  const layers = layersOf(printed)
  const [first = ''] = layers
  switch (kind) {
    case 'bytes':
      return bestBytes(layers.flatMap(spacings))
    case 'name': {
      const known = layers.find((text) => KNOWN_NAMES.includes(text.toLowerCase()))
      // A user's own name is taken as it is, without the quotes around it.
      return {
        text: known ?? (/^(["'`]).*\1$/.test(first) ? first.slice(1, -1) : first),
        valid: known !== undefined || /^[\x21-\x7e]/.test(first),
      }
    }
    case 'json': {
      const json = layers.find(isObject)
      return { text: json ?? first, valid: json !== undefined || first !== '' }
    }
    case 'count': {
      const number = layers.find((text) => /^\d{1,16}$/.test(text))
      return { text: number ?? first, valid: number !== undefined }
    }
    case 'text':
      return { text: first, valid: true }
  }
}

/**
 * Returns the first of several readings whose length fits RSA: whole groups of eight bytes. Without
 * one, it returns the last reading that is base64, which has the fewest characters.
 */
export function bestBytes(candidates: readonly string[]): Reading {
  let any: string | null = null
  for (const candidate of candidates) {
    const text = canonicalBase64(candidate)
    if (text === null) continue
    const count = base64Bytes(text)
    if (count >= 128 && count <= 2048 && count % 8 === 0) return { text, valid: true }
    any ??= text
  }
  return { text: any ?? candidates[0] ?? '', valid: any !== null }
}

/**
 * Returns the readings of a text with blanks: folded lines, plus signs that a form decoded, and a
 * value that HTTP joined with itself.
 */
function spacings(text: string): readonly string[] {
  const [one = '', ...others] = text.includes(',') ? text.split(/\s*,\s*/) : [text]
  if (others.length > 0 && others.every((other) => other === one)) return [one]
  return /\s/.test(text) ? [text, text.replace(/\s+/g, ''), text.replaceAll(' ', '+')] : [text]
}

/** Returns the text, then the text without its outermost mark or encoding, and so on inwards. */
function layersOf(printed: string): readonly string[] {
  const layers = [printed.trim()]
  for (let i = 0; i < MAX_LAYERS; i++) {
    const last = layers.at(-1) ?? ''
    const inner = peeled(last).trim()
    if (inner === last) break
    layers.push(inner)
  }
  return layers
}

function peeled(text: string): string {
  if (text.length > 1 && text.startsWith('"') && text.endsWith('"')) {
    const inner = parsed(text)
    if (typeof inner === 'string') return inner
  }
  if (isObject(text)) return text
  // An object whose own quotes were escaped.
  const isWritten = /^\{\s*(?:["\\`^]|&quot;|&#)/.test(text)
  for (const [open, close] of isWritten ? [] : MARKS)
    if (text.length >= open.length + close.length && text.startsWith(open) && text.endsWith(close))
      return text.slice(open.length, -close.length)
  const comma = text.replace(/[,;]$/, '')
  if (comma !== text) return comma
  const plain = withoutEntities(text)
  if (plain !== text) return plain
  const decoded = withoutPercents(text)
  if (decoded !== text) return decoded
  if (text.startsWith('{""')) return text.replaceAll('""', '"')
  // The backslash of most languages, the ^ of cmd.exe and the ` of PowerShell.
  if (/[\\^`]["'{}]/.test(text)) return text.replace(/(?<![\\^`])[\\^`]+(["'{}])/g, '$1')
  return unescaped(text)
}

export function isObject(text: string): boolean {
  const value = text.startsWith('{') ? parsed(text) : undefined
  return typeof value === 'object' && value !== null
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
