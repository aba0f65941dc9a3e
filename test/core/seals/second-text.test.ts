import { execFileSync } from 'node:child_process'
import { createPrivateKey, createPublicKey, randomBytes, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DataKey } from '../../../electron/core/cipher/data-key.ts'
import { spkiOf } from '../../../electron/core/keys/public-key.ts'
import { rsaMasterKey } from '../../../electron/core/keys/rsa-master-key.ts'
import { openSecond, recipientOf, wrapSecond } from '../../../electron/core/keys/second-envelope.ts'
import {
  MOST_WRAPPED,
  readSecond,
  secondTags,
  secondTextOf,
  tagsOfSecondText,
} from '../../../electron/core/seals/second-text.ts'
import { hex } from '../../format/vectors.ts'

const at = (path: string) => new URL(`../../vectors/${path}`, import.meta.url)
const VECTOR = JSON.parse(readFileSync(at('second-keys.json'), 'utf8')) as {
  readonly dataKey: string
  readonly counter: string
  readonly recipient: string
  readonly text: string
  readonly tags: readonly string[]
}
const TAGS = VECTOR.tags.map((value, i) => [`cipherbucket.key.${i + 1}`, value] as const)
const pem = createPrivateKey(readFileSync(at('format-example.pem'), 'utf8'))
const handle = (privateKey: KeyObject | null) =>
  rsaMasterKey({
    id: 'a',
    name: 'a',
    description: '',
    writes: 'v2',
    publicKey: createPublicKey(pem),
    privateKey,
  })
const secret = () => ({
  dataKey: new DataKey(Buffer.from(VECTOR.dataKey, 'hex')),
  counter: Buffer.from(VECTOR.counter, 'hex'),
})

type Tags = readonly (readonly [string, string])[]
function opened(tags: Tags): string {
  const found = readSecond(tags)
  if (found.kind !== 'second') return found.kind
  const inside = openSecond(found.second, handle(pem))
  return inside === null ? 'closed' : `${hex(inside.dataKey.bytes)} ${hex(inside.counter)}`
}
const RIGHT = `${VECTOR.dataKey} ${VECTOR.counter}`

test('the vector is read, and opened by its key', () => {
  expect(secondTextOf(TAGS)).toBe(VECTOR.text)
  expect(tagsOfSecondText(VECTOR.text)).toEqual(TAGS)
  expect(hex(recipientOf(createPublicKey(pem)))).toBe(VECTOR.recipient)
  expect(opened([['user', '1'], ...TAGS.toReversed()])).toBe(RIGHT)
})

test('FORMAT.md shows the vector', () => {
  const page = readFileSync(new URL('../../../FORMAT.md', import.meta.url), 'utf8')
  for (const value of [...VECTOR.tags, `\`${VECTOR.recipient}\``]) expect(page).toContain(value)
})

test('the public half writes what the private half opens', () => {
  const tags = secondTags(wrapSecond(handle(null), secret()))
  expect(tags.map(([, { length }]) => length)).toEqual([256, 99])
  expect(opened(tags)).toBe(RIGHT)
  expect(openSecond(wrapSecond(handle(null), secret()), handle(null))).toBeNull()
})

const [one = ['', ''], two = ['', '']] = TAGS
const edited = (at: number, letter: string): Tags => [
  [one[0], one[1].slice(0, at) + letter + one[1].slice(at + 1)],
  two,
]
const bytesOf = (first: number, second: number): Tags => {
  const bytes = Buffer.from(VECTOR.text, 'base64url')
  bytes.set([first, second])
  return tagsOfSecondText(bytes.toString('base64url'))
}

describe('tags that are no second key', () => {
  test.each<[string, Tags, string]>([
    ['none', [['user', '1']], 'none'],
    ['the first is missing', [two], 'damaged'],
    ['the second is missing', [one], 'closed'],
    ['one of them twice', [one, two, two], 'damaged'],
    ['two texts under one name', [one, two, [two[0], one[1]]], 'damaged'],
    ['numbered from 0', [['cipherbucket.key.0', one[1]], two], 'damaged'],
    ['numbered with a gap', [one, ['cipherbucket.key.3', two[1]]], 'damaged'],
    ['cut in another place', [[one[0], one[1].slice(1)], two], 'damaged'],
    ['one more', [one, two, ['cipherbucket.key.3', 'AAAA']], 'damaged'],
    ['a fourth', [...TAGS, ['cipherbucket.key.x', '1']], 'damaged'],
    ['an empty value', [[one[0], '']], 'damaged'],
    ['padding', [one, [two[0], `${two[1]}=`]], 'damaged'],
    ['the other alphabet', edited(100, '+'), 'damaged'],
    ['a line feed', edited(100, '\n'), 'damaged'],
    ['version 0', bytesOf(0, 1), 'damaged'],
    ['kind 0', bytesOf(1, 0), 'damaged'],
    ['version 2', bytesOf(2, 1), 'newer'],
    ['kind 2', bytesOf(1, 2), 'newer'],
    ['a letter of the wrapped value', edited(100, one[1][100] === 'A' ? 'B' : 'A'), 'closed'],
  ])('%s', (_name, tags, state) => {
    expect(opened(tags)).toBe(state)
  })
})

test('every length of a key that fits into three tags is read back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 128, max: MOST_WRAPPED }), (length) => {
      const second = { recipient: randomBytes(8), wrapped: randomBytes(length) }
      const tags = secondTags(second)
      expect(tags.length).toBeLessThanOrEqual(3)
      const found = readSecond(tags)
      if (found.kind !== 'second') throw new Error(found.kind)
      expect(hex(found.second.recipient)).toBe(hex(second.recipient))
      expect(hex(found.second.wrapped)).toBe(hex(second.wrapped))
    }),
  )
  for (const length of [127, MOST_WRAPPED + 1])
    expect(() => secondTags({ recipient: randomBytes(8), wrapped: randomBytes(length) })).toThrow(
      RangeError,
    )
})

test('an independent reader opens the vector and ours, and refuses the others', () => {
  const { n = '', d = '' } = pem.export({ format: 'jwk' })
  const digits = (text: string) => Buffer.from(text, 'base64url').toString('hex')
  const row = (tags: Tags) => ({
    tags,
    n: digits(n),
    d: digits(d),
    spki: spkiOf(createPublicKey(pem)).toString('hex'),
  })
  const rows = [
    TAGS,
    secondTags(wrapSecond(handle(null), secret())),
    [two],
    bytesOf(1, 2),
    edited(100, one[1][100] === 'A' ? 'B' : 'A'),
    edited(5, one[1][5] === 'A' ? 'B' : 'A'),
  ].map(row)
  const program = fileURLToPath(
    new URL('../../tools/independent-second-reader.py', import.meta.url),
  )
  const said = execFileSync('python3', [program], { input: JSON.stringify(rows), encoding: 'utf8' })
  const refused = 'refused'
  expect(said.trim().split('\n')).toEqual([RIGHT, RIGHT, refused, refused, refused, refused])
})
