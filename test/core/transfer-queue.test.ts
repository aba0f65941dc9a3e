import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { UploadJob } from '../../electron/core/transfer/run/jobs.ts'
import { kindOf } from '../../electron/core/app/kinds/kinds.ts'
import { openQueue, type TransferQueue } from '../../electron/core/transfer/queue/transfer-queue.ts'
import { fail, ok, type AppError } from '../../shared/contract/errors.ts'
import type { Transfer } from '../../shared/contract/models-transfers.ts'
import { kit, PART, plaintext, testKey } from './transfer-kit.ts'

const k = kit()

interface Watched extends TransferQueue {
  readonly told: { readonly at: number; readonly transfers: readonly Transfer[] }[]
  readonly removed: string[]
  readonly limits: { files: number; parts: number }
  phaseOf(id: string | undefined): Transfer['phase'] | 'gone'
  readonly most: { running: number }
}

const queues: Watched[] = []
const watched = (limits = { files: 2, parts: 2 }): Watched => {
  const told: Watched['told'] = []
  const removed: string[] = []
  const most = { running: 0 }
  const queue = openQueue({
    kindOf,
    pool: k.pool,
    now: () => Date.now(),
    limits: () => limits,
    changed: (transfers) => void told.push({ at: performance.now(), transfers }),
    removed: (ids) => void removed.push(...ids),
    masked: (cause): AppError => ({ code: 'unexpected', reference: String(cause) }),
  })
  const shown: Watched = {
    ...queue,
    told,
    removed,
    limits,
    most,
    phaseOf: (id) => queue.list().find((transfer) => transfer.id === id)?.phase ?? 'gone',
  }
  queues.push(shown)
  return shown
}
afterEach(async () => {
  for (const queue of queues.splice(0)) await queue.close()
})

const file = async (bytes: number, name: string): Promise<string> => {
  const path = join(k.dir, name)
  await writeFile(path, plaintext(bytes))
  return path
}
const all = (queue: Watched, phase: Transfer['phase']): boolean =>
  queue.list().every((transfer) => transfer.phase === phase)
const settle = (check: () => boolean, interval = 10): Promise<void> =>
  expect.poll(check, { interval }).toBe(true)

describe('in line', () => {
  test('in order, no more than the limit at once, all done; each is told of, and told when it ends', async () => {
    const queue = watched({ files: 3, parts: 2 })
    const finished: string[] = []
    const released: string[] = []
    let running = 0
    let most = 0
    const jobs = await Promise.all(
      Array.from({ length: 20 }, async (_, i): Promise<UploadJob> => ({
        ...k.uploadJob(await file(2000 + i, `f${i}`)),
        masterKey: async () => {
          most = Math.max(most, ++running)
          return ok(testKey())
        },
        finished: (id, outcome) => {
          running -= 1
          expect(outcome.checksum).toBe('matches')
          finished.push(id)
        },
        released: (id) => void released.push(id),
      })),
    )
    const ids = queue.add(jobs)
    expect(queue.list().map(({ id, phase }) => [id, phase])).toEqual(
      ids.map((id, i) => [id, i < 3 ? 'running' : 'waiting']),
    )
    await settle(() => all(queue, 'done'))
    expect(most).toBe(3)
    expect([...finished].sort()).toEqual([...ids].sort())
    expect([...released].sort()).toEqual([...ids].sort())
    await settle(() =>
      ids.every((id) =>
        queue.told
          .flatMap(({ transfers }) => transfers)
          .some((transfer) => transfer.id === id && transfer.phase === 'done'),
      ),
    )
    queue.clear(ids)
    expect(queue.list()).toEqual([])
    expect([...queue.removed].sort()).toEqual([...ids].sort())
  })

  test('at most four times a second', async () => {
    const queue = watched()
    k.practice.faults.add({ match: {}, do: { kind: 'delay', ms: 40 }, times: 1000 })
    queue.add([k.uploadJob(await file(60 * PART, 'long'))])
    await settle(() => all(queue, 'done'))
    await settle(() => queue.told.at(-1)?.transfers[0]?.phase === 'done')
    const gaps = queue.told.slice(1).map(({ at }, i) => at - (queue.told[i]?.at ?? 0))
    expect(gaps.length).toBeGreaterThan(2)
    expect(Math.min(...gaps)).toBeGreaterThan(230)
    const done = queue.told.map(({ transfers }) => transfers[0]?.done ?? 0)
    expect(new Set(done).size).toBeGreaterThan(2)
    expect(queue.told.some(({ transfers }) => (transfers[0]?.speed ?? 0) > 0)).toBe(true)
  })

  test('ten thousand of them are no burden', async () => {
    const queue = watched({ files: 4, parts: 2 })
    const job = k.uploadJob(await file(10, 'small'))
    const jobs = Array.from({ length: 10_000 }, (_, i): UploadJob => ({
      ...job,
      key: `k${i}`,
      oss: async () => fail({ code: 'unreachable', host: 'h', reason: 'X' }),
    }))
    const began = performance.now()
    const ids = queue.add(jobs)
    queue.pause(ids)
    queue.resume(ids)
    await settle(() => all(queue, 'failed'), 250)
    queue.clear(ids)
    const seconds = (performance.now() - began) / 1000
    expect(queue.list()).toEqual([])
    expect(queue.told.length).toBeLessThanOrEqual(4 * Math.ceil(seconds) + 1)
  })
})

