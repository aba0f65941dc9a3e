import fc from 'fast-check'
import { createCipheriv, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { takeCrc64 } from '../../electron/core/cipher/crc64-sum.ts'
import { ctrCipher, slices, SLICE_BYTES } from '../../electron/core/cipher/ctr.ts'
import { combineCrc64 } from '../../shared/format/crc64.ts'

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex')

/** source: NIST SP 800-38A, F.5.5 CTR-AES256.Encrypt */
const NIST = {
  key: hex('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4'),
  counter: hex('f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff'),
  plain: hex(
    '6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51 30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710',
  ),
  cipher: hex(
    '601ec313775789a5b7a7f504bbf3d228 f443e3ca4d62b59aca84e990cacaf5c5 2b0930daa23de94ce87017ba2d84988d dfc9c58db67aada613c2dd08457941a6',
  ),
}

describe('AES-256-CTR from any offset (NIST SP 800-38A F.5.5)', () => {
  for (let offset = 0; offset <= NIST.plain.length; offset++) {
    test(`from byte ${offset}`, () => {
      const cipher = ctrCipher(NIST.key, NIST.counter, offset)
      expect(Buffer.from(cipher.update(NIST.plain.subarray(offset)))).toEqual(
        NIST.cipher.subarray(offset),
      )
    })
  }

  test('any split into ranges, each in steps of any size, is the whole', () => {
    const [key, counter, plain] = [randomBytes(32), randomBytes(16), randomBytes(3000)]
    const whole = createCipheriv('aes-256-ctr', key, counter).update(plain)
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: plain.length }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 700 }),
        (cuts, step) => {
          const edges = [0, ...cuts.sort((a, b) => a - b), plain.length]
          const pieces = edges.slice(1).flatMap((end, i) => {
            const start = edges[i] ?? 0
            const cipher = ctrCipher(key, counter, start)
            return Array.from({ length: Math.ceil((end - start) / step) }, (_, n) =>
              cipher.update(
                plain.subarray(start + n * step, Math.min(end, start + (n + 1) * step)),
              ),
            )
          })
          expect(Buffer.concat(pieces)).toEqual(whole)
        },
      ),
    )
  })

  test('are no whole pages: what Node copies behind the cipher would lie badly', () =>
    expect(SLICE_BYTES % 4096).toBeGreaterThanOrEqual(64))
  for (const bytes of [0, 1, SLICE_BYTES - 1, SLICE_BYTES, SLICE_BYTES + 1, 3 * SLICE_BYTES]) {
    test(`${bytes} bytes in slices`, () => {
      const parts = [...slices(new Uint8Array(bytes))]
      expect(parts.reduce((sum, part) => sum + part.length, 0)).toBe(bytes)
      expect(parts.length).toBe(Math.ceil(bytes / SLICE_BYTES))
    })
  }
})

describe('CRC-64', () => {
  // source: the CRC catalogue of reveng, CRC-64/XZ, check value of "123456789"
  test('has the check value of CRC-64/XZ', async () => {
    const crc = await takeCrc64()
    crc.update(Buffer.from('12345'))
    crc.update(Buffer.from('6789'))
    expect(crc.value()).toBe(0x995dc9bbdf1939fan)
    crc.release()
  })

  test('instances are used again and never share a sum', async () => {
    const a = await takeCrc64()
    const b = await takeCrc64()
    a.update(Buffer.from('123456789'))
    b.update(Buffer.from('x'))
    expect(a.value()).toBe(0x995dc9bbdf1939fan)
    a.release()
    const c = await takeCrc64()
    c.update(Buffer.from('123456789'))
    expect(c.value()).toBe(0x995dc9bbdf1939fan)
    expect(() => a.value()).toThrow('released')
    a.release()
    const d = await takeCrc64()
    d.update(Buffer.from('123456789'))
    expect(d.value()).toBe(0x995dc9bbdf1939fan)
    for (const crc of [b, c, d]) crc.release()
  })

  test('sums of pieces combine', async () => {
    const bytes = randomBytes(100_000)
    const [whole, left, right] = [await takeCrc64(), await takeCrc64(), await takeCrc64()]
    whole.update(bytes)
    left.update(bytes.subarray(0, 33_333))
    right.update(bytes.subarray(33_333))
    expect(combineCrc64(left.value(), right.value(), bytes.length - 33_333)).toBe(whole.value())
    for (const crc of [whole, left, right]) crc.release()
  })
})
