import { META_PREFIX } from '../headers.ts'

/**
 * The type of an envelope header's value: base64, the name of an algorithm, the JSON of a key
 * description, a number.
 */
export type ValueKind = 'bytes' | 'name' | 'json' | 'count' | 'text'

/** Name and text of a header as a program printed them. */
export type HeaderPair = readonly [name: string, value: string]

/** Headers that were printed together. */
export type HeaderGroup = readonly HeaderPair[]

/** The last words of the names, without dashes: the real suffix, and the type of the value. */
const CURRENT: Readonly<Record<string, readonly [suffix: string, kind: ValueKind]>> = {
  key: ['key', 'bytes'],
  start: ['start', 'bytes'],
  cekalg: ['cek-alg', 'name'],
  wrapalg: ['wrap-alg', 'name'],
  matdesc: ['matdesc', 'json'],
  datasize: ['data-size', 'count'],
  partsize: ['part-size', 'count'],
  unencryptedcontentlength: ['unencrypted-content-length', 'count'],
  unencryptedcontentmd5: ['unencrypted-content-md5', 'text'],
}
const OLDER: Readonly<Record<string, readonly [name: string, kind: ValueKind]>> = {
  cryptokey: ['oss-crypto-key', 'bytes'],
  cryptostart: ['oss-crypto-start', 'bytes'],
  cekalg: ['oss-cek-alg', 'name'],
  wrapalg: ['oss-wrap-alg', 'name'],
  cryptomatdesc: ['oss-crypto-matdesc', 'json'],
  matdesc: ['oss-matdesc', 'json'],
}

const FAMILY =
  /(?:client-?side-?encryption-?|(?:^|meta-?|[^a-z0-9])(oss-?(?=crypto|cek|wrap|mat)))([a-z0-9-]+)$/
const MESSAGE = /^(x-[a-z]+-meta-){1,2}(header|iv|auth-?tag)$/
/**
 * User metadata has one prefix in OSS. The S3 interface of OSS and tools for other stores use other
 * prefixes.
 */
const OTHER_PREFIX = /^x-(?:amz|cos|obs|goog|ms|object)-meta-/

/** An envelope header: its name in OSS, and the type of its value. */
export interface EnvelopeHeader {
  readonly header: string
  readonly kind: ValueKind
}

/**
 * Returns the envelope header that a name stands for, or null. Names can have any case and any
 * prefix. Environments and logs write underscores or blanks for dashes.
 */
export function envelopeHeader(name: string): EnvelopeHeader | null {
  const plain = name.trim().toLowerCase().replace(/[_ ]/g, '-')
  if (plain.length > 120) return null
  const [, older, last = ''] = FAMILY.exec(plain) ?? []
  if (last !== '') {
    const bare = last.replaceAll('-', '')
    const known = older === undefined ? CURRENT[bare] : OLDER[bare]
    if (known !== undefined)
      return {
        header: `${META_PREFIX}${older === undefined ? 'client-side-encryption-' : ''}${known[0]}`,
        kind: known[1],
      }
    return {
      header: `${META_PREFIX}${older === undefined ? 'client-side-encryption-' : 'oss-'}${last}`,
      kind: 'text',
    }
  }
  const message = MESSAGE.exec(plain)
  if (message === null) return null
  const twice = plain.indexOf('-meta-') !== plain.lastIndexOf('-meta-')
  return {
    header: META_PREFIX.repeat(twice ? 2 : 1) + (message[2] ?? '').replace('auth-tag', 'authtag'),
    kind: 'bytes',
  }
}

/**
 * The names of a message in the metadata are too short to mean anything alone. They count where
 * header and iv are together.
 */
const BARE_MESSAGE = ['header', 'iv', 'authtag']

/** Returns the envelope header of each name in a group, and null for the other headers. */
export function envelopeHeaders(group: HeaderGroup): readonly (EnvelopeHeader | null)[] {
  const names = group.map(([name]) => name.trim().toLowerCase())
  const bare = names.includes('header') && names.includes('iv')
  return group.map(([name], i) => {
    const own = names[i] ?? ''
    return (
      envelopeHeader(name) ??
      (bare && BARE_MESSAGE.includes(own) ? { header: META_PREFIX + own, kind: 'bytes' } : null)
    )
  })
}

/** Returns the name that OSS gives to a header that is not part of an envelope. */
export const plainName = (name: string): string =>
  name.trim().toLowerCase().replace(OTHER_PREFIX, META_PREFIX)
