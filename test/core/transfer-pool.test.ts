import { createCipheriv, randomBytes } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { appendFile, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { takeCrc64 } from '../../electron/core/cipher/crc64-sum.ts'
import { identify } from '../../electron/core/files/file-source.ts'
import type { JobCipher } from '../../electron/core/cipher/content-cipher.ts'
import type { RangeJob } from '../../electron/core/worker/job.ts'
import { openPool, type WorkerPool } from '../../electron/core/worker/pool.ts'
import { Failure } from '../../shared/contract/errors.ts'

const KEY = randomBytes(32)
const COUNTER = randomBytes(16).fill(0, 8, 12)
const PLAIN = randomBytes(3_500_001)
const CIPHER = createCipheriv('aes-256-ctr', KEY, COUNTER).update(PLAIN)
const cipher = (at: number): JobCipher => ({
  kind: 'ctr',
  dataKey: Uint8Array.from(KEY),
  counter: COUNTER,
  at,
  resplit: null,
})
const never = new AbortController().signal
setMaxListeners(0, never)

let dir: string
let source: string
let server: Server
let url: string
let pool: WorkerPool
let handle: (request: IncomingMessage, response: ServerResponse) => void

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cipherbucket-pool-'))
  source = join(dir, 'source')
  await writeFile(source, PLAIN)
  server = createServer((request, response) => handle(request, response))
  // A connection that one test has closed must not be what the next one tries first.
  server.maxRequestsPerSocket = 1
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/object`
  pool = openPool({
    workerUrl: new URL('../../out/core/part-worker.mjs', import.meta.url),
    threads: 2,
  })
})
afterEach(() => server.closeAllConnections())
afterAll(async () => {
  await pool.close()
  await new Promise((resolve) => server.close(resolve))
  await rm(dir, { recursive: true, force: true })
})

const crcOf = async (bytes: Uint8Array): Promise<bigint> => {
  const crc = await takeCrc64()
  crc.update(bytes)
  const value = crc.value()
  crc.release()
  return value
}
const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work
    return 'no failure'
  } catch (cause) {
    if (cause instanceof Failure) return cause.error.code
    throw cause
  }
}
const send = async (offset: number, length: number, path = source): Promise<RangeJob> => ({
  kind: 'send',
  request: { url, method: 'PUT', headers: { 'x-test': 'yes' } },
  source: { path, identity: await identify(path) },
  offset,
  length,
  cipher: cipher(offset),
  checksum: true,
})
const emptyFile = async (name: string, size: number): Promise<string> => {
  const file = await open(join(dir, name), 'w')
  await file.truncate(size)
  await file.close()
  return join(dir, name)
}
const receive = async (
  offset: number,
  length: number,
  target: string,
  at: number,
): Promise<RangeJob> => ({
  kind: 'receive',
  request: { url, method: 'GET', headers: { range: `bytes=${offset}-${offset + length - 1}` } },
  offset,
  length,
  cipher: cipher(offset),
  checksum: true,
  target: { temporary: target, path: join(dir, 'real-name'), bytes: PLAIN.length },
  at,
})

describe('sending', () => {
  for (const [offset, length] of [
    [0, 0],
    [0, 1],
    [0, 15],
    [16, 17],
    [7, 1_048_576],
    [1_048_577, 1_048_575],
    [0, PLAIN.length],
  ] as const) {
    test(`${length} bytes from ${offset}`, async () => {
      let got: Buffer = Buffer.alloc(0)
      let headers: IncomingMessage['headers'] = {}
      handle = (request, response) =>
        void buffer(request).then((body) => {
          got = body
          headers = request.headers
          response.writeHead(200, { etag: '"e"' }).end()
        })
      const { answer, crc64 } = await pool.run(await send(offset, length), { signal: never })
      expect(got.equals(CIPHER.subarray(offset, offset + length))).toBe(true)
      expect(headers['content-length']).toBe(String(length))
      expect(headers['x-test']).toBe('yes')
      expect(answer?.headers.get('etag')).toBe('"e"')
      expect(crc64).toBe(await crcOf(CIPHER.subarray(offset, offset + length)))
    })
  }

  test('the data key is moved to the thread, not shared with it', async () => {
    handle = (request, response) => void request.resume().on('end', () => response.end())
    const job = await send(0, 100)
    await pool.run(job, { signal: never })
    expect(job.cipher?.dataKey.length).toBe(0)
  })

  test('an answer before the body is an answer; the connection is not used again', async () => {
    handle = (_request, response) =>
      void response
        .writeHead(403, { 'x-oss-request-id': 'r' })
        .end('<Error><Code>AccessDenied</Code></Error>')
    const { answer, crc64 } = await pool.run(await send(0, PLAIN.length), { signal: never })
    expect(answer?.status).toBe(403)
    expect(answer?.body).toContain('AccessDenied')
    expect(crc64).toBe(null)
    handle = (request, response) => void request.resume().on('end', () => response.end())
    expect((await pool.run(await send(0, PLAIN.length), { signal: never })).answer?.status).toBe(
      200,
    )
  })

  test('a success before the body is none', async () => {
    // Far more than sockets hold: the answer always comes before the last byte was taken.
    const length = 64 * 1024 ** 2
    const path = await emptyFile('large', length)
    handle = (_request, response) => void response.writeHead(200, { etag: '"e"' }).end()
    expect(await codeOf(pool.run(await send(0, length, path), { signal: never }))).toBe('oss')
  })

  test('a reset in the middle is unreachable', async () => {
    handle = (request) => void request.once('data', () => request.socket.destroy())
    expect(await codeOf(pool.run(await send(0, PLAIN.length), { signal: never }))).toBe(
      'unreachable',
    )
  })

  test('a source that changes while it is read never becomes a whole body', async () => {
    const path = join(dir, 'growing')
    // More than two sockets hold, so that there is something left to read when the other side has
    // seen the first of it.
    const size = 64 * 1024 * 1024
    await writeFile(path, Buffer.alloc(size, PLAIN))
    let received = 0
    let whole = false
    handle = (request, response) => {
      request.on('data', (chunk: Buffer) => {
        if (received === 0) void appendFile(path, 'more')
        received += chunk.length
        request.pause()
        setTimeout(() => request.resume(), 5)
      })
      request.on('end', () => {
        whole = received === size
        response.end()
      })
      request.on('error', () => undefined)
    }
    expect(await codeOf(pool.run(await send(0, size, path), { signal: never }))).toBe(
      'source-changed',
    )
    expect(whole).toBe(false)
    expect(received).toBeLessThan(size)
  })

  test('cancelled before, during the body, and while the answer is awaited', async () => {
    let reached: () => void = () => undefined
    const early = new AbortController()
    early.abort()
    expect(await codeOf(pool.run(await send(0, 10), { signal: early.signal }))).toBe('cancelled')
    for (const when of ['data', 'end'] as const) {
      const control = new AbortController()
      const there = new Promise<void>((resolve) => (reached = resolve))
      handle = (request) => {
        request.on('error', () => undefined)
        request.on(when, () => reached())
        if (when === 'end') request.resume()
        else request.once('data', () => request.pause())
      }
      const running = codeOf(pool.run(await send(0, PLAIN.length), { signal: control.signal }))
      await there
      control.abort()
      expect(await running).toBe('cancelled')
    }
  })

  test('progress grows, stays below the whole, and is told a few times a second only', async () => {
    const told: { at: number; bytes: number }[] = []
    handle = (request, response) => {
      request.on('data', () => {
        request.pause()
        setTimeout(() => request.resume(), 20)
      })
      request.on('end', () => response.end())
    }
    const began = performance.now()
    await pool.run(await send(0, PLAIN.length), {
      signal: never,
      onMoved: (bytes) => void told.push({ at: performance.now(), bytes }),
    })
    const seconds = (performance.now() - began) / 1000
    expect(told.length).toBeGreaterThan(0)
    expect(told.length).toBeLessThanOrEqual(Math.ceil(seconds * 8) + 1)
    expect(
      told.every(({ bytes }, i) => bytes > (told[i - 1]?.bytes ?? 0) && bytes <= PLAIN.length),
    ).toBe(true)
  })
})

describe('receiving', () => {
  const ranged = (request: IncomingMessage, response: ServerResponse, body = CIPHER): void => {
    const [, first = 0, last = 0] = (
      /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? []
    ).map(Number)
    response
      .writeHead(206, {
        'content-range': `bytes ${first}-${last}/${body.length}`,
        'content-length': last - first + 1,
      })
      .end(body.subarray(first, last + 1))
  }
  for (const [offset, length, at] of [
    [0, 1, 0],
    [15, 17, 4],
    [1, 1_048_577, 1_000],
    [0, PLAIN.length, 0],
  ] as const) {
    test(`${length} bytes from ${offset} to ${at}`, async () => {
      handle = ranged
      const target = await emptyFile('target', at + length)
      const { crc64 } = await pool.run(await receive(offset, length, target, at), { signal: never })
      expect(
        (await readFile(target)).equals(
          Buffer.concat([Buffer.alloc(at), PLAIN.subarray(offset, offset + length)]),
        ),
      ).toBe(true)
      expect(crc64).toBe(await crcOf(CIPHER.subarray(offset, offset + length)))
    })
  }

  const wrong: readonly {
    readonly name: string
    readonly answer: typeof handle
    readonly code: string
  }[] = [
    {
      name: 'the whole object instead of the range',
      answer: (_r, response) => void response.end(CIPHER),
      code: 'size-differs',
    },
    {
      name: 'another range',
      answer: (_r, response) =>
        void response
          .writeHead(206, { 'content-range': 'bytes 0-99/1000', 'content-length': 100 })
          .end(CIPHER.subarray(0, 100)),
      code: 'size-differs',
    },
    {
      name: 'a body cut short',
      answer: (_r, response) =>
        void response
          .writeHead(206, { 'content-range': 'bytes 10-109/1000', 'content-length': 100 })
          .write(CIPHER.subarray(0, 50), () => response.destroy()),
      code: 'unreachable',
    },
    {
      name: 'a 206 that does not say where',
      answer: (_r, response) => void response.writeHead(206).end(CIPHER.subarray(0, 100)),
      code: 'oss',
    },
  ]
  for (const { name, answer, code } of wrong) {
    test(`${name}: ${code}`, async () => {
      handle = answer
      expect(
        await codeOf(
          pool.run(await receive(10, 100, await emptyFile('target', 100), 0), { signal: never }),
        ),
      ).toBe(code)
    })
  }

  test('a target that cannot be written names the real file', async () => {
    handle = ranged
    const failed = pool.run(await receive(0, 100, join(dir, 'missing', 'target'), 0), {
      signal: never,
    })
    await expect(failed).rejects.toMatchObject({
      error: { code: 'target-unwritable', path: join(dir, 'real-name'), reason: 'ENOENT' },
    })
  })
})

describe('without a network', () => {
  test('a range of one file into another, decrypted and summed', async () => {
    const blob = join(dir, 'blob')
    await writeFile(blob, CIPHER)
    const target = await emptyFile('plain', PLAIN.length)
    const identity = await identify(blob)
    for (const [offset, length] of [
      [0, 1_000_003],
      [1_000_003, PLAIN.length - 1_000_003],
    ] as const) {
      const job: RangeJob = {
        kind: 'recode',
        source: { path: blob, identity },
        offset,
        length,
        cipher: cipher(offset),
        target: { temporary: target, path: target, bytes: 0 },
        at: offset,
        checksum: true,
      }
      expect((await pool.run(job, { signal: never })).crc64).toBe(
        await crcOf(CIPHER.subarray(offset, offset + length)),
      )
    }
    expect((await readFile(target)).equals(PLAIN)).toBe(true)
  })

  test('the sum of what a range becomes', async () => {
    const { crc64 } = await pool.run(
      {
        kind: 'sum',
        source: { path: source, identity: await identify(source) },
        offset: 33,
        length: 2_000_000,
        cipher: cipher(33),
        checksum: true,
      },
      { signal: never },
    )
    expect(crc64).toBe(await crcOf(CIPHER.subarray(33, 2_000_033)))
  })
})

describe('threads', () => {
  test('many jobs at once, more than are taken up at a time', async () => {
    handle = (request, response) =>
      void buffer(request).then((body) => response.writeHead(200, { 'x-len': body.length }).end())
    const jobs = await Promise.all(Array.from({ length: 120 }, (_, i) => send(i, 20_000 + i)))
    const results = await Promise.all(jobs.map((job) => pool.run(job, { signal: never })))
    expect(results.map(({ answer }) => Number(answer?.headers.get('x-len')))).toEqual(
      jobs.map(({ length }) => length),
    )
  })

  test('a thread that dies fails its jobs, and the next job gets a new one', async () => {
    const script = join(dir, 'dies.mjs')
    await writeFile(
      script,
      `import { parentPort } from 'node:worker_threads'
      parentPort.on('message', ({ jobs }) => {
        for (const { id, job } of jobs)
          if (job.offset === 1) process.exit(3)
          else parentPort.postMessage({ moved: [], prints: [], ended: [{ id, range: { answer: null, crc64: 7n, tag: null, edges: null } }] })
      })`,
    )
    const fragile = openPool({ workerUrl: new URL(`file://${script}`), threads: 1 })
    const job = async (offset: number): Promise<RangeJob> => ({
      kind: 'sum',
      source: { path: source, identity: await identify(source) },
      offset,
      length: 1,
      cipher: null,
      checksum: true,
    })
    await expect(fragile.run(await job(1), { signal: never })).rejects.toThrow('stopped')
    expect((await fragile.run(await job(0), { signal: never })).crc64).toBe(7n)
    await fragile.close()
    expect(await codeOf(fragile.run(await job(0), { signal: never }))).toBe('cancelled')
  })
})
