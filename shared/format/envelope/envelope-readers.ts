import { envelopesInJson, pairsOf } from './envelope-json.ts'
import { headerLines } from './envelope-lines.ts'
import { envelopeHeaders, plainName, type HeaderGroup } from './envelope-names.ts'
import { scanned } from './envelope-scan.ts'

/** The value of `format` in a file of ours. */
export const ENVELOPE_FILE_FORMAT = 'cipherbucket-envelope-1'

/** The fields of a file of ours besides its headers. */
export interface OwnFile {
  readonly bucket?: unknown
  readonly key?: unknown
  readonly seal?: unknown
  readonly second?: unknown
  readonly size?: unknown
  readonly crc64?: unknown
}

export interface EnvelopeGroups {
  readonly groups: readonly HeaderGroup[]
  /** Set when the text holds files of ours. `groups` then come from these files alone. */
  readonly own: readonly OwnFile[]
}

/** The most levels of JSON in a text of JSON. */
const MAX_NESTING = 4
/** A text that may hold an envelope header. */
const MAY_HOLD = /encryption|oss[-_]?(?:crypto|meta|cek|wrap)|authtag/i

/**
 * Finds the headers of envelopes in a text. It reads our own file first. Other texts are read as
 * JSON at any depth, as JSON lines, as texts inside JSON and as header lines. Any text in which
 * values follow the names is read too. All readers read the text, so that an envelope which only
 * one of them finds is not lost.
 */
export function envelopeGroups(text: string, nesting = 0): EnvelopeGroups {
  const read = jsonIn(text).map(envelopesInJson)
  const own = read
    .flatMap(({ objects }) => objects)
    .filter((object) => object['format'] === ENVELOPE_FILE_FORMAT && isRecord(object['headers']))
  if (own.length > 0)
    return {
      own,
      groups: own.map(({ headers }) =>
        Object.entries(headers as object).flatMap(([name, value]) => pairsOf(name, value)),
      ),
    }
  const inner =
    nesting === MAX_NESTING
      ? []
      : read
          .flatMap(({ texts }) => texts)
          .filter((one) => MAY_HOLD.test(one))
          .map((one) => envelopeGroups(one, nesting + 1))
  const owns = inner.flatMap((one) => one.own)
  if (owns.length > 0)
    return {
      own: owns,
      groups: inner.filter((one) => one.own.length > 0).flatMap((one) => one.groups),
    }
  const lines = read.length > 0 ? [] : headerLines(text).filter(holdsEnvelope)
  // A file of ours that is not valid JSON was cut or changed. The rest of it does not stand for the
  // whole.
  const isDamaged =
    read.length === 0 &&
    text.trimStart().startsWith('{') &&
    text.includes(`"${ENVELOPE_FILE_FORMAT}"`)
  const groups = [
    ...read.flatMap((one) => one.groups),
    ...inner.flatMap((one) => one.groups),
    ...lines,
    ...scanned(text),
  ]
  return {
    own: [],
    groups: isDamaged
      ? groups.map((group) => group.slice(0, 1).map(([name]) => [name, '…'] as const))
      : groups,
  }
}

/**
 * Reads the headers of an object without an envelope: of a JSON object, of its members headers,
 * metadata or meta, or of lines.
 */
export function plainGroup(text: string): HeaderGroup {
  const [value] = jsonIn(text)
  const group = isRecord(value)
    ? Object.entries(
        ['headers', 'metadata', 'meta'].map((name) => value[name]).find(isRecord) ?? value,
      ).flatMap(([name, inner]) => pairsOf(name, inner))
    : value === undefined
      ? headerLines(text).flat()
      : []
  return group.map(([name, inner]) => [plainName(name), inner])
}

const holdsEnvelope = (group: HeaderGroup): boolean =>
  envelopeHeaders(group).some((named) => named !== null)

/**
 * Reads the JSON in a text: all of it, a value in each line, or the part between the first brace
 * and the last.
 */
function jsonIn(text: string): readonly unknown[] {
  const whole = parsed(text.trim())
  if (whole !== undefined) return [whole]
  const lines = text
    .split(/\r\n?|\n/)
    .flatMap((line) => (/^\s*[[{]/.test(line) ? [parsed(line.trim())] : []))
  const values = lines.filter((value) => value !== undefined)
  if (values.length > 0) return values
  // Two searches, not one pattern. Where no bracket closes, a pattern would read the rest of the
  // text again from each opening bracket.
  const [from, to] = [text.search(/[[{]/), Math.max(text.lastIndexOf(']'), text.lastIndexOf('}'))]
  const inner = from < 0 || to < from ? undefined : parsed(text.slice(from, to + 1))
  return typeof inner === 'object' && inner !== null ? [inner] : []
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
