import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { open, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { identify } from '../../electron/core/files/file-source.ts'
import type { JobRequest, RangeJob } from '../../electron/core/worker/job.ts'
import {
  openSpeedLimit,
  setSpeedLimit,
  speedLimitMemory,
} from '../../electron/core/worker/speed-limit.ts'
import { openControl } from '../../electron/core/transfer/run/control.ts'
import { openPool } from '../../electron/core/worker/pool.ts'
import { errorOf, never } from './oss-practice.ts'
import { kit, PART, plaintext, WORKER_URL } from './transfer-kit.ts'

const k = kit()

const file = async (bytes: number): Promise<string> => {
  const path = join(k.dir, 'a.bin')
  await writeFile(path, plaintext(bytes))
  return path
}
const secondsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}

describe('transfers', () => {
  const RATE = 200_000
  const BYTES = 600_000
  const expected = BYTES / RATE

  // Parts take turns on both threads of the pool; one request uses one of them.
  test.each([
    ['in parts, on two threads', 2 * PART],
    ['in one request', 10 * BYTES],
  ])('up and down, %s: within 15 % of the limit', async (_how, multipartFrom) => {
    const path = await file(BYTES)
    // The threads start with their first job; that is no matter of the limit.
    await k.up(path, { key: 'first', multipartFrom })
    const unlimited = await secondsOf(() => k.up(path, { key: 'second', multipartFrom }))
    k.pool.limit(RATE)
    try {
      const up = await secondsOf(() => k.up(path, { key: 'a', multipartFrom }))
      const down = await secondsOf(() => k.down('a', { partSize: multipartFrom }))
      for (const seconds of [up, down]) {
        expect(seconds / expected).toBeGreaterThan(0.85)
        // Besides 15 % what a busy machine needs for everything else.
        expect(seconds).toBeLessThan(expected * 1.15 + 0.6 + 10 * unlimited)
      }
    } finally {
      k.pool.limit(0)
    }
  })

  test('lifted while a transfer runs: it is over at once', async () => {
    const path = await file(2_000_000)
    k.pool.limit(2000)
    const running = k.running(openControl(), ({ t }) => {
      if (t === 'moved') k.pool.limit(0)
    })
    // With the limit it would take longer than a test may.
    await k.up(path, { key: 'a' }, running)
    expect(running.steps.some(({ t }) => t === 'moved')).toBe(true)
  })

  test('set while a transfer runs: it slows down', async () => {
    const path = await file(6_000_000)
    k.pool.limit(3_000_000)
    let at = 0
    const running = k.running(openControl(), ({ t }) => {
      if (t !== 'moved' || at !== 0) return
      at = performance.now()
      k.pool.limit(1_000_000)
    })
    await k
      .up(path, { key: 'a', multipartFrom: 10_000_000 }, running)
      .finally(() => k.pool.limit(0))
    // Of six seconds' worth at most half a second's worth was sent before.
    expect((performance.now() - at) / 1000).toBeGreaterThan(4)
  })

  test('cancelled while it waits: at once', async () => {
    const path = await file(1_000_000)
    k.pool.limit(10_000)
    try {
      const control = openControl()
      const upload = errorOf(
        k.up(
          path,
          { key: 'a' },
          k.running(control, ({ t }) => {
            if (t === 'moved') control.cancel()
          }),
        ),
      )
      expect(await upload).toEqual({ code: 'cancelled' })
    } finally {
      k.pool.limit(0)
    }
    expect(await k.uploadsLeft()).toBe(0)
  })
})

