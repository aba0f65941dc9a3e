import { META_PREFIX } from '../headers.ts'

/**
 * What the value of a header of an envelope is: base64, the name of an algorithm, the JSON of a key
 * description, a number.
 */
export type ValueKind = 'bytes' | 'name' | 'json' | 'count' | 'text'

/** Name and text of a header, as something printed them. */
export type Pair = readonly [name: string, value: string]

/** Headers that were printed together. */
export type Group = readonly Pair[]

/** Last words of the names, without dashes: how they are written, and what they hold. */
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
 * Metadata of a user has one prefix at OSS, and others at the S3 interface of OSS and in tools that
 * were made for other stores.
 */
const OTHER_PREFIX = /^x-(?:amz|cos|obs|goog|ms|object)-meta-/

/** A header of an envelope: its name as OSS has it, and what it holds. */
export interface Named {
  readonly header: string
  readonly kind: ValueKind
}

/**
 * The header of an envelope that a name stands for, or null. Names have any case, any prefix that
 * ends before them, and underscores or blanks for dashes, as environments and logs write them.
 */
export function envelopeHeader(name: string): Named | null {
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
 * The names of a message in the metadata are too short to stand for anything alone: they do where
 * header and iv are together.
 */
const BARE_MESSAGE = ['header', 'iv', 'authtag']

/** The same for all headers of a group, and null for those that are no part of an envelope. */
export function envelopeHeaders(group: Group): readonly (Named | null)[] {
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

/** A header that is no part of an envelope, by the name that OSS gives it. */
export const plainName = (name: string): string =>
  name.trim().toLowerCase().replace(OTHER_PREFIX, META_PREFIX)
