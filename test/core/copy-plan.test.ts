import { describe, expect, test } from 'vitest'
import { mayRelay, wayOf } from '../../electron/core/transfer/copy/copy-way.ts'
import { relayPlan } from '../../electron/core/transfer/copy/relay-plan.ts'
import type { AppError } from '../../shared/contract/errors.ts'
import { MAX_PART_BYTES, MAX_PARTS } from '../../shared/format/part-plan.ts'
import { resplitOf } from '../../shared/format/message/resplit.ts'

const GIB = 1024 ** 3

describe('who copies: OSS by itself, or this computer', () => {
  const end = (profileId: string, bucket: string, region = 'cn-hangzhou') => ({
    profileId,
    bucket,
    region,
  })
  test.each([
    ['one bucket', end('p', 'a'), end('p', 'a'), 1, 'inside'],
    ['one bucket, any size', end('p', 'a'), end('p', 'a'), 40_000 * GIB, 'inside'],
    ['two buckets', end('p', 'a'), end('p', 'b'), 0, 'inside'],
    ['two buckets, at the safe line', end('p', 'a'), end('p', 'b'), GIB, 'inside'],
    ['two buckets, beyond the safe line', end('p', 'a'), end('p', 'b'), GIB + 1, 'relay'],
    ['two regions', end('p', 'a'), end('p', 'b', 'cn-beijing'), 1, 'relay'],
    ['a region that is not known', end('p', 'a'), end('p', 'b', ''), 1, 'inside'],
    ['the other one not known', end('p', 'a', ''), end('p', 'b'), 1, 'inside'],
    ['two accounts', end('p', 'a'), end('q', 'b'), 1, 'relay'],
    ['two accounts with buckets of one name', end('p', 'a'), end('q', 'a'), 1, 'relay'],
  ] as const)('%s', (_name, from, to, size, way) => expect(wayOf(from, to, size)).toBe(way))

  const oss = (status: number, ossCode: string): AppError => ({
    code: 'oss',
    status,
    ossCode,
    ec: '',
    message: '',
    requestId: '',
    retryAfterMs: 0,
  })
  test.each([
    ['too large within a bucket', oss(400, 'EntityTooLarge'), true, true],
    ['another refusal within a bucket', oss(400, 'InvalidArgument'), true, false],
    ['a refusal across buckets', oss(400, 'InvalidArgument'), false, true],
    ['a bad day of the server', oss(503, 'ServiceUnavailable'), false, false],
    ['too many requests', oss(429, 'QpsLimitExceeded'), false, false],
    [
      'no leave, or another region',
      {
        code: 'access-denied',
        action: 'oss:PutObject',
        ossCode: 'AccessDenied',
        ec: '',
        requestId: '',
      },
      false,
      true,
    ],
    [
      'no leave within a bucket',
      {
        code: 'access-denied',
        action: 'oss:PutObject',
        ossCode: 'AccessDenied',
        ec: '',
        requestId: '',
      },
      true,
      false,
    ],
    [
      'a bucket that is not seen from there',
      { code: 'not-found', what: 'bucket', name: 'b' },
      false,
      true,
    ],
    ['the source is gone', { code: 'not-found', what: 'object', name: 'b' }, false, false],
    ['the source was replaced', { code: 'object-changed', key: 'b' }, false, false],
    ['the name is taken', { code: 'object-exists', key: 'b' }, false, false],
  ] as const satisfies readonly (readonly [string, AppError, boolean, boolean])[])(
    '%s',
    (_name, error, sameBucket, expected) => expect(mayRelay(error, sameBucket)).toBe(expected),
  )
})

