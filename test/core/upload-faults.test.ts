import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { Fault } from '../tools/oss-faults.ts'
import { openAppKit, namesIn } from './app-kit.ts'

const kit = openAppKit()
const PART = 1024 * 1024
const SIZE = 40 * PART
afterEach(() => kit.f.practice.faults.clear())

const ROWS: readonly (readonly [string, readonly Fault[]])[] = [
  [
    'every third request is reset before anything',
    [{ match: { every: 3 }, do: { kind: 'reset-request', afterBytes: 0 }, times: 10_000 }],
  ],
  [
    'every third request is reset in its middle, every third answer too',
    [
      {
        match: { method: 'PUT', every: 3 },
        do: { kind: 'reset-request', afterBytes: 300_000 },
        times: 10_000,
      },
      {
        match: { method: 'GET', every: 3 },
        do: { kind: 'reset-response', afterBytes: 300_000 },
        times: 10_000,
      },
    ],
  ],
  [
    'every third answer is lost',
    [{ match: { every: 3 }, do: { kind: 'lose-response' }, times: 10_000 }],
  ],
  [
    'every fourth request is told to come later',
    [{ match: { every: 4 }, do: { kind: 'throttle', delayMs: 50 }, times: 10_000 }],
  ],
  [
    'every third answer ends early',
    [
      {
        match: { method: 'GET', every: 3 },
        do: { kind: 'truncate', bytes: 100_000 },
        times: 10_000,
      },
    ],
  ],
  [
    'the answers to initiate and complete are lost',
    [
      { match: { method: 'POST', query: 'uploads' }, do: { kind: 'lose-response' } },
      { match: { method: 'POST', query: 'uploadId' }, do: { kind: 'lose-response' } },
    ],
  ],
  [
    'initiate and complete fail twice with 500',
    [
      {
        match: { method: 'POST', query: 'uploads' },
        do: { kind: 'status', status: 500, code: 'InternalError' },
        times: 2,
      },
      {
        match: { method: 'POST', query: 'uploadId' },
        do: { kind: 'status', status: 503, code: 'ServiceUnavailable' },
        times: 2,
      },
    ],
  ],
]

test.each(ROWS)('40 MiB in parts while %s: the same bytes in the end', async (name, faults) => {
  const [path, key] = [join(kit.f.folder, `${name}.bin`), `${name}.bin`]
  const plain = randomBytes(SIZE)
  writeFileSync(path, plain)
  const { id } = await kit.plan([path])
  await kit.f.call('settings.update', { partSize: PART })
  for (const fault of faults) kit.f.practice.faults.add(fault)
  const [sent] = await kit.f.ended(await kit.start(id, { partSize: PART }))
  expect([sent?.phase, sent?.error, sent?.outcome?.checksum]).toEqual(['done', null, 'matches'])
  const [got] = await kit.down([key], name)
  expect([got?.phase, got?.error, got?.outcome?.checksum]).toEqual(['done', null, 'matches'])
  kit.f.practice.faults.clear()
  expect(
    createHash('sha256')
      .update(readFileSync(join(kit.f.folder, name, key)))
      .digest('hex'),
  ).toBe(createHash('sha256').update(plain).digest('hex'))
  expect(await namesIn(join(kit.f.folder, name))).toEqual([key])
  expect(await kit.uploadsLeft()).toBe(0)
  await kit.remove(key)
})

test('a server that is gone for good: it waits with a clear sentence, and cancelled it leaves nothing here', async () => {
  writeFileSync(join(kit.f.folder, 'alone.bin'), randomBytes(3 * PART))
  await kit.up([join(kit.f.folder, 'alone.bin')])
  kit.f.practice.faults.add({
    match: { method: 'GET', key: 'alone.bin' },
    do: { kind: 'reset-response', afterBytes: 1000 },
    times: 10_000,
  })
  const [got] = await kit.down(['alone.bin'], 'alone', { range: null })
  expect([got?.phase, got?.error?.code]).toEqual(['needs-network', 'unreachable'])
  await kit.f.call('transfers.cancel', { ids: [got?.id ?? ''] })
  expect(await namesIn(join(kit.f.folder, 'alone'))).toEqual([])
})