describe('a connection that waits for us', () => {
  /** Shorter than the waits of one step at this limit. */
  const idleMs = 250
  const RATE = 3_000
  const BYTES = 6_000

  const withServer = async (
    answer: (request: IncomingMessage, response: ServerResponse) => void,
    work: (request: JobRequest & { readonly idleMs: number }) => Promise<RangeJob>,
  ): Promise<number> => {
    const server = createServer(answer)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const pool = openPool({ workerUrl: WORKER_URL, threads: 1 })
    pool.limit(RATE)
    try {
      const request = {
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`,
        method: 'PUT',
        headers: {},
        idleMs,
      }
      const { answer: got } = await pool.run(await work(request), { signal: never })
      return got?.status ?? 0
    } finally {
      await pool.close()
      server.closeAllConnections()
      server.close()
    }
  }

  test('while it is sent to', async () => {
    const path = await file(BYTES)
    const identity = await identify(path)
    const status = await withServer(
      (request, response) => void request.resume().on('end', () => response.end()),
      async (request) => ({
        kind: 'send',
        request,
        source: { path, identity },
        offset: 0,
        length: BYTES,
        cipher: null,
        checksum: true,
      }),
    )
    expect(status).toBe(200)
  })

  test('while it is received from, and when all of it is here already', async () => {
    const target = join(k.dir, 'target')
    await (await open(target, 'w')).close()
    const status = await withServer(
      (_request, response) =>
        void response
          .writeHead(206, {
            'content-range': `bytes 0-${BYTES - 1}/${BYTES}`,
            'content-length': BYTES,
          })
          .end(Buffer.alloc(BYTES)),
      async (request) => ({
        kind: 'receive',
        request: { ...request, method: 'GET' },
        offset: 0,
        length: BYTES,
        cipher: null,
        checksum: true,
        target: { temporary: target, path: target, bytes: BYTES },
        at: 0,
      }),
    )
    expect(status).toBe(206)
  })
})

test('set on a part whose next bytes were read already: they keep to it too, and none is held back for long', async () => {
  const path = join(k.dir, 'large')
  const file = await open(path, 'w')
  await file.truncate(64 * 1024 ** 2)
  await file.close()
  const pool = openPool({ workerUrl: WORKER_URL, threads: 1 })
  const stop = new AbortController()
  const counted = new Promise<number>((resolve) => {
    const server = createServer((request) => {
      let bytes = 0
      request.on('error', () => server.close())
      request.on('data', (chunk: Buffer) => void (bytes += chunk.length))
      // The line is full, and the sender has read on.
      request.pause()
      setTimeout(() => {
        pool.limit(40_000)
        request.resume()
        let began = 0
        setTimeout(() => ([bytes, began] = [0, performance.now()]), 1000)
        setTimeout(() => {
          resolve(bytes / ((performance.now() - began) / 1000))
          stop.abort()
        }, 3000)
      }, 300)
    })
    server.listen(0, '127.0.0.1', async () => {
      const request = {
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`,
        method: 'PUT',
        headers: {},
      }
      const identity = await identify(path)
      const cipher = {
        kind: 'ctr',
        dataKey: new Uint8Array(32),
        counter: new Uint8Array(16),
        at: 0,
        resplit: null,
      } as const
      await pool
        .run(
          {
            kind: 'send',
            request,
            source: { path, identity },
            offset: 0,
            length: identity.size,
            cipher,
            checksum: true,
          },
          { signal: stop.signal },
        )
        .catch(() => undefined)
    })
  })
  const perSecond = await counted
  await pool.close()
  expect(perSecond).toBeGreaterThan(20_000)
  expect(perSecond).toBeLessThan(60_000)
})

describe('the limit alone', () => {
  test('off is off: nothing is waited for, and steps are as large as anybody likes', () => {
    const limit = openSpeedLimit(speedLimitMemory())
    expect(limit.take(1e12, never)).toBeUndefined()
    expect(limit.step(1e9)).toBe(1e9)
  })

  test.each([
    [10_000, 1024],
    [200_000, 12_500],
    [100_000_000, 65_536],
  ])('at %i bytes a second a step is %i bytes', (rate, step) => {
    const memory = speedLimitMemory()
    setSpeedLimit(memory, rate)
    expect(openSpeedLimit(memory).step(1e9)).toBe(step)
    expect(openSpeedLimit(memory).step(100)).toBe(100)
  })

  test('who waits beside others gets a share, and an abort ends a wait of hours', async () => {
    const memory = speedLimitMemory()
    setSpeedLimit(memory, 500_000)
    const limits = [openSpeedLimit(memory), openSpeedLimit(memory)]
    const stop = new AbortController()
    const shares = Array.from({ length: 8 }, () => 0)
    const takers = shares.map(async (_share, i) => {
      for (;;) {
        await limits[i % 2]?.take(10_000, stop.signal)
        if (stop.signal.aborted) return
        shares[i] = (shares[i] ?? 0) + 10_000
      }
    })
    // Another one that wants much, in one go.
    await limits[0]?.take(300_000, never)
    setSpeedLimit(memory, 1)
    stop.abort()
    await Promise.all(takers)
    // In turns of ten thousand bytes on one thread, of thirty thousand for the other one: ten
    // turns.
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(50_000)
  })
})