describe('how it goes up again', () => {
  const P = 'x-oss-meta-client-side-encryption-'
  const sealed = {
    [`${P}key`]: 'a2V5',
    [`${P}start`]: 'c3RhcnQ=',
    [`${P}cek-alg`]: 'AES/CTR/NoPadding',
    [`${P}wrap-alg`]: 'RSA/NONE/PKCS1Padding',
  }
  const declared = (dataSize: number | string, partSize: number | string) => ({
    ...sealed,
    [`${P}data-size`]: String(dataSize),
    [`${P}part-size`]: String(partSize),
  })
  const preferred = { multipartFrom: 10_000_000, partSize: 1_048_576 }
  const plan = (size: number, headers: Record<string, string>) => {
    const { parts, inParts, headers: made } = relayPlan(size, headers, preferred)
    return {
      inParts,
      parts: parts.length,
      partSize: inParts ? parts[0]?.length : null,
      kept: JSON.stringify(made) === JSON.stringify(headers),
    }
  }
  const whole = { inParts: false, parts: 1, partSize: null, kept: true }
  test.each([
    ['nothing', 0, {}, whole],
    ['plain and small', 9_999_999, {}, whole],
    [
      'plain and large',
      10_000_000,
      {},
      { inParts: true, parts: 10, partSize: 1_048_576, kept: true },
    ],
    [
      'older format and large',
      10_000_000,
      { 'x-oss-meta-oss-crypto-key': 'a' },
      { inParts: true, parts: 10, partSize: 1_048_576, kept: true },
    ],
    ['sealed in one request, small', 9_999_999, sealed, whole],
    [
      'sealed in one request, large: parts are declared',
      10_000_000,
      sealed,
      { inParts: true, parts: 10, partSize: 1_048_576, kept: false },
    ],
    [
      'sealed in parts: the same parts, however small',
      300_000,
      declared(300_000, 102_400),
      { inParts: true, parts: 3, partSize: 102_400, kept: true },
    ],
    [
      'sealed in one part',
      50,
      declared(50, 102_400),
      { inParts: true, parts: 1, partSize: 50, kept: true },
    ],
    [
      'sealed in exactly 10,000 parts',
      1_024_000_000,
      declared(1_024_000_000, 102_400),
      { inParts: true, parts: MAX_PARTS, partSize: 102_400, kept: true },
    ],
    ['declared in more parts than may be', 1_024_000_001, declared(1_024_000_001, 102_400), whole],
    ['shorter than declared', 299_999, declared(300_000, 102_400), whole],
    ['declared parts that no upload has', 300_000, declared(300_000, 102_399), whole],
    ['declared parts too small', 300_000, declared(300_000, 1600), whole],
    ['declared parts too large', 20_000_000, declared(20_000_000, MAX_PART_BYTES + 16), whole],
    ['a part size that is no number', 300_000, declared(300_000, 'many'), whole],
    ['a part size written oddly', 300_000, declared(300_000, '0102400'), whole],
    ['one of the two sizes', 20_000_000, { ...sealed, [`${P}data-size`]: '20000000' }, whole],
    ['declared, and empty', 0, declared(0, 102_400), whole],
  ] as const)('%s', (_name, size, headers, expected) =>
    expect(plan(size, headers)).toEqual(expected),
  )

  test('what OSS wants to see again with every part is the envelope alone', () => {
    expect(
      relayPlan(
        300_000,
        { ...declared(300_000, 102_400), 'x-oss-meta-own': '1', 'content-type': 'a/b' },
        preferred,
      ).repeated,
    ).toEqual(declared(300_000, 102_400))
  })

  test('new part sizes are told, fit the rules, and never make a file look as if a Java SDK had split it anew', () => {
    for (const size of [
      10_000_000,
      10_485_760_000,
      10_485_760_001,
      123_456_789_012,
      48 * 1024 ** 4,
    ]) {
      const made = relayPlan(size, sealed, preferred)
      const [dataSize, partSize] = [
        Number(made.headers[`${P}data-size`]),
        Number(made.headers[`${P}part-size`]),
      ]
      expect(dataSize).toBe(size)
      expect(made.parts.slice(0, -1).every(({ length }) => length === partSize)).toBe(true)
      expect(partSize % 16).toBe(0)
      expect(made.parts.length).toBeLessThan(MAX_PARTS)
      expect(resplitOf({ format: 'v2', dataSize, partSize }, size)).toBe(null)
      expect(made.repeated).toEqual(made.headers)
    }
  })

  test('what fits neither in one request nor in its declared parts is refused', () => {
    const size = MAX_PART_BYTES + 1
    expect(() => relayPlan(size, declared(size + 1, 1_048_576), preferred)).toThrow('too-large')
    expect(() => relayPlan(size, declared(size, 102_400), preferred)).toThrow('too-large')
    expect(relayPlan(MAX_PART_BYTES, declared(size, 1_048_576), preferred).inParts).toBe(false)
  })
})
