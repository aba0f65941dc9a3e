import { writeSync, openSync, closeSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { identifyAtRest, openSource } from '../../electron/core/files/file-source.ts'
import type { RangeJob } from '../../electron/core/worker/job.ts'
import { pumpOut } from '../../electron/core/worker/pump.ts'
import type { Oss } from '../../electron/core/oss/client.ts'
import { readObjectPage } from '../../electron/core/oss/object-page.ts'
import { readXml } from '../../electron/core/oss/oss-xml.ts'
import { openControl } from '../../electron/core/transfer/run/control.ts'
import { headOf } from '../../electron/core/oss/objects.ts'
import { storedObject } from '../../electron/core/transfer/run/stored-bytes.ts'
import { upload } from '../../electron/core/transfer/upload/upload.ts'
import { fail, Failure, ok } from '../../shared/contract/errors.ts'
import { errorOf, never } from './oss-practice.ts'
import { kit, PART, plaintext, testKey } from './transfer-kit.ts'

const k = kit()
const file = async (bytes: Buffer, name = 'source.bin'): Promise<string> => {
  const path = join(k.dir, name)
  await writeFile(path, bytes)
  return path
}

test('no byte of a changed source leaves: the old ones may have left under the same key stream', async () => {
  const size = 6 * 1024 * 1024
  const path = await file(Buffer.alloc(size, 'a'))
  const source = await openSource(path, await identifyAtRest(path))
  const left: Buffer[] = []
  const out = new Writable({
    highWaterMark: 1,
    write(chunk: Buffer, _encoding, done) {
      if (left.length === 0) {
        const handle = openSync(path, 'r+')
        writeSync(handle, Buffer.alloc(size, 'b'), 0, size, 0)
        closeSync(handle)
      }
      left.push(chunk)
      done()
    },
  })
  const cipher = {
    update: (bytes: Uint8Array) => Uint8Array.from(bytes),
    lead: 0,
    end: () => ({ tag: null, edges: null }),
  }
  expect(
    await errorOf(
      pumpOut(
        source,
        0,
        size,
        { cipher, crc: null, leaves: null, limit: null },
        out,
        never,
        () => undefined,
        null,
      ),
    ),
  ).toEqual({ code: 'source-changed', path })
  await source.close()
  expect(Buffer.concat(left).includes('b')).toBe(false)
  expect(left.length).toBeGreaterThan(0)
})

test('a job that had to wait is made, and signed, when its turn has come', async () => {
  const held: ServerResponse[] = []
  const server = createServer((_request, response) => void held.push(response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const path = await file(plaintext(10))
  const identity = await identifyAtRest(path)
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  let made = 0
  const job = async (): Promise<RangeJob> => {
    made += 1
    return {
      kind: 'send',
      request: { url, method: 'PUT', headers: {} },
      source: { path, identity },
      offset: 0,
      length: 10,
      cipher: null,
      checksum: false,
    }
  }
  try {
    const running = Array.from({ length: 48 }, () => k.pool.run(job, { signal: never }))
    await expect.poll(() => held.length).toBe(48)
    const waiting = k.pool.run(job, { signal: never })
    // One whose making fails gives its turn to the next.
    const failing = errorOf(
      k.pool.run(
        async () => {
          throw new Failure({ code: 'secret-lost', name: 'x' })
        },
        { signal: never },
      ),
    )
    const last = k.pool.run(job, { signal: never })
    expect(made).toBe(48)
    held.splice(0).forEach((response) => response.end())
    await Promise.all(running)
    expect(await failing).toEqual({ code: 'secret-lost', name: 'x' })
    await expect.poll(() => held.length).toBe(2)
    held.splice(0).forEach((response) => response.end())
    await Promise.all([waiting, last])
    expect(made).toBe(50)
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

test('ranges are never more than an upload has parts, however small they were asked to be', async () => {
  await k.up(await file(plaintext(3 * PART)))
  const running = k.running()
  await k.down('source.bin', { partSize: 16 }, running)
  expect(running.steps.find(({ t }) => t === 'planned')).toMatchObject({ parts: 3 })
})

test.each([
  ['in parts', 5 * PART],
  ['in parts, after a pause', 5 * PART],
  ['in one request, after a pause', 2 * PART],
])(
  'the master key is deleted while a file goes up %s: no object is left that nobody could open',
  async (how, size) => {
    let asked = 0
    const masterKey = async () =>
      asked++ === 0
        ? ok(testKey())
        : fail({ code: 'not-found', what: 'master-key', name: 'work' } as const)
    const control = openControl()
    const paused = how.endsWith('pause')
    if (paused) control.pause()
    const path = await file(plaintext(size))
    const work = errorOf(k.up(path, { masterKey }, k.running(control)))
    if (paused) await expect.poll(() => asked).toBe(1)
    if (paused) control.resume()
    expect(await work).toMatchObject({ code: 'not-found', what: 'master-key' })
    expect(await errorOf(k.head('source.bin'))).toMatchObject({ code: 'not-found', what: 'object' })
    expect(await k.uploadsLeft()).toBe(0)
  },
)

test('a key that cannot be read at the end is no reason to lose what was sent', async () => {
  let asked = 0
  const masterKey = async () =>
    asked++ === 0 ? ok(testKey()) : fail({ code: 'keychain-locked' } as const)
  expect((await k.up(await file(plaintext(5 * PART)), { masterKey })).checksum).toBe('matches')
  expect(asked).toBe(2)
})

test('an upload that could not be dropped is dropped by the next try', async () => {
  const job = k.uploadJob(await file(plaintext(5 * PART)))
  k.practice.faults.add({
    match: { method: 'PUT', query: 'partNumber' },
    do: { kind: 'status', status: 403, code: 'SecurityTokenExpired' },
    times: 20,
  })
  k.practice.faults.add({
    match: { method: 'DELETE', query: 'uploadId' },
    do: { kind: 'status', status: 403, code: 'SecurityTokenExpired' },
    times: 20,
  })
  expect(await errorOf(upload(job, k.running()))).toMatchObject({ code: 'bad-credentials' })
  expect(await k.uploadsLeft()).toBe(1)
  k.practice.faults.clear()
  expect((await upload(job, k.running())).checksum).toBe('matches')
  expect(await k.uploadsLeft()).toBe(0)
})

test('a part whose clock stays wrong is signed anew twice, not again and again', async () => {
  k.practice.faults.add({
    match: { method: 'PUT', query: 'partNumber' },
    do: { kind: 'status', status: 403, code: 'RequestTimeTooSkewed' },
    times: 50,
  })
  const running = { ...k.running(), parallel: () => 1 }
  expect(await errorOf(k.up(await file(plaintext(4 * PART)), {}, running))).toMatchObject({
    code: 'clock',
  })
  expect(running.steps.filter(({ t }) => t === 'retried').length).toBe(2)
})

test.each([
  ['in parts', 4 * PART, { method: 'POST', query: 'uploadId' }],
  ['in one request', PART, { method: 'PUT' }],
] as const)(
  'every answer to the last request of an upload %s is lost: the object that is there counts',
  async (_how, size, match) => {
    k.practice.faults.add({ match, do: { kind: 'lose-response' }, times: 50 })
    expect((await k.up(await file(plaintext(size)))).checksum).toBe('matches')
    expect((await k.head('source.bin')).size).toBe(size)
    expect(await k.uploadsLeft()).toBe(0)
  },
)

test('a list that breaks off is no short list', () => {
  const xml = readXml(
    '<ListBucketResult><IsTruncated>true</IsTruncated><Contents><Key>a</Key></Contents></ListBucketResult>',
    'ListBucketResult',
  )
  expect(() => xml && readObjectPage(xml, { prefix: '', delimiter: '' })).toThrow('oss')
})

test('who is cancelled while waiting for a place leaves at once', async () => {
  const held: ServerResponse[] = []
  const server = createServer((_request, response) => void held.push(response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const path = await file(plaintext(10))
  const identity = await identifyAtRest(path)
  const job: RangeJob = {
    kind: 'send',
    request: {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      method: 'PUT',
      headers: {},
    },
    source: { path, identity },
    offset: 0,
    length: 10,
    cipher: null,
    checksum: false,
  }
  try {
    const running = Array.from({ length: 48 }, () => k.pool.run(job, { signal: never }))
    await expect.poll(() => held.length).toBe(48)
    const control = new AbortController()
    const leaving = errorOf(k.pool.run(job, { signal: control.signal }))
    const staying = k.pool.run(job, { signal: never })
    control.abort()
    expect(await leaving).toEqual({ code: 'cancelled' })
    expect(held.length).toBe(48)
    held.splice(0).forEach((response) => response.end())
    await Promise.all(running)
    await expect.poll(() => held.length).toBe(1)
    held.splice(0).forEach((response) => response.end())
    expect((await staying).answer?.status).toBe(200)
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

test.each([
  ['more', 1000],
  ['less', 3],
])(
  'a server that sends %s than it announced: no preview, and nothing endless in memory',
  async (_how, chunks) => {
    let sent = 0
    const body = Readable.from(
      (function* () {
        for (; sent < chunks; sent++) yield Buffer.alloc(1, 'x')
      })(),
    )
    const oss: Oss = {
      ...k.oss,
      open: async () => ({
        status: 206,
        headers: new Map([['content-range', 'bytes 0-9/10']]),
        body,
        text: async () => '',
      }),
    }
    const head = headOf({
      status: 200,
      headers: new Map([
        ['content-length', '10'],
        ['etag', '"e"'],
      ]),
    })
    const work = storedObject(oss, { bucket: k.bucket, key: 'x' }, head, never).peek(0, 10)
    expect(await errorOf(work)).toMatchObject({ code: 'size-differs', expected: 10 })
    expect(sent).toBeLessThan(100)
  },
)
