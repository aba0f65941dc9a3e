import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { openJournal } from '../../electron/core/store/journal.ts'
import { bitmap } from '../../electron/core/transfer/queue/bitmap.ts'
import { waitMs } from '../../electron/core/transfer/queue/circuit.ts'
import { newCheckpoint } from '../../electron/core/transfer/run/checkpoint.ts'
import type { UploadJob } from '../../electron/core/transfer/run/jobs.ts'
import { openQueueBook, type QueueBook } from '../../electron/core/transfer/queue/queue-book.ts'
import { readNotes } from '../../electron/core/transfer/queue/read-notes.ts'
import { noteOf } from '../../electron/core/transfer/queue/queue-notes.ts'
import { kindOf } from '../../electron/core/app/kinds/kinds.ts'
import { openQueue, type TransferQueue } from '../../electron/core/transfer/queue/transfer-queue.ts'
import { fail, ok, type AppError } from '../../shared/contract/errors.ts'
import type { Transfer } from '../../shared/contract/models-transfers.ts'
import { kit, PART, plaintext } from './transfer-kit.ts'

const k = kit()
const OUTCOME = {
  encrypted: true,
  checksum: 'matches',
  tag: 'none',
  savedAs: null,
  skipped: false,
} as const

const bookAt = (path: string): QueueBook => {
  const notes = readNotes()
  const { journal } = openJournal(path, (record) => {
    const note = noteOf(record)
    if (note !== null) notes.apply(note)
  })
  return openQueueBook(notes, journal, null)
}

describe('the book', () => {
  test('says after a restart, and after it was written anew, what it said before', async () => {
    const path = join(k.dir, 'journal')
    const first = bookAt(path)
    first.added([
      { id: 'a', order: 0, at: 10, record: { file: 'a' }, many: false },
      { id: 'many', order: 1, at: 20, record: { folder: 'm' }, many: true },
    ])
    first.added([
      { id: 'done', order: 2, at: 30, record: {}, many: false },
      { id: 'gone', order: 3, at: 40, record: {}, many: false },
    ])
    await first.saved('a').note(
      newCheckpoint({
        way: 'parts',
        to: { bucket: 'b', key: 'k' },
        what: { headers: { h: 'v' } },
        started: { kind: 'upload', uploadId: 'u' },
        pieces: { bytes: 16, done: [] },
      }),
    )
    for (let n = 1; n <= 9; n++) first.saved('a').part({ number: n, etag: `e${n}`, crc64: `${n}` })
    first.phase('a', 'paused')
    for (const n of [0, 3, 1000])
      first.got(
        'many',
        n,
        7,
        { count: 1, skipped: n === 3 ? 1 : 0, unsummed: n === 1000 },
        `many.${n}`,
      )
    first.done('done', 99, OUTCOME, 57)
    first.ended('gone')
    expect(first.ofUpload('u')).toBe('a')
    // Enough equal notes to make the journal write itself again.
    for (let i = 0; i < 9000; i++)
      first.saved('a').part({ number: 9, etag: 'x'.repeat(200), crc64: '9' })
    const size = readFileSync(path).length
    expect(size).toBeLessThan(1_500_000)
    await first.close()
    const again = bookAt(path)
    expect(again.restored().map(({ id, phase, record }) => [id, phase, record])).toEqual([
      ['a', 'paused', { file: 'a' }],
      ['many', 'waiting', { folder: 'm' }],
      ['done', 'done', {}],
    ])
    expect(again.restored()[2]?.bytes).toBe(57)
    const checkpoint = again.saved('a').last()
    expect(checkpoint?.pieces.done.length).toBe(9)
    const { files } = again.restored()[1] ?? {}
    expect([files?.done.count(), files?.skipped, files?.bytes, files?.unsummed]).toEqual([
      3,
      1,
      21,
      true,
    ])
    expect([0, 1, 3, 1000].map((n) => files?.done.has(n))).toEqual([true, false, true, true])
    await again.close()
  })

  test('an end as it was noted before sizes were: it is done, of an unknown size', () => {
    const notes = readNotes()
    for (const note of [
      { t: 'add', id: 'a', order: 0, at: 1, record: {}, many: false },
      { t: 'done', id: 'a', at: 2, outcome: OUTCOME },
    ]) {
      const read = noteOf(JSON.parse(JSON.stringify(note)))
      if (read !== null) notes.apply(read)
    }
    expect(notes.entries.get('a')?.kept).toMatchObject({
      phase: 'done',
      bytes: null,
      outcome: OUTCOME,
    })
  })

  test('a bitmap is a set of numbers, and its text is all of it', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(5000), { maxLength: 200 }),
        fc.array(fc.nat(5000), { maxLength: 50 }),
        (numbers, others) => {
          const bits = bitmap()
          for (const n of [...numbers, ...numbers]) bits.set(n)
          const again = bitmap(bits.toText())
          for (const one of [bits, again]) {
            expect(one.count()).toBe(numbers.length)
            for (const n of [...numbers, ...others]) expect(one.has(n)).toBe(numbers.includes(n))
          }
        },
      ),
    )
  })

  test('waits for a host grow, and stay within a minute', () => {
    expect([1, 2, 3, 4, 5, 50].map(waitMs)).toEqual([5000, 10_000, 20_000, 40_000, 60_000, 60_000])
  })
})

