import { createCipheriv, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chunkCount, exponentOf } from '../../../electron/core/seals/chunks.ts'
import { LEAF_BYTES, LeafSum, rootOf } from '../../../electron/core/seals/leaves.ts'
import { deriveSealKeys } from '../../../electron/core/seals/seal-keys.ts'
import { hex } from '../../format/vectors.ts'
import { flipped, leavesOf } from './seal-kit.ts'

const MIB = 1 << 20
const dataKey = new Uint8Array(32).fill(3)
const keys = deriveSealKeys(dataKey)
const plan = { sealId: new Uint8Array(16).fill(9), exponent: 20 }
const stored = Buffer.from(Uint8Array.from({ length: 3 * MIB + 77 }, (_, i) => (i * i) >> 5))
const whole = leavesOf(keys, plan, stored, stored.length)

/** One leaf, written from FORMAT.md 11.3 in another way. */
function leafOf(index: number, chunk: Uint8Array): string {
  const gcm = createCipheriv('aes-256-gcm', keys.chunk, Buffer.alloc(12)).setAAD(chunk)
  gcm.final()
  const input = Buffer.alloc(29)
  input[0] = 1
  input.set(plan.sealId, 1)
  input.writeBigUInt64BE(BigInt(index), 17)
  input.writeUInt32BE(chunk.length, 25)
  const mac = createHmac('sha256', keys.mac).update(input).update(gcm.getAuthTag())
  return mac.digest('hex').slice(0, 2 * LEAF_BYTES)
}

test('leaves are those of whole chunks', () => {
  const chunks = [0, 1, 2, 3].map((i) => stored.subarray(i * MIB, (i + 1) * MIB))
  expect(hex(whole)).toBe(chunks.map((chunk, i) => leafOf(i, chunk)).join(''))
})

test('any split gives the same leaves', () => {
  const cuts = fc.array(fc.nat(stored.length), { maxLength: 12 })
  fc.assert(
    fc.property(cuts, (places) => {
      const sum = new LeafSum(keys, { ...plan, firstIndex: 0 })
      const ends = [...places.sort((a, b) => a - b), stored.length]
      ends.forEach((end, i) => sum.update(stored.subarray(ends[i - 1] ?? 0, end)))
      expect(hex(sum.leaves())).toBe(hex(whole))
    }),
    { numRuns: 40 },
  )
})

test('parts in any order give the same leaves when each begins at a chunk', () => {
  const partOf = (first: number, end: number) => {
    const sum = new LeafSum(keys, { ...plan, firstIndex: first })
    sum.update(stored.subarray(first * MIB, end * MIB))
    return sum.leaves()
  }
  const last = partOf(2, 4)
  const first = partOf(0, 2)
  expect(hex(first) + hex(last)).toBe(hex(whole))
})

test('a chunk counts at its index, with its length, under its seal and key', () => {
  const chunk = stored.subarray(0, 1000)
  const leaf = (keyByte: number, sealByte: number, firstIndex: number, bytes: Uint8Array) => {
    const sum = new LeafSum(deriveSealKeys(new Uint8Array(32).fill(keyByte)), {
      sealId: new Uint8Array(16).fill(sealByte),
      exponent: 20,
      firstIndex,
    })
    sum.update(bytes)
    return hex(sum.leaves())
  }
  const all = [
    leaf(1, 1, 0, chunk),
    leaf(2, 1, 0, chunk),
    leaf(1, 2, 0, chunk),
    leaf(1, 1, 1, chunk),
    leaf(1, 1, 2 ** 32, chunk),
    leaf(1, 1, 0, chunk.subarray(0, 999)),
    // GMAC fills the last block with zeros; the length is what differs.
    leaf(1, 1, 0, Buffer.concat([chunk, Buffer.alloc(8)])),
    leaf(1, 1, 0, flipped(chunk, 999)),
  ]
  expect(new Set(all).size).toBe(all.length)
})

test('no bytes have no leaf, and full chunks have no leaf behind them', () => {
  expect(leavesOf(keys, plan, new Uint8Array())).toHaveLength(0)
  expect(leavesOf(keys, plan, stored.subarray(0, 2 * MIB))).toHaveLength(2 * LEAF_BYTES)
  expect(leavesOf(keys, plan, stored.subarray(0, 2 * MIB + 1))).toHaveLength(3 * LEAF_BYTES)
})

test('leaves can be asked for again, and nothing follows them', () => {
  const sum = new LeafSum(keys, { ...plan, firstIndex: 0 })
  sum.update(stored.subarray(0, 10))
  const leaves = hex(sum.leaves())
  expect(hex(sum.leaves())).toBe(leaves)
  expect(() => sum.update(stored)).toThrow('continued')
})

test('the sum of a chunk is not in the object that a caller has', () => {
  const sum = new LeafSum(keys, { ...plan, firstIndex: 0 })
  sum.update(stored.subarray(0, 10))
  sum.leaves()
  expect(Object.keys(sum)).toEqual([])
  expect(JSON.stringify(sum)).toBe('{}')
})

describe('the root', () => {
  const facts = { ...plan, length: stored.length, leaves: whole }

  test('covers order, length, exponent, seal and key', () => {
    const exchanged = Buffer.concat([
      whole.subarray(16, 32),
      whole.subarray(0, 16),
      whole.subarray(32),
    ])
    const roots = [
      rootOf(keys, facts),
      rootOf(keys, { ...facts, leaves: exchanged }),
      rootOf(keys, { ...facts, leaves: flipped(whole, 63) }),
      rootOf(keys, { ...facts, length: stored.length + 1 }),
      rootOf(keys, { ...facts, sealId: new Uint8Array(16) }),
      rootOf(deriveSealKeys(new Uint8Array(32)), facts),
      rootOf(keys, { ...plan, exponent: 20, length: 5, leaves: whole.subarray(0, 16) }),
      rootOf(keys, { ...plan, exponent: 21, length: 5, leaves: whole.subarray(0, 16) }),
    ].map(hex)
    expect(new Set(roots).size).toBe(roots.length)
  })

  test('is refused when a leaf is missing or too many', () => {
    for (const leaves of [whole.subarray(16), whole.subarray(1), Buffer.concat([whole, whole])])
      expect(() => rootOf(keys, { ...facts, leaves })).toThrow(RangeError)
  })
})

test('the exponent is the least with at most 2^20 chunks', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 46 }), (length) => {
      const exponent = exponentOf(length)
      expect(chunkCount(length, exponent)).toBeLessThanOrEqual(2 ** 20)
      if (exponent > 20) expect(chunkCount(length, exponent - 1)).toBeGreaterThan(2 ** 20)
    }),
  )
  expect(exponentOf(2 ** 46)).toBe(26)
  expect(() => exponentOf(2 ** 46 + 1)).toThrow(RangeError)
})

test('the keys of a seal need a data key of 32 bytes, and are wiped', () => {
  for (const length of [0, 16, 31, 33])
    expect(() => deriveSealKeys(new Uint8Array(length))).toThrow(RangeError)
  const own = deriveSealKeys(dataKey)
  const { mac, chunk } = own
  expect(JSON.stringify(own)).toBe('"[seal keys]"')
  own[Symbol.dispose]()
  expect([...mac, ...chunk].every((byte) => byte === 0)).toBe(true)
  expect(() => own.mac).toThrow('wiped')
  expect(() => own.chunk).toThrow('wiped')
  own[Symbol.dispose]()
})
