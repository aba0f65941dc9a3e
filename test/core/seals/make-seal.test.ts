import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgeSeal } from '../../../electron/core/seals/judge-seal.ts'
import { makeSeal, moveSeal } from '../../../electron/core/seals/make-seal.ts'
import { isPromised, promisedCounter } from '../../../electron/core/seals/promise.ts'
import { deriveSealKeys } from '../../../electron/core/seals/seal-keys.ts'
import { writeSealText } from '../../../electron/core/seals/seal-text.ts'
import { markFits, markOf } from '../../../electron/core/seals/writer.ts'
import { Failure } from '../../../shared/contract/errors.ts'
import { bytesOf, hex } from '../../format/vectors.ts'
import { BASE, factsOf, flipped, newSealOf, NOW, VECTORS, WRITER } from './seal-kit.ts'

const keys = deriveSealKeys(bytesOf(BASE.dataKey))
const stored = new Uint8Array(100).fill(5)
const fresh = newSealOf(keys, stored)
const seal = makeSeal(keys, fresh)
const target = { bucket: 'other', key: 'copy.txt', time: NOW + 5, writer: WRITER }
const ZEROS = '00'.repeat(16)
const OTHER_WRITER = new Uint8Array(32).fill(1)

/** The state of an object at a name, judged without its content. */
const reasonAt = (bucket: string, key: string, text: string) =>
  judgeSeal(
    factsOf({ ...BASE, bucket, key, length: stored.length }, { metadata: [text], tags: [] }),
  ).reason

describe('a new seal', () => {
  test('fits its object, and any other counter, key, bucket or name does not', () => {
    const text = writeSealText(seal)
    expect(reasonAt(BASE.bucket, BASE.key, text)).toBe('not-read')
    const other = writeSealText(makeSeal(keys, { ...fresh, counter: flipped(fresh.counter, 15) }))
    expect(reasonAt(BASE.bucket, BASE.key, other)).toBe('key')
    expect(reasonAt('other', BASE.key, text)).toBe('other-name')
    expect(reasonAt(BASE.bucket, `${BASE.key}/`, text)).toBe('other-name')
  })

  test('is refused with a counter of another length', () => {
    expect(() => makeSeal(keys, { ...fresh, counter: new Uint8Array(15) })).toThrow(RangeError)
  })

  test('has no mark when it was made by reading', () => {
    expect(() => makeSeal(keys, { ...fresh, byWriter: false })).toThrow(RangeError)
    expect(hex(makeSeal(keys, { ...fresh, byWriter: false, writer: null }).writer)).toBe(ZEROS)
    expect(hex(makeSeal(keys, { ...fresh, writer: null }).writer)).toBe(ZEROS)
  })
})

describe('names', () => {
  const NFC = 'caf\u00e9'
  const NFD = 'cafe\u0301'
  const at = (bucket: string, key: string) =>
    writeSealText(makeSeal(keys, { ...fresh, bucket, key }))

  test('are not normalised', () => {
    expect(NFC.normalize('NFD')).toBe(NFD)
    expect(reasonAt('b', NFC, at('b', NFC))).toBe('not-read')
    expect(reasonAt('b', NFD, at('b', NFC))).toBe('other-name')
    expect(reasonAt('b', NFC, at('b', NFD))).toBe('other-name')
  })

  test('never run into the bucket', () => {
    expect(reasonAt('a', 'bc', at('ab', 'c'))).toBe('other-name')
    expect(reasonAt('ab', 'c', at('a', 'bc'))).toBe('other-name')
  })

  test('of any text fit themselves alone', () => {
    const names = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(names, names, (one, two) => {
        expect(reasonAt('b', two, at('b', one))).toBe(one === two ? 'not-read' : 'other-name')
      }),
    )
  })

  test.each(['\ud800', 'a\udc00b', '\udc00\ud800'])(
    'half a surrogate pair is a failure',
    (name) => {
      const failure = { error: { code: 'bad-name', name, rule: 'not-text' } }
      const calls = [
        () => makeSeal(keys, { ...fresh, key: name }),
        () => makeSeal(keys, { ...fresh, bucket: name }),
        () => moveSeal(keys, seal, { ...target, key: name }),
        () => reasonAt('b', name, writeSealText(seal)),
      ]
      for (const call of calls) {
        expect(call).toThrow(Failure)
        expect(call).toThrow(expect.objectContaining(failure))
      }
    },
  )
})

