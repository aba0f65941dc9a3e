import { binary, utf8 } from './request/binary.ts'
import { badArgument } from './errors.ts'
import { afterPrefix, type KeyIndex, type Listed } from './store/key-index.ts'
import { leaf } from './xml.ts'

/** One page of names. */
export interface Page {
  readonly objects: readonly Listed[]
  readonly prefixes: readonly string[]
  /** The last name or prefix of this page, where the next one goes on; null on the last page. */
  readonly next: string | null
}

/**
 * Names after `after` that start with `prefix`, at most `max` names and prefixes together. Names
 * that hold the delimiter after the prefix are rolled up into one prefix; a rolled-up prefix is
 * passed over in one step, however many names it stands for.
 */
export function listPage(
  index: KeyIndex,
  prefix: string,
  delimiter: string,
  after: string,
  max: number,
): Page {
  const [start, divider, marker] = [binary(prefix), binary(delimiter), binary(after)]
  const objects: Listed[] = []
  const prefixes: string[] = []
  let position = index.firstAt(start > marker ? start : marker)
  // A marker that is itself a rolled-up prefix stands for all names under it.
  const rolled =
    divider !== '' &&
    marker.startsWith(start) &&
    marker.length > start.length &&
    marker.endsWith(divider)
  const passed =
    rolled && marker.indexOf(divider, start.length) === marker.length - divider.length
      ? afterPrefix(marker)
      : null
  if (passed !== null) position = index.firstAt(passed)
  let last = ''
  for (let found = index.at(position); found !== undefined; found = index.at(position)) {
    const [name, entry] = found
    if (!name.startsWith(start)) break
    if (name === marker) {
      position++
      continue
    }
    if (objects.length + prefixes.length === max)
      return { objects, prefixes, next: max === 0 ? null : utf8(last) }
    const cut = divider === '' ? -1 : name.indexOf(divider, start.length)
    last = cut < 0 ? name : name.slice(0, cut + divider.length)
    if (cut < 0) {
      objects.push(entry)
      position++
      continue
    }
    prefixes.push(utf8(last))
    const beyond = afterPrefix(last)
    if (beyond === null) break
    position = index.firstAt(beyond)
  }
  return { objects, prefixes, next: null }
}

/** `max-keys` and its kin: 1 to 1000. */
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

/** How the names of one answer are written. */
export interface NameEncoding {
  /** `<EncodingType>url</EncodingType>`, or ''. */
  readonly xml: string
  write(name: string): string
}

/**
 * Percent-encoded with `encoding-type=url`, and where a name of the answer has a character that XML
 * 1.0 cannot carry, even as a reference: readers would refuse the whole answer. Otherwise as they
 * are.
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