describe('a queue with a book', () => {
  const open: { queue: TransferQueue; book: QueueBook }[] = []
  afterEach(async () => {
    for (const { queue, book } of open.splice(0)) {
      await queue.cancel(queue.list().map(({ id }) => id))
      await queue.close()
      await book.close()
    }
  })
  const started = (now = () => Date.now()): TransferQueue => {
    const book = bookAt(join(k.dir, 'journal'))
    const queue = openQueue({
      kindOf,
      pool: k.pool,
      now,
      limits: () => ({ files: 4, parts: 2 }),
      book,
      changed: () => undefined,
      removed: () => undefined,
      revive: () => null,
      masked: (cause): AppError => ({ code: 'unexpected', reference: String(cause) }),
    })
    open.push({ queue, book })
    return queue
  }
  const job = async (name: string, change: Partial<UploadJob> = {}): Promise<UploadJob> => {
    const path = join(k.dir, name)
    await writeFile(path, plaintext(5 * PART))
    return { ...k.uploadJob(path), profileId: 'p', record: { name }, parallel: 1, ...change }
  }
  const settle = (queue: TransferQueue, check: (rows: readonly Transfer[]) => boolean) =>
    expect.poll(() => check(queue.list()), { interval: 10 }).toBe(true)
  const phases = (queue: TransferQueue) => queue.list().map(({ phase }) => phase)

  test('a host that is gone: all wait for it, and go on together when one gets through', async () => {
    const queue = started()
    let gone = true
    const jobs = await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        job(name, {
          oss: async () =>
            gone ? fail({ code: 'unreachable', host: 'h', reason: 'ECONNREFUSED' }) : ok(k.oss),
        }),
      ),
    )
    const ids = queue.add(jobs)
    await settle(queue, () => phases(queue).every((phase) => phase === 'needs-network'))
    for (const { retryAt, error } of queue.list())
      expect([error?.code, new Date(retryAt ?? 0).getTime() > Date.now()]).toEqual([
        'unreachable',
        true,
      ])
    gone = false
    queue.retry(ids.slice(0, 1))
    await settle(queue, () => phases(queue).every((phase) => phase === 'done'))
  })

  test('a host that comes back by itself is tried by itself', async () => {
    const queue = started()
    let tries = 0
    queue.add([
      await job('a', {
        oss: async () =>
          tries++ === 0 ? fail({ code: 'unreachable', host: 'h', reason: 'ENOTFOUND' }) : ok(k.oss),
      }),
    ])
    await settle(queue, () => phases(queue)[0] === 'done')
    expect(tries).toBe(2)
  })

  test('credentials: waits with what it has sent, and goes on when its profile changed; another profile does not wake it', async () => {
    const queue = started()
    k.practice.faults.add({
      match: { method: 'PUT', query: 'partNumber=3' },
      do: { kind: 'status', status: 403, code: 'SecurityTokenExpired' },
      times: 1,
    })
    queue.add([await job('a')])
    await settle(queue, () => phases(queue)[0] === 'needs-credentials')
    expect(queue.list()[0]).toMatchObject({ partsDone: 2, done: 2 * PART })
    queue.wake('needs-credentials', 'other')
    expect(phases(queue)).toEqual(['needs-credentials'])
    queue.wake('needs-credentials', 'p')
    await settle(queue, () => phases(queue)[0] === 'done')
    expect(
      k.practice.log
        .entries()
        .filter(({ method, query }) => method === 'PUT' && query.get('partNumber') === '1').length,
    ).toBe(1)
  })

  test('a name that is taken waits for a word, and does what it is told', async () => {
    for (const [existing, phase, skipped] of [
      ['skip', 'done', true],
      ['replace', 'done', false],
    ] as const) {
      const queue = started()
      const one = await job(`taken-${existing}`, {
        onExisting: async (at) => (at.existing === 'skip' ? 'skip' : 'ask'),
      })
      await k.up(one.source, { key: one.key })
      const before = (await k.head(one.key)).etag
      const [id = ''] = queue.add([one])
      await settle(queue, (rows) => rows[0]?.phase === 'needs-user')
      expect(queue.list()[0]?.error).toEqual({ code: 'object-exists', key: one.key })
      expect((await k.head(one.key)).etag).toBe(before)
      queue.decide([id], existing)
      await settle(queue, (rows) => rows[0]?.phase === phase)
      expect(queue.list()[0]?.outcome?.skipped).toBe(skipped)
      expect((await k.head(one.key)).etag === before).toBe(skipped)
      queue.clear([id])
    }
  })

  test('while it may not run, everything stands still and keeps what it has', async () => {
    const queue = started()
    k.practice.faults.add({ match: { method: 'PUT' }, do: { kind: 'delay', ms: 20 }, times: 50 })
    queue.add([await job('a'), await job('b')])
    await settle(queue, (rows) => rows.every(({ partsDone }) => partsDone > 0))
    queue.setOpen(false)
    expect(phases(queue)).toEqual(['waiting', 'waiting'])
    expect(queue.list().every(({ partsDone, speed }) => partsDone > 0 && speed === null)).toBe(true)
    queue.setOpen(true)
    await settle(queue, () => phases(queue).every((phase) => phase === 'done'))
  })

  test('closing keeps what is there in the bucket; starting over drops it', async () => {
    const queue = started()
    k.practice.faults.add({
      match: { method: 'PUT', query: 'partNumber=4' },
      do: { kind: 'status', status: 403, code: 'AccessDenied' },
      times: 1,
    })
    const [id = ''] = queue.add([await job('a')])
    await settle(queue, () => phases(queue)[0] === 'failed')
    expect(await k.uploadsLeft()).toBe(1)
    await queue.startOver([id])
    await settle(queue, () => phases(queue)[0] === 'done')
    expect(await k.uploadsLeft()).toBe(0)
    const puts = k.practice.log
      .entries()
      .filter(
        ({ method, query, key }) =>
          method === 'PUT' && key === 'a' && query.get('partNumber') === '1',
      ).length
    expect(puts).toBe(2)
  })
})
