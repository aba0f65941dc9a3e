import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toBase64 } from '../../shared/format/base64.ts'
import { splitHeaders } from '../../shared/format/message/message.ts'
import { messageAlgorithm } from '../../shared/format/message/message-algorithms.ts'
import { readHeaders, recognise } from '../../shared/format/recognise.ts'
import { anyMessage, inOrder, messageVectors } from './messages.ts'

const vector = messageVectors[0] ?? expect.fail('no vectors')
const DOUBLED = 'x-oss-meta-x-oss-meta-'
const SINGLE = 'x-oss-meta-'
const good = vector.split ?? expect.fail('no split form')
/** Header, initial vector and tag under another prefix, changed: null takes one away. */
function metadata(prefix: string, change: Readonly<Record<string, string | null>> = {}) {
  const all: Record<string, string | null> = {
    header: good[`${DOUBLED}header`] ?? null,
    iv: good[`${DOUBLED}iv`] ?? null,
    authtag: good[`${DOUBLED}authtag`] ?? null,
    ...change,
  }
  return readHeaders(
    Object.entries(all).flatMap(([name, value]) =>
      value === null ? [] : [[prefix + name, value] as const],
    ),
  )
}

test.each([
  ['twice, as OSSEncryptionSample.java writes it', metadata(DOUBLED)],
  ['once, as its comments have it', metadata(SINGLE)],
  [
    'in the case of the sample',
    readHeaders(
      Object.entries(good).map(([name, value]) => [name.replace('authtag', 'authTag'), value]),
    ),
  ],
  [
    'in the case of some HTTP servers',
    readHeaders(Object.entries(good).map(([name, value]) => [name.toUpperCase(), ` ${value} `])),
  ],
  [
    'beside other metadata',
    readHeaders([
      ...Object.entries(good),
      ['x-oss-meta-owner', 'me'],
      ['x-oss-meta-iv-notes', 'x'],
    ]),
  ],
])('prefix %s', (_name, headers) => {
  const found = recognise(headers)
  if (found.kind !== 'message') throw new Error(found.kind)
  expect(found.format).toBe('sdk-split')
  expect(found.message).toMatchObject({
    form: 'split',
    content: { offset: 0, length: null },
    tagAt: null,
  })
  expect(
    splitHeaders(
      found.message.header,
      found.message.iv,
      found.message.tag ?? expect.fail('no tag'),
    ),
  ).toEqual(good)
})

test('the prefix twice counts before the prefix once', () => {
  const both = new Map([
    ...metadata(SINGLE, { iv: toBase64(new Uint8Array(12)) }),
    ...metadata(DOUBLED),
  ])
  const found = recognise(both)
  expect(found.kind === 'message' && toBase64(found.message.iv)).toBe(good[`${DOUBLED}iv`])
})

describe.each([
  ['twice', DOUBLED, SINGLE],
  ['once', SINGLE, ''],
])('damage, prefix %s', (_name, prefix, shown) => {
  test.each([
    ['header', { header: null }, 'missing'],
    ['iv', { iv: null }, 'missing'],
    ['authtag', { authtag: null }, 'missing'],
    ['header', { header: 'x' }, 'invalid'],
    ['header', { header: '' }, 'invalid'],
    ['header', { header: 'AAAA' }, 'invalid'],
    ['iv', { iv: '' }, 'invalid'],
    ['iv', { iv: 'AAAA' }, 'invalid'],
    ['iv', { iv: toBase64(new Uint8Array(16)) }, 'invalid'],
    ['authtag', { authtag: '' }, 'invalid'],
    ['authtag', { authtag: toBase64(new Uint8Array(12)) }, 'invalid'],
    ['authtag', { authtag: 'RZ/dIxmtYowg+k/32yf5GA' }, 'invalid'],
    // The header alone reads as one: no accident.
    ['iv', { iv: null, authtag: null }, 'missing'],
  ] as const)('%s %o', (header, change, problem) => {
    const found = recognise(metadata(prefix, change))
    const left = ['header', 'iv', 'authtag'].filter(
      (name) => (change as Record<string, unknown>)[name] !== null,
    )
    expect(found).toEqual({
      kind: 'broken',
      header: shown + header,
      problem,
      present: left.map((name) => shown + name),
    })
  })

  test('every truncation of every header is damage', () => {
    for (const name of ['header', 'iv', 'authtag']) {
      const text = good[DOUBLED + name] ?? ''
      for (let length = 0; length < text.length; length++) {
        expect(
          recognise(metadata(prefix, { [name]: text.slice(0, length) })),
          `${name} cut to ${length}`,
        ).toMatchObject({ kind: 'broken', header: shown + name, problem: 'invalid' })
      }
    }
  })
})

test.each([
  ['a header of somebody else', { header: 'x', iv: null, authtag: null }],
  ['an iv of somebody else', { header: null, authtag: null }],
  ['a tag of somebody else', { header: null, iv: null }],
])('%s is no message', (_name, change) => {
  expect(recognise(metadata(SINGLE, change))).toEqual({ kind: 'plain' })
})

test('SM4 is named and not read', () => {
  const sm4 = fc.sample(
    anyMessage.filter(({ header }) => messageAlgorithm(header.algorithm)?.cipher === 'sm4'),
    5,
  )
  for (const { header, iv, tag } of sm4)
    expect(recognise(readHeaders(Object.entries(splitHeaders(header, iv, tag))))).toMatchObject({
      kind: 'later',
      format: 'sdk-sm4',
    })
})

test('without a tag: its empty header may have been lost on the way', () => {
  const untagged = fc.sample(
    anyMessage.filter(({ tag, header }) => tag.length === 0 && header.algorithm < 9),
    5,
  )
  for (const { header, iv, tag } of untagged) {
    const headers = new Map(Object.entries(splitHeaders(header, iv, tag)))
    expect(recognise(headers)).toMatchObject({
      kind: 'message',
      message: { tag: new Uint8Array() },
    })
    headers.delete(`${DOUBLED}authtag`)
    expect(recognise(headers)).toMatchObject({
      kind: 'message',
      message: { tag: new Uint8Array() },
    })
    headers.set(`${DOUBLED}authtag`, toBase64(new Uint8Array(16)))
    expect(recognise(headers)).toMatchObject({
      kind: 'broken',
      header: `${SINGLE}authtag`,
      problem: 'invalid',
    })
  }
})

test('any message comes back', () => {
  fc.assert(
    fc.property(anyMessage, ({ header, iv, tag }) => {
      const found = recognise(readHeaders(Object.entries(splitHeaders(header, iv, tag))))
      if (found.kind !== 'message' && found.kind !== 'later') throw new Error(found.kind)
      expect(inOrder(found.message.header)).toEqual(inOrder(header))
      expect([found.message.iv, found.message.tag]).toEqual([iv, tag])
    }),
  )
})
