import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { BatchJob } from '../../electron/core/transfer/run/jobs.ts'
import { kindOf } from '../../electron/core/app/kinds/kinds.ts'
import { openQueue, type TransferQueue } from '../../electron/core/transfer/queue/transfer-queue.ts'
import type { AppError } from '../../shared/contract/errors.ts'
import { kit, plaintext } from './transfer-kit.ts'

const k = kit()
let queue: TransferQueue
afterEach(() => queue.close())

/** Starts so many uploads of one file, as one batch. `handed`: how many were started. */
async function many(
  files: number,
  name: string,
  size = 2000,
): Promise<{ readonly job: BatchJob; handed(): number }> {
  const path = join(k.dir, name)
  await writeFile(path, plaintext(2000))
  let handed = 0
  const job: BatchJob = {
    kind: 'batch',
    name,
    target: name,
    profileId: null,
    keyName: null,
    shown: { kind: 'upload', bucket: 'b', key: '' },
    bucket: 'b',
    size: 0,
    isOneFile: false,
    next(skip) {
      while (skip?.(handed) === true) handed += 1
      const index = handed
      return index === files
        ? null
        : {
            index,
            count: 1,
            size,
            job: () => ((handed += 1), { ...k.uploadJob(path), size, key: `${name}/${index}` }),
          }
    },
    found: () => ({ files, bytes: 2000 * files, counting: false, error: null }),
    those: () => [],
    onFound: () => () => undefined,
  }
  return { job, handed: () => handed }
}
const opened = (): TransferQueue =>
  (queue = openQueue({
    kindOf,
    pool: k.pool,
    now: () => Date.now(),
    limits: () => ({ files: 1, parts: 1 }),
    changed: () => undefined,
    removed: () => undefined,
    masked: (cause): AppError => ({ code: 'unexpected', reference: String(cause) }),
  }))
const phase = (id: string | undefined) => queue.list().find((one) => one.id === id)?.phase
const done = (id: string | undefined): Promise<void> =>
  expect.poll(() => phase(id), { interval: 5 }).toBe('done')

describe('many files take turns', () => {
  const FILES = 100_000
  for (const [name, size] of [
    ['a small file', 2000],
    ['a large one, which needs all places', 600_000],
  ] as const) {
    test(`${name} that comes after a hundred thousand does not wait for them`, async () => {
      const all = await many(FILES, 'all')
      const path = join(k.dir, 'one')
      await writeFile(path, plaintext(size))
      const [first] = opened().add([all.job])
      await expect
        .poll(() => queue.list()[0]?.files?.done ?? 0, { interval: 5 })
        .toBeGreaterThan(10)
      const [one] = queue.add([k.uploadJob(path, { size, key: 'one' })])
      await done(one)
      expect(all.handed()).toBeLessThan(FILES / 20)
      expect(phase(first)).toBe('running')
    })
  }

  test('large ones are drawn no sooner than there is a place for them, however little a small one would need', async () => {
    const [small, large] = [await many(3, 'small'), await many(FILES, 'large', 5_000_000)]
    const [, second] = opened().add([small.job, large.job])
    await expect
      .poll(() => queue.list().find(({ id }) => id === second)?.files?.done ?? 0, {
        interval: 5,
      })
      .toBeGreaterThan(5)
    expect(large.handed()).toBeLessThan(100)
  })

  test('nor do a few files of one transfer', async () => {
    const [all, few] = [await many(FILES, 'all'), await many(40, 'few')]
    const [first] = opened().add([all.job])
    await expect.poll(() => queue.list()[0]?.files?.done ?? 0, { interval: 5 }).toBeGreaterThan(10)
    const [second] = queue.add([few.job])
    await done(second)
    expect(all.handed()).toBeLessThan(FILES / 20)
    expect(phase(first)).toBe('running')
  })
})