describe('pause, resume, cancel, retry', () => {
  test('a paused one gives its place to the next, and goes on where it was', async () => {
    const queue = watched({ files: 1, parts: 2 })
    k.practice.faults.add({
      match: { method: 'PUT', query: 'partNumber' },
      do: { kind: 'delay', ms: 30 },
      times: 30,
    })
    const path = await file(30 * PART, 'long')
    const [long, short] = queue.add([k.uploadJob(path), k.uploadJob(await file(100, 'short'))])
    await settle(() => queue.list()[0]?.partsDone !== 0)
    queue.pause([long ?? ''])
    expect(queue.phaseOf(long)).toBe('paused')
    await settle(() => queue.phaseOf(short) === 'done')
    const kept = queue.list()[0]?.partsDone ?? 0
    expect(kept).toBeGreaterThan(0)
    expect(kept).toBeLessThan(30)
    queue.resume([long ?? ''])
    await settle(() => queue.phaseOf(long) === 'done')
    expect(k.practice.log.entries().filter(({ query }) => query.has('uploads')).length).toBe(1)
    await k.down('long')
    expect((await readFile(join(k.dir, 'down', 'file.bin'))).equals(await readFile(path))).toBe(
      true,
    )
  })

  test('pausing what waits keeps it out of line until it is resumed', async () => {
    const queue = watched({ files: 1, parts: 1 })
    const ids = queue.add([
      k.uploadJob(await file(20 * PART, 'a')),
      k.uploadJob(await file(10, 'b')),
      k.uploadJob(await file(10, 'c')),
    ])
    queue.pause([ids[1] ?? ''])
    await settle(() => queue.phaseOf(ids[2]) === 'done')
    expect(queue.phaseOf(ids[1])).toBe('paused')
    queue.resume(ids)
    await settle(() => all(queue, 'done'))
  })

  test('pause and resume at random moments: whole all the same', async () => {
    const queue = watched({ files: 2, parts: 3 })
    const path = await file(40 * PART + 5, 'up')
    k.practice.faults.add({ match: { every: 2 }, do: { kind: 'delay', ms: 8 }, times: 500 })
    const [up] = queue.add([k.uploadJob(path)])
    for (let i = 0; queue.phaseOf(up) !== 'done'; i++) {
      queue.pause([up ?? ''])
      await new Promise((resolve) => setTimeout(resolve, (i * 7) % 23))
      queue.resume([up ?? ''])
      await new Promise((resolve) => setTimeout(resolve, 20 + ((i * 13) % 41)))
      expect(queue.phaseOf(up)).not.toBe('failed')
    }
    const [down] = queue.add([k.downloadJob('up')])
    for (let i = 0; queue.phaseOf(down) !== 'done'; i++) {
      queue.pause([down ?? ''])
      queue.resume([down ?? ''])
      await new Promise((resolve) => setTimeout(resolve, 20 + ((i * 13) % 41)))
      expect(queue.phaseOf(down)).not.toBe('failed')
    }
    expect((await readFile(join(k.dir, 'down', 'file.bin'))).equals(await readFile(path))).toBe(
      true,
    )
  })

  test('cancel takes them off at once and leaves nothing; the source is released once', async () => {
    const queue = watched({ files: 2, parts: 2 })
    k.practice.faults.add({ match: { method: 'PUT' }, do: { kind: 'delay', ms: 20 }, times: 200 })
    const released: string[] = []
    const jobs = await Promise.all(
      ['a', 'b', 'c'].map(async (name) => ({
        ...k.uploadJob(await file(20 * PART, name)),
        released: (id: string) => void released.push(id),
      })),
    )
    const ids = queue.add(jobs)
    await settle(() => (queue.list()[0]?.partsDone ?? 0) > 0)
    const gone = queue.cancel(ids)
    expect(queue.list()).toEqual([])
    await gone
    expect(await k.uploadsLeft()).toBe(0)
    expect(released.sort()).toEqual([...ids].sort())
  })

  test('close cancels everything and waits for it', async () => {
    await k.up(await file(30 * PART, 'o'), { key: 'o' })
    const queue = watched({ files: 2, parts: 2 })
    k.practice.faults.add({ match: { method: 'GET' }, do: { kind: 'delay', ms: 20 }, times: 200 })
    queue.add([k.downloadJob('o'), k.uploadJob(await file(20 * PART, 'b'))])
    await settle(() => queue.list().every(({ partsDone }) => partsDone > 0))
    await queue.close()
    expect(await k.uploadsLeft()).toBe(0)
    expect(await readdir(join(k.dir, 'down'))).toEqual([])
  })

  test('what needs the user waits for the user, and starts over when told', async () => {
    const queue = watched()
    let locked = true
    const [id] = queue.add([
      k.uploadJob(await file(10, 'a'), {
        masterKey: async () => (locked ? fail({ code: 'keychain-locked' }) : ok(testKey())),
      }),
    ])
    await settle(() => queue.phaseOf(id) === 'needs-master-key')
    expect(queue.list()[0]?.error).toEqual({ code: 'keychain-locked' })
    locked = false
    queue.retry([id ?? ''])
    await settle(() => queue.phaseOf(id) === 'done')
    expect(queue.list()[0]?.error).toBe(null)
  })

  test('a bug is masked, and the queue goes on', async () => {
    const queue = watched({ files: 1, parts: 1 })
    const [broken, fine] = queue.add([
      {
        ...k.uploadJob(await file(10, 'a')),
        masterKey: async () => {
          throw new TypeError('bug')
        },
      },
      k.uploadJob(await file(10, 'b')),
    ])
    await settle(() => queue.phaseOf(fine) === 'done')
    expect(queue.phaseOf(broken)).toBe('failed')
    expect(queue.list()[0]?.error).toEqual({ code: 'unexpected', reference: 'TypeError: bug' })
  })

  test('ids of nobody, and orders that make no sense, change nothing', async () => {
    const queue = watched()
    const [id] = queue.add([k.uploadJob(await file(10, 'a'))])
    await settle(() => queue.phaseOf(id) === 'done')
    for (const ids of [['nobody'], [id ?? '']]) {
      queue.pause(ids)
      queue.resume(ids)
      queue.retry(ids)
      await queue.cancel(ids)
    }
    expect(queue.phaseOf(id)).toBe('done')
  })
})
