import { binary, utf8OfLatin1 } from './request/binary.ts'
import { badArgument } from './errors.ts'
import { afterPrefix, type Keys, type ListingEntry } from './store/key-index.ts'
import { leaf } from './xml.ts'

/** One page of a listing of objects. */
export interface ListingPage {
  readonly objects: readonly ListingEntry[]
  readonly prefixes: readonly string[]
  /**
   * The last key or prefix of this page, after which the next page begins; null on the last one.
   */
  readonly next: string | null
}

/**
 * Returns the position where a page begins: the first key with the prefix `start` that is after
 * `marker`. A marker that is itself a common prefix stands for all keys under it. All three texts
 * are bytes, one a character.
 */
export function firstPosition(
  index: Pick<Keys, 'firstAt' | 'at'>,
  start: string,
  delimiter: string,
  marker: string,
): number {
  const isCommonPrefix =
    delimiter !== '' &&
    marker.startsWith(start) &&
    marker.length > start.length &&
    marker.endsWith(delimiter) &&
    marker.indexOf(delimiter, start.length) === marker.length - delimiter.length
  const passed = isCommonPrefix ? afterPrefix(marker) : null
  if (passed !== null) return index.firstAt(passed)
  const position = index.firstAt(start > marker ? start : marker)
  return marker !== '' && index.at(position)?.[0] === marker ? position + 1 : position
}

/** Returns the common prefix that stands for a key, both as bytes; null for a key of its own. */
export function commonPrefix(name: string, start: string, delimiter: string): string | null {
  const cut = delimiter === '' ? -1 : name.indexOf(delimiter, start.length)
  return cut < 0 ? null : name.slice(0, cut + delimiter.length)
}

/**
 * Lists the objects after `after` whose keys start with `prefix`: at most `max` keys and common
 * prefixes together. Delete markers are no objects. A common prefix is passed over in one step,
 * however many keys it stands for.
 */
export function listPage(
  index: Keys,
  prefix: string,
  delimiter: string,
  after: string,
  max: number,
): ListingPage {
  const [start, divider] = [binary(prefix), binary(delimiter)]
  const objects: ListingEntry[] = []
  const prefixes: string[] = []
  let position = firstPosition(index, start, divider, binary(after))
  let last = ''
  for (let found = index.at(position); found !== undefined; found = index.at(position)) {
    const [name, entry] = found
    if (!name.startsWith(start)) break
    if (entry.isDeleteMarker) {
      position++
      continue
    }
    if (objects.length + prefixes.length === max)
      return { objects, prefixes, next: max === 0 ? null : utf8OfLatin1(last) }
    const common = commonPrefix(name, start, divider)
    last = common ?? name
    if (common === null) {
      objects.push(entry)
      position++
      continue
    }
    prefixes.push(utf8OfLatin1(common))
    const beyond = afterPrefix(common)
    if (beyond === null) break
    position = index.firstAt(beyond)
  }
  return { objects, prefixes, next: null }
}

/** Reads `max-keys` and the like: 1 to 1000. */
export function pageSize(
  query: ReadonlyMap<string, string>,
  name: string,
  otherwise: number,
): number {
  const text = query.get(name)
  if (text === undefined) return otherwise
  if (/^\d{1,9}$/.test(text) && Number(text) >= 1 && Number(text) <= 1000) return Number(text)
  throw badArgument(name, text, `${name} must be 1 to 1000.`)
}

/** The form in which one answer writes names. */
export interface NameEncoding {
  /** `<EncodingType>url</EncodingType>`, or ''. */
  readonly xml: string
  write(name: string): string
}

/**
 * Returns how an answer writes names. Names are percent-encoded with `encoding-type=url`, and where
 * one has a character that XML 1.0 cannot carry. Readers would refuse the whole answer otherwise.
 * All other names are unchanged.
 */
export function nameEncoding(
  query: ReadonlyMap<string, string>,
  names: Iterable<string> = [],
): NameEncoding {
  const type = query.get('encoding-type') ?? ''
  if (type !== '' && type !== 'url')
    throw badArgument('encoding-type', type, 'The encoding type must be url.')
  if (type === '' && ![...names].some((name) => NOT_XML.test(name)))
    return { xml: '', write: (name) => name }
  const write = (name: string) =>
    encodeURIComponent(name).replace(
      /[!'()*]/g,
      (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
    )
  return { xml: leaf('EncodingType', 'url'), write }
}

/** Source: XML 1.0, production 2. */
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/
