import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fileCalls } from '../../electron/core/files/file-calls.ts'
import { openTarget } from '../../electron/core/files/file-target.ts'
import { giveBack } from '../../electron/core/files/give-back.ts'
import { BUFFER_BYTES, forFiles, forSockets } from '../../electron/core/files/spare-buffers.ts'

const PIECE = 64 * 1024
let dir: string
beforeAll(async () => (dir = await mkdtemp(join(tmpdir(), 'cipherbucket-target-'))))
afterAll(() => rm(dir, { recursive: true, force: true }))

/** Stands still for longer than a quick disk. */
const dawdle = (): void => {
  const until = performance.now() + 25
  while (performance.now() < until);
}

describe('a target', () => {
  const put = async (
    path: string,
    at: number,
    pieces: readonly Uint8Array[],
    slow: boolean,
  ): Promise<void> => {
    const target = await openTarget(path, at, slow ? fileCalls(false) : undefined)
    for (const piece of pieces) {
      const own = Uint8Array.from(piece)
      const writing = target.append(own)
      if (writing !== null) await writing
      // The memory belongs to the caller again.
      own.fill(0)
    }
    await target.finish()
    await target.close()
  }

  test.each([false, true])(
    'gets every byte at its place, and no other, in whatever pieces they come; slow disk: %s',
    async (slow) => {
      await fc.assert(
        fc.asyncProperty(
          fc.nat(3 * PIECE),
          fc.array(
            fc.oneof(
              fc.nat(50),
              fc.nat(2 * PIECE),
              fc.constantFrom(PIECE - 1, PIECE, PIECE + 1, 10 * PIECE),
            ),
            { maxLength: 8 },
          ),
          async (at, lengths) => {
            const path = join(dir, `target-${String(slow)}`)
            const pieces = lengths.map((length) => randomBytes(length))
            const bytes = Buffer.concat(pieces)
            await writeFile(path, Buffer.alloc(at + bytes.length + 100, 7))
            await put(path, at, pieces, slow)
            expect(
              (await readFile(path)).equals(
                Buffer.concat([Buffer.alloc(at, 7), bytes, Buffer.alloc(100, 7)]),
              ),
            ).toBe(true)
          },
        ),
        { numRuns: 25 },
      )
    },
  )

  test('two jobs write to one file side by side', async () => {
    const path = join(dir, 'shared')
    const bytes = randomBytes(9 * 1024 * 1024 + 17)
    await writeFile(path, '')
    await truncate(path, bytes.length)
    const middle = 4_500_001
    await Promise.all([
      put(path, 0, [bytes.subarray(0, middle)], false),
      put(path, middle, [bytes.subarray(middle)], true),
    ])
    expect((await readFile(path)).equals(bytes)).toBe(true)
  })

  test.each([false, true])(
    'tells of a file that is not there, and of a disk that is full; slow disk: %s',
    async (slow) => {
      await expect(put(join(dir, 'nothing'), 0, [], slow)).rejects.toMatchObject({ code: 'ENOENT' })
      // The device that is always full.
      await expect(put('/dev/full', 0, [randomBytes(PIECE)], slow)).rejects.toMatchObject({
        code: 'ENOSPC',
      })
      await expect(put('/dev/full', 0, [randomBytes(10)], slow)).rejects.toMatchObject({
        code: 'ENOSPC',
      })
    },
  )

  test('asks for what was written to be kept while more comes, and tells where that fails', async () => {
    // A device that takes everything, and says EINVAL when it is to keep it.
    const keeps = (bytes: number) =>
      put(
        '/dev/null',
        0,
        Array.from({ length: bytes / PIECE }, () => new Uint8Array(PIECE)),
        false,
      )
    await expect(keeps(5 * 1024 * 1024)).rejects.toMatchObject({
      code: 'EINVAL',
      syscall: 'fdatasync',
    })
    await keeps(1024 * 1024)
  })

  test('closed in the middle of a slow write, it is closed after it, and nothing more is written', async () => {
    const path = join(dir, 'broken-off')
    const bytes = randomBytes(2 * 1024 * 1024)
    await writeFile(path, '')
    const target = await openTarget(path, 0, fileCalls(false))
    const writing = target.append(bytes)
    await target.close()
    await writing
    const half = 512 * 1024
    expect((await readFile(path)).equals(bytes.subarray(0, half))).toBe(true)
  })

  test('a file of another who may not be written to is told of', async () => {
    // Root may write to everything but a folder.
    execFileSync('mkdir', [join(dir, 'folder')])
    await expect(openTarget(join(dir, 'folder'), 0)).rejects.toMatchObject({ code: 'EISDIR' })
  })
})

describe('calls on a file', () => {
  test('go straight to the system until one is slow, and through the pool from then on', async () => {
    const calls = fileCalls(true)
    expect(
      await calls.call(
        () => 'now',
        async () => 'pooled',
      ),
    ).toBe('now')
    expect(calls.isQuick()).toBe(true)
    calls.now(dawdle)
    expect(calls.isQuick()).toBe(false)
    expect(
      await calls.call(
        () => 'now',
        async () => 'pooled',
      ),
    ).toBe('pooled')
  })

  test('never block a thread that must not', async () => {
    expect(
      await fileCalls(false).call(
        () => 'now',
        async () => 'pooled',
      ),
    ).toBe('pooled')
  })

  test('fail inside of their promise', async () => {
    const fails = (): never => {
      throw new Error('no such file')
    }
    await expect(fileCalls(true).call(fails, async () => 'pooled')).rejects.toThrow('no such file')
  })
})

describe('what is given back', () => {
  test('is gone at once, not when the collector comes', () => {
    const before = process.memoryUsage().arrayBuffers
    for (let round = 0; round < 100; round++) {
      const bytes = Buffer.allocUnsafeSlow(1024 * 1024)
      giveBack(bytes)
      expect(bytes.length).toBe(0)
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10 * 1024 * 1024)
  })

  test('stays where others may have a part of the same memory', () => {
    const whole = Buffer.allocUnsafeSlow(100_000)
    for (const part of [
      whole.subarray(1),
      whole.subarray(0, 50_000),
      Buffer.from('small'),
      Buffer.alloc(0),
    ]) {
      const { length } = part
      giveBack(part)
      expect(part.length).toBe(length)
    }
    const shared = new Uint8Array(new SharedArrayBuffer(100_000))
    giveBack(shared)
    expect(shared.length).toBe(100_000)
  })
})

describe('spare buffers', () => {
  test('are used again, and those of files never meet a socket', () => {
    const [file, socket] = [forFiles.take(BUFFER_BYTES), forSockets.take(BUFFER_BYTES)]
    forFiles.giveBack(file)
    forSockets.giveBack(socket)
    expect(forSockets.take(BUFFER_BYTES)).toBe(socket)
    expect(forSockets.take(BUFFER_BYTES)).not.toBe(file)
    expect(forFiles.take(BUFFER_BYTES)).toBe(file)
  })

  test('are no larger than what is wanted of them where that is little', () => {
    // Not at the very start of what the system gives: see the margin.
    for (const buffer of [forFiles.take(BUFFER_BYTES), forSockets.take(BUFFER_BYTES)])
      expect(buffer.byteOffset).toBeGreaterThanOrEqual(64)
    const little = forFiles.take(10)
    expect(little.length).toBe(10)
    forFiles.giveBack(little)
    expect(forFiles.take(BUFFER_BYTES).length).toBe(BUFFER_BYTES)
    expect(forFiles.take(5 * BUFFER_BYTES).length).toBe(BUFFER_BYTES)
  })
})
