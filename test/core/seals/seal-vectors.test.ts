import { createHash, createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { chunkCount, exponentOf, MAX_CHUNKS } from '../../../electron/core/seals/chunks.ts'
import { judgeSeal } from '../../../electron/core/seals/judge-seal.ts'
import { makeSeal } from '../../../electron/core/seals/make-seal.ts'
import { isPromised, promisedCounter } from '../../../electron/core/seals/promise.ts'
import { deriveSealKeys } from '../../../electron/core/seals/seal-keys.ts'
import { writeSealText } from '../../../electron/core/seals/seal-text.ts'
import { markFits, writerIdOf, writerSecretOfRsa } from '../../../electron/core/seals/writer.ts'
import { bytesOf, hex } from '../../format/vectors.ts'
import {
  factsOf,
  judgedWhole,
  leavesOf,
  sealOf,
  storedOfBad,
  storedOfGood,
  VECTORS,
  WRITER,
} from './seal-kit.ts'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

test('the vectors are complete', () => {
  expect(VECTORS.good).toHaveLength(14)
  expect(VECTORS.bad).toHaveLength(53)
})

test.each(VECTORS.keys)('keys and promise of $dataKey', (row) => {
  const keys = deriveSealKeys(bytesOf(row.dataKey))
  expect(hex(keys.mac)).toBe(row.mac)
  expect(hex(keys.chunk)).toBe(row.chunk)
  expect(hex(promisedCounter(keys, bytesOf(row.six)))).toBe(row.promisedCounter)
  expect(isPromised(keys, bytesOf(row.promisedCounter))).toBe(true)
})

test.each(VECTORS.exponents)('the exponent of $length bytes is $exponent', (row) => {
  expect(exponentOf(row.length)).toBe(row.exponent)
  expect(chunkCount(row.length, row.exponent)).toBeLessThanOrEqual(MAX_CHUNKS)
})

test('the writer secret of the key of FORMAT.md, with its primes in both orders', () => {
  const pem = readFileSync(new URL('../../vectors/format-example.pem', import.meta.url), 'utf8')
  const { p = '', q = '' } = createPrivateKey(pem).export({ format: 'jwk' })
  const primes = [Buffer.from(p, 'base64url'), Buffer.from(q, 'base64url')] as const
  const [first, second] = primes
  expect(hex(writerSecretOfRsa(first, second, 256))).toBe(VECTORS.writer.secret)
  expect(hex(writerSecretOfRsa(second, first, 256))).toBe(VECTORS.writer.secret)
  // DER writes a zero byte before a prime whose highest bit is set.
  const signed = Buffer.concat([Buffer.of(0), first])
  expect(hex(writerSecretOfRsa(signed, second, 256))).toBe(VECTORS.writer.secret)
  expect(() => writerSecretOfRsa(first, second, 127)).toThrow(RangeError)
  expect(hex(writerIdOf(WRITER))).toBe(VECTORS.writer.id)
})

describe.each(VECTORS.good)('good: $name', (row) => {
  const keys = deriveSealKeys(bytesOf(row.dataKey))
  const stored = storedOfGood(row)
  const seal = sealOf(row.seal)

  test('stored bytes, leaves and text', () => {
    expect(sha256(stored)).toBe(row.storedSha256)
    const leaves = leavesOf(keys, seal, stored)
    expect(hex(leaves)).toBe(row.leaves.join(''))
    const made = makeSeal(keys, {
      ...seal,
      counter: bytesOf(row.counter),
      leaves,
      bucket: row.bucket,
      key: row.key,
      writer: seal.byWriter ? WRITER : null,
    })
    expect(writeSealText(made)).toBe(row.seal)
  })

  test('state and reason, with the seal in the metadata and in the tag', () => {
    for (const texts of [
      { metadata: [row.seal], tags: [] },
      { metadata: [], tags: [row.seal] },
    ]) {
      const { state, reason, writer } = judgedWhole(factsOf(row, texts), stored)
      expect([state, reason]).toEqual(row.state)
      expect(writer).toBe(markFits(WRITER, seal) ? VECTORS.writer.id : null)
    }
  })
})

describe.each(VECTORS.bad)('bad: $name', (row) => {
  test('state and reason', () => {
    const stored = storedOfBad(row)
    expect([stored.length, sha256(stored)]).toEqual([row.length, row.storedSha256])
    const facts = factsOf(row, { metadata: row.texts.slice(0, 1), tags: row.texts.slice(1) })
    const { state, reason, writer } = judgedWhole(facts, stored)
    expect([state, reason]).toEqual(row.state)
    expect(writer !== null).toBe(state === 'intact' && !row.name.includes('not proven'))
    // The whole content is never needed for another verdict than these.
    const before = judgeSeal(facts)
    if (before.reason !== reason)
      expect([before.reason, ['read', 'content'].includes(reason)]).toEqual(['not-read', true])
  })

  test('the same where all texts are tags', () => {
    const facts = factsOf(row, { metadata: [], tags: row.texts })
    const { state, reason } = judgedWhole(facts, storedOfBad(row))
    expect([state, reason]).toEqual(row.state)
  })
})
