import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  isOfLaterVersion,
  readCheckpoint,
  writeCheckpoint,
  type Checkpoint,
} from '../../electron/core/transfer/run/checkpoint.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 40 })
const count = fc.nat()
const parts = fc.array(fc.record({ number: count, etag: text, crc64: text }), { maxLength: 6 })
const headers = fc.dictionary(
  fc.string({ minLength: 1, maxLength: 12 }).filter((name) => name !== '__proto__'),
  text,
  { maxKeys: 5 },
)
const source = fc.record({
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
const checkpoint: fc.Arbitrary<Checkpoint> = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), headers, before: text, state: text }),
  fc.record({
    kind: fc.constant('parts' as const),
    bucket: text,
    key: text,
    prints: fc.option(fc.record({ file: text })),
    uploadId: text,
    source: fc.option(source),
    headers,
    message: fc.option(message),
    partSize: count,
    parts,
  }),
  fc.record({
    kind: fc.constant('download' as const),
    etag: text,
    size: count,
    temporary: text,
    inode: text,
    pieceBytes: count,
    parts,
  }),
  fc.record({
    kind: fc.constant('copy' as const),
    key: text,
    etag: text,
    size: count,
    uploadId: text,
    headers,
    partSize: count,
    parts,
  }),
  fc.record({ kind: fc.constant('moved' as const), key: text, etag: text }),
)

test('reading after writing is the identity', () => {
  fc.assert(
    fc.property(
      checkpoint,
      (one) =>
        void expect(readCheckpoint(writeCheckpoint(one))).toEqual(JSON.parse(JSON.stringify(one))),
    ),
  )
})

describe('what is no checkpoint is none: the transfer starts over', () => {
  const good = { version: 1, kind: 'put', headers: { a: 'b' }, before: '', state: '' }
  const rows: readonly (readonly [string, string])[] = [
    ['no JSON', '{'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a text', '"x"'],
    ['a later version', JSON.stringify({ ...good, version: 2 })],
    ['no version', JSON.stringify({ kind: 'put', headers: {}, before: '', state: '' })],
    ['a kind nobody knows', JSON.stringify({ ...good, kind: 'link' })],
    ['something missing', JSON.stringify({ version: 1, kind: 'put', headers: {} })],
    ['a number for a text', JSON.stringify({ ...good, before: 1 })],
    ['a header that is no text', JSON.stringify({ ...good, headers: { a: 1 } })],
    [
      'a part without a sum',
      JSON.stringify({
        version: 1,
        kind: 'download',
        etag: '',
        size: 1,
        temporary: '',
        inode: '',
        pieceBytes: 1,
        parts: [{ number: 1, etag: '' }],
      }),
    ],
    [
      'a size below nothing',
      JSON.stringify({
        version: 1,
        kind: 'download',
        etag: '',
        size: -1,
        temporary: '',
        inode: '',
        pieceBytes: 1,
        parts: [],
      }),
    ],
    [
      'half a source',
      JSON.stringify({
        version: 1,
        kind: 'parts',
        uploadId: '',
        source: { size: 1 },
        headers: {},
        message: null,
        partSize: 1,
        parts: [],
      }),
    ],
  ]
  for (const [name, wrong] of rows) test(name, () => void expect(readCheckpoint(wrong)).toBe(null))
  test('the good one is one', () =>
    void expect(readCheckpoint(JSON.stringify(good))).not.toBe(null))
  test('a field that is not known is left out, and the others stay', () => {
    const { version: _known, ...fields } = good
    expect(readCheckpoint(JSON.stringify({ ...good, later: 'x' }))).toEqual(fields)
  })
  test.each([
    [2, true],
    [1, false],
    [0, false],
  ])('version %i is a later one: %s', (version, later) => {
    expect(isOfLaterVersion(JSON.stringify({ ...good, version }))).toBe(later)
    expect(isOfLaterVersion('{')).toBe(false)
  })
})

test('an upload in parts as the versions before noted it is one, of which nobody knows what was sent', () => {
  const older = {
    kind: 'parts',
    uploadId: 'u',
    source: null,
    headers: { a: 'b' },
    message: null,
    partSize: 16,
    parts: [{ number: 1, etag: 'e', crc64: '1' }],
  }
  expect(readCheckpoint(JSON.stringify({ version: 1, ...older }))).toEqual({
    ...older,
    bucket: '',
    key: '',
    prints: null,
  })
})