describe('a copy', () => {
  test('keeps bytes 0 to 91, and gets a new time and a new place', () => {
    const copy = moveSeal(keys, seal, target)
    const { byWriter, exponent, sealId, length, root, content } = seal
    expect(copy).toMatchObject({ byWriter, exponent, sealId, length, root, content })
    expect(copy.time).toBe(target.time)
    expect(reasonAt(target.bucket, target.key, writeSealText(copy))).toBe('not-read')
    expect(reasonAt(BASE.bucket, BASE.key, writeSealText(copy))).toBe('other-name')
  })

  test('keeps a mark that fits, and makes none otherwise', () => {
    expect(markFits(WRITER, moveSeal(keys, seal, target))).toBe(true)
    const unmarked = [
      moveSeal(keys, seal, { ...target, writer: null }),
      moveSeal(keys, seal, { ...target, writer: OTHER_WRITER }),
      moveSeal(keys, { ...seal, writer: new Uint8Array(16) }, target),
      moveSeal(keys, { ...seal, writer: flipped(seal.writer, 15) }, target),
      // The mark of another seal does not count for this one.
      moveSeal(keys, { ...seal, time: seal.time + 1 }, target),
      moveSeal(keys, { ...seal, writer: markOf(OTHER_WRITER, seal) }, target),
    ]
    for (const { writer } of unmarked) expect(hex(writer)).toBe(ZEROS)
  })

  test('under another master key has the new mark, and only when the old one fits', () => {
    const relay = { ...target, newWriter: OTHER_WRITER }
    expect(markFits(OTHER_WRITER, moveSeal(keys, seal, relay))).toBe(true)
    expect(markFits(WRITER, moveSeal(keys, seal, relay))).toBe(false)
    expect(hex(moveSeal(keys, { ...seal, writer: new Uint8Array(16) }, relay).writer)).toBe(ZEROS)
  })
})

describe('the mark', () => {
  test('covers content, time and place, under the key of the vectors', () => {
    const bytes = Buffer.from(BASE.seal, 'base64url')
    const mac = createHmac('sha256', bytesOf(VECTORS.writer.markKey))
    const mark = mac.update(Buffer.of(5)).update(bytes.subarray(60, 132)).digest().subarray(0, 16)
    expect(hex(mark)).toBe(hex(bytes.subarray(132)))
  })

  test('does not fit another secret, or zeros', () => {
    expect(markFits(OTHER_WRITER, seal)).toBe(false)
    expect(markFits(WRITER, { ...seal, writer: new Uint8Array(16) })).toBe(false)
    expect(markFits(WRITER, { ...seal, writer: seal.writer.subarray(0, 8) })).toBe(false)
  })
})

describe('the promise', () => {
  test('is kept by every counter that was made for the key, and by no other', () => {
    const other = deriveSealKeys(new Uint8Array(32))
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 6, maxLength: 6 }), fc.nat(127), (random, bit) => {
        const counter = promisedCounter(keys, random)
        expect([...counter.subarray(8, 12)]).toEqual([0, 0, 0, 0])
        expect(counter.subarray(0, 6)).toEqual(random)
        expect(isPromised(keys, counter)).toBe(true)
        expect(isPromised(other, counter)).toBe(false)
        const changed = Uint8Array.from(counter)
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        expect(isPromised(keys, changed)).toBe(false)
      }),
    )
  })

  test('is random without given bytes, and needs six', () => {
    expect(hex(promisedCounter(keys))).not.toBe(hex(promisedCounter(keys)))
    expect(isPromised(keys, promisedCounter(keys))).toBe(true)
    expect(() => promisedCounter(keys, new Uint8Array(5))).toThrow(RangeError)
  })

  test('is made by no counter of format V1', () => {
    for (let n = 1; n <= 10; n++) {
      const counter = new Uint8Array(16)
      counter[15] = n
      expect(isPromised(keys, counter)).toBe(false)
    }
  })
})
