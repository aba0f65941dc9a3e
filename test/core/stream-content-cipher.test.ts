import fc from 'fast-check'
import { createCipheriv, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { openCipher } from '../../electron/core/cipher/content-cipher.ts'
import type { JobCipher } from '../../electron/core/cipher/content-cipher.ts'
import { counterAt } from '../../shared/format/counter.ts'

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex')
const key = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(hex(text))
const PLAIN = hex(
  '6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51 30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710',
)
const KEY_128 = '2b7e151628aed2a6abf7158809cf4f3c'
const KEY_256 = '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4'

/** All of it, in steps of these lengths. */
function through(
  job: JobCipher,
  bytes: Uint8Array,
  steps: readonly number[] = [bytes.length],
): { readonly out: Buffer; readonly cipher: ReturnType<typeof openCipher> } {
  const cipher = openCipher(job)
  const out: Uint8Array[] = []
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const step = Math.max(1, steps[i % Math.max(1, steps.length)] ?? 1)
    out.push(cipher.update(bytes.subarray(at, at + step)))
    at += step
  }
  return { out: Buffer.concat(out), cipher }
}

describe('published vectors (NIST SP 800-38A; the GCM specification, test cases 4 and 16)', () => {
  test('CTR under AES-128, F.5.2', () => {
    const cipher = hex(
      '874d6191b620e3261bef6864990db6ce 9806f66b7970fdff8617187bb9fffdff 5ae4df3edbd5d35e5b4f09020db03eab 1e031dda2fbe03d1792170a0f3009cee',
    )
    for (const at of [0, 1, 16, 31, 63]) {
      const job: JobCipher = {
        kind: 'ctr',
        dataKey: key(KEY_128),
        counter: hex('f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff'),
        at,
        resplit: null,
      }
      expect(through(job, cipher.subarray(at)).out).toEqual(PLAIN.subarray(at))
    }
  })

  const CBC = [
    {
      name: 'F.2.2',
      dataKey: KEY_128,
      cipher: hex(
        '7649abac8119b246cee98e9b12e9197d 5086cb9b507219ee95db113a917678b2 73bed6b8e3c1743b7116e69e22229516 3ff1caa1681fac09120eca307586e1a7',
      ),
    },
    {
      name: 'F.2.6',
      dataKey: KEY_256,
      cipher: hex(
        'f58c4c04d6e5f1ba779eabfb5f7bfbd6 9cfc4e967edb808d679f777bc6702c7d 39f23369a9d9bacfa530e26304231461 b2eb05e2c39be9fcda6c19078c6a9d1b',
      ),
    },
  ]
  test.each(CBC)('CBC from any block on, $name', ({ dataKey, cipher }) => {
    const first: JobCipher = {
      kind: 'cbc',
      dataKey: key(dataKey),
      iv: hex('000102030405060708090a0b0c0d0e0f'),
      skip: 0,
      length: 64,
    }
    for (const steps of [[64], [1], [7, 30], [16]])
      expect(through(first, cipher, steps).out).toEqual(PLAIN)
    for (const block of [1, 2, 3]) {
      for (const steps of [[64], [1], [15, 3], [17]]) {
        const later: JobCipher = {
          kind: 'cbc',
          dataKey: key(dataKey),
          iv: null,
          skip: 5,
          length: 9,
        }
        const { out, cipher: ended } = through(later, cipher.subarray(16 * (block - 1)), steps)
        expect(out).toEqual(PLAIN.subarray(16 * block + 5, 16 * block + 14))
        expect(ended.lead).toBe(16)
        expect(Buffer.from(ended.end().edges?.first ?? [])).toEqual(
          cipher.subarray(16 * (block - 1), 16 * block),
        )
        expect(Buffer.from(ended.end().edges?.last ?? [])).toEqual(cipher.subarray(32))
      }
    }
  })

  const GCM_PLAIN = hex(
    'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
  )
  const associated = hex('feedfacedeadbeeffeedfacedeadbeefabaddad2')
  test.each([
    ['4', 'feffe9928665731c6d6a8f9467308308', '5bc94fbc3221a5db94fae95ae7121a47'],
    [
      '16',
      'feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308',
      '76fc6ece0f4e1768cddf8853bb2d551b',
    ],
  ])('the tag of GCM, test case %s', (_name, dataKey, tag) => {
    const job: JobCipher = {
      kind: 'gcm',
      dataKey: key(dataKey),
      iv: hex('cafebabefacedbaddecaf888'),
      associated,
    }
    for (const steps of [[60], [1], [13, 20]])
      expect(Buffer.from(through(job, GCM_PLAIN, steps).cipher.end().tag ?? [])).toEqual(hex(tag))
  })
})

test('an object split anew: every part has the counter of its number, from wherever it is read', () => {
  const [dataKey, counter] = [randomBytes(32), randomBytes(16)]
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 90 }),
      fc.integer({ min: 1, max: 6 }),
      fc.nat(700),
      fc.nat(400),
      fc.array(fc.integer({ min: 1, max: 130 }), { minLength: 1, maxLength: 5 }),
      (actual, blocks, at, length, steps) => {
        const declared = blocks * 16
        const plain = randomBytes(1200)
        const stored = Buffer.concat(
          Array.from({ length: Math.ceil(plain.length / actual) }, (_, i) =>
            createCipheriv('aes-256-ctr', dataKey, counterAt(counter, i * declared)).update(
              plain.subarray(i * actual, (i + 1) * actual),
            ),
          ),
        )
        const job: JobCipher = {
          kind: 'ctr',
          dataKey: Uint8Array.from(dataKey),
          counter,
          at,
          resplit: { declared, actual },
        }
        expect(through(job, stored.subarray(at, at + length), steps).out).toEqual(
          plain.subarray(at, at + length),
        )
      },
    ),
  )
})
