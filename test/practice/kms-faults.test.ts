import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { KmsFaultAction } from '../tools/kms-faults.ts'
import type { Practice } from '../tools/practice.ts'
import { freshPractice } from './harness.ts'
import { broken, callAcs3, callV1, textOf } from './kms-harness.ts'

let practice: Practice
beforeAll(async () => void (practice = await freshPractice()))
afterEach(() => practice.reset())
afterAll(() => practice.close())

const arm = (action: KmsFaultAction, match = {}) => practice.kms.faults.add({ match, do: action })
const dataKey = () =>
  callAcs3(practice, { action: 'GenerateDataKey', params: { KeyId: 'alias/practice' } })
const seen = () => practice.kms.log.entries().at(-1)

test('an answer in place of the real one, once', async () => {
  arm({ kind: 'status', status: 503, code: 'ServiceUnavailableTemporary' })
  const got = await dataKey()
  expect([got.status, got.code, seen()?.keyId, practice.kms.faults.left]).toEqual([
    503,
    'ServiceUnavailableTemporary',
    '',
    0,
  ])
  expect((await dataKey()).status).toBe(200)
})

test('throttling, as KMS and as the gateway words it', async () => {
  arm({ kind: 'throttle' })
  expect([(await dataKey()).status, seen()?.code]).toEqual([429, 'Rejected.Throttling'])
  arm({ kind: 'throttle', code: 'Throttling' })
  expect([(await dataKey()).status, seen()?.code]).toEqual([400, 'Throttling'])
})

test('a delay', async () => {
  arm({ kind: 'delay', ms: 120 })
  const started = performance.now()
  expect((await dataKey()).status).toBe(200)
  expect(performance.now() - started).toBeGreaterThanOrEqual(119)
})

test('a client that does not wait for a delay is not waited for', async () => {
  const own = await freshPractice()
  own.kms.faults.add({ match: {}, do: { kind: 'delay', ms: 3_600_000 } })
  const patience = new AbortController()
  const late = fetch(own.kms.endpoint, { signal: patience.signal }).then(
    () => 'done',
    (cause: Error) => cause.name,
  )
  while (own.kms.faults.left > 0) await new Promise((resolve) => setTimeout(resolve, 5))
  patience.abort()
  expect(await late).toBe('AbortError')
  await own.close()
})

test('resets: before anything is done, and after all is', async () => {
  arm({ kind: 'reset-request' })
  expect([await broken(dataKey()), seen()?.keyId, seen()?.status]).toEqual(['ECONNRESET', '', 0])
  arm({ kind: 'lose-response' })
  expect([await broken(dataKey()), seen()?.keyId, seen()?.status]).toEqual([
    'ECONNRESET',
    practice.kms.cmkId,
    0,
  ])
})

test('JSON that ends in the middle, in a body of the right length', async () => {
  arm({ kind: 'cut', chars: 20 })
  const got = await dataKey()
  expect([got.status, got.text.length, got.headers['content-length']]).toEqual([200, 20, '20'])
})

test('a page of a proxy', async () => {
  arm({ kind: 'html' })
  const got = await dataKey()
  expect([got.status, got.headers['content-type']]).toEqual([502, 'text/html'])
  expect(got.text).toMatch(/^<html>/)
})

describe('members of the answer that are wrong', () => {
  test.each<[string, Readonly<Record<string, string>>]>([
    ['base64 that is none', { Plaintext: '*** not base64 ***' }],
    ['another key', { KeyId: '00000000-0000-4000-8000-000000000000' }],
    ['a plaintext that is too short', { Plaintext: Buffer.alloc(31).toString('base64') }],
    ['a blob that is none', { CiphertextBlob: '' }],
  ])('%s', async (_name, wrong) => {
    arm({ kind: 'answer', with: wrong })
    const got = await dataKey()
    expect(got.json).toMatchObject(wrong)
    expect(Object.keys(got.json).sort()).toEqual([
      'CiphertextBlob',
      'KeyId',
      'KeyVersionId',
      'Plaintext',
      'RequestId',
    ])
    expect((await dataKey()).json).not.toMatchObject(wrong)
  })
})

test('a clock that is wrong', async () => {
  arm({ kind: 'skew', ms: 20 * 60_000 })
  expect((await dataKey()).code).toBe('InvalidTimeStamp.Expired')
})

test('only the action that is meant, only the n-th time', async () => {
  practice.kms.faults.add({
    match: { action: 'Decrypt', nth: 2 },
    do: { kind: 'status', status: 500, code: 'InternalFailure' },
    times: 1,
  })
  const CiphertextBlob = textOf(await dataKey(), 'CiphertextBlob')
  const statuses = []
  for (let i = 0; i < 3; i++)
    statuses.push(
      (await callV1(practice, { action: 'Decrypt', params: { CiphertextBlob } })).status,
    )
  expect(statuses).toEqual([200, 500, 200])
})

test('none after a reset, of any region', async () => {
  const other = await practice.openKms('cn-shanghai')
  for (const kms of [practice.kms, other])
    kms.faults.add({ match: {}, do: { kind: 'html' }, times: 9 })
  await practice.reset()
  expect([practice.kms.faults.left, other.faults.left]).toEqual([0, 0])
})
