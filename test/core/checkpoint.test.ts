import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newCheckpoint, type Checkpoint } from '../../electron/core/transfer/run/checkpoint.ts'
import {
  isOfLaterVersion,
  readCheckpoint,
  writeCheckpoint,
} from '../../electron/core/transfer/run/checkpoint-text.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 40 })
const count = fc.nat()
const orNull = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null })
const kind = <K extends string>(name: K) => fc.constant(name)
const headers = fc.dictionary(
  fc.string({ minLength: 1, maxLength: 12 }).filter((name) => name !== '__proto__'),
  text,
  { maxKeys: 5 },
)
const file = fc.record({
  kind: kind('file'),
  size: count,
  mtimeNs: text,
  ctimeNs: text,
  inode: text,
  device: text,
  sample: text,
})
const message = fc.record({
  header: text,
  iv: text,
  tag: text,
  before: text,
  after: text,
  tagged: text,
})
const checkpoint: fc.Arbitrary<Checkpoint> = fc.record({
  way: fc.constantFrom('whole', 'parts', 'file'),
  stage: fc.constantFrom('sending', 'proven', 'foreign'),
  to: fc.record({ bucket: orNull(text), key: orNull(text) }),
  source: orNull(
    fc.oneof<fc.Arbitrary<NonNullable<Checkpoint['source']>>[]>(
      file,
      fc.record({ kind: kind('state'), state: text }),
      fc.record({ kind: kind('object'), etag: text, size: count }),
    ),
  ),
  what: fc.record({ headers, etag: orNull(text), before: text, message: orNull(message) }),
  started: orNull(
    fc.oneof<fc.Arbitrary<NonNullable<Checkpoint['started']>>[]>(
      fc.record({ kind: kind('upload'), uploadId: text }),
      fc.record({ kind: kind('file'), temporary: text, mark: text }),
    ),
  ),
  pieces: fc.record({
    bytes: orNull(count),
    done: fc.array(
      fc.record(
        { number: count, etag: text, crc64: text, leaves: text },
        { requiredKeys: ['number', 'etag', 'crc64'] },
      ),
      { maxLength: 6 },
    ),
  }),
  prints: orNull(fc.record({ file: text })),
  seal: orNull(fc.record({ id: text, exponent: count, text: orNull(text) })),
})

test('reading after writing is the identity', () => {
  fc.assert(
    fc.property(
      checkpoint,
      (one) =>
        void expect(readCheckpoint(writeCheckpoint(one))).toEqual(JSON.parse(JSON.stringify(one))),
    ),
  )
})

describe('a text that is not a checkpoint makes the transfer start again', () => {
  const fields = newCheckpoint({ way: 'whole', source: { kind: 'state', state: '' } })
  const good = { version: 3, ...fields }
  const { pieces: _pieces, ...withoutPieces } = good
  const rows: readonly (readonly [string, string])[] = [
    ['no JSON', '{'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a text', '"x"'],
    ['a later version', JSON.stringify({ ...good, version: 4 })],
    ['no version', JSON.stringify(fields)],
    ['this form under the version before', JSON.stringify({ ...good, version: 1 })],
    ['a way nobody knows', JSON.stringify({ ...good, way: 'link' })],
    ['something missing', JSON.stringify(withoutPieces)],
    ['a number for a text', JSON.stringify({ ...good, what: { ...fields.what, before: 1 } })],
    [
      'a header that is no text',
      JSON.stringify({ ...good, what: { ...fields.what, headers: { a: 1 } } }),
    ],
    [
      'a part without a sum',
      JSON.stringify({ ...good, pieces: { bytes: 1, done: [{ number: 1, etag: '' }] } }),
    ],
    [
      'a size below nothing',
      JSON.stringify({ ...good, source: { kind: 'object', etag: '', size: -1 } }),
    ],
    ['half a source', JSON.stringify({ ...good, source: { kind: 'file', size: 1 } })],
    ['a start of no kind', JSON.stringify({ ...good, started: { uploadId: 'u' } })],
  ]
  for (const [name, wrong] of rows) test(name, () => void expect(readCheckpoint(wrong)).toBe(null))
  test('the good one is one', () =>
    void expect(readCheckpoint(JSON.stringify(good))).toEqual(fields))
  test('a field that is not known is left out, and the others stay', () => {
    expect(readCheckpoint(JSON.stringify({ ...good, later: 'x' }))).toEqual(fields)
  })
  test('a record of version 2 has no seal, and is read', () => {
    const { seal: _seal, ...before } = good
    expect(readCheckpoint(JSON.stringify({ ...before, version: 2 }))).toEqual(fields)
  })
  test.each([
    [4, true],
    [3, false],
    [2, false],
    [1, false],
    [0, false],
  ])('version %i is a later one: %s', (version, later) => {
    expect(isOfLaterVersion(JSON.stringify({ ...good, version }))).toBe(later)
    expect(isOfLaterVersion('{')).toBe(false)
  })
})
