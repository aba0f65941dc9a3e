import { writeFileSync } from 'node:fs'
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { openControl } from '../../electron/core/transfer/run/control.ts'
import type { DownloadJob } from '../../electron/core/transfer/run/jobs.ts'
import type { CheckpointStore } from '../../electron/core/transfer/run/checkpoint-store.ts'
import { Failure } from '../../shared/contract/errors.ts'
import type { Checkpoint } from '../../electron/core/transfer/run/checkpoint.ts'
import { memorySaved } from './memory-saved.ts'
import { errorOf } from './oss-practice.ts'
import { kit, PART, plaintext } from './transfer-kit.ts'

const k = kit()
const SIZE = 6 * PART + 9
let plain = plaintext(SIZE)
let path = ''
beforeEach(async () => {
  plain = plaintext(SIZE)
  const source = join(k.dir, 'o')
  await writeFile(source, plain)
  await k.up(source, { replace: true })
  path = join(k.dir, 'down', 'file.bin')
})

const withSaved = (saved: CheckpointStore, control = openControl(), onPart?: () => void) => ({
  ...k.running(control, ({ t }) => void (t === 'part-done' && onPart?.())),
  saved,
  parallel: () => 1,
})
const last = (saved: CheckpointStore): Checkpoint => {
  const noted = saved.last()
  if (noted?.way !== 'file') throw new Error('nothing was noted')
  return noted
}
async function stopAfter(
  parts: number,
  saved: CheckpointStore,
  change: Partial<DownloadJob> = {},
): Promise<void> {
  const control = openControl()
  let done = 0
  expect(
    await errorOf(
      k.down(
        'o',
        { path, ...change },
        withSaved(saved, control, () => ++done === parts && control.cancel('suspend')),
      ),
    ),
  ).toEqual({ code: 'cancelled' })
}
const requests = (): number =>
  k.practice.log.entries().filter(({ method, key }) => method === 'GET' && key === 'o').length
const temporaryOf = ({ started }: Checkpoint): string =>
  started?.kind === 'file' ? started.temporary : ''
const files = () => readdir(join(k.dir, 'down'))
const whole = async (bytes = plain): Promise<void> =>
  expect((await readFile(path)).equals(bytes)).toBe(true)

describe('continued', () => {
  for (const raw of [false, true]) {
    test(
      raw ? 'as stored' : 'decrypted: what is there is believed, and only the rest is asked for',
      async () => {
        const saved = memorySaved()
        await stopAfter(4, saved, { raw })
        expect(last(saved).pieces.done.length).toBe(4)
        const before = requests()
        const running = withSaved(saved)
        expect(await k.down('o', { path, raw }, running)).toMatchObject({
          checksum: 'matches',
          savedAs: path,
        })
        expect(requests() - before).toBe(3)
        expect(running.steps.filter(({ t }) => t === 'part-done').length).toBe(7)
        await whole(raw ? await k.stored('o') : plain)
        expect(await files()).toEqual(raw ? ['file.bin', 'file.bin.ossenv.json'] : ['file.bin'])
      },
    )
  }

  test('a piece that was spoilt on the disk meanwhile is fetched again', async () => {
    const saved = memorySaved()
    await stopAfter(4, saved)
    const temporary = temporaryOf(last(saved))
    const bytes = await readFile(temporary)
    bytes[PART + 3] = (bytes[PART + 3] ?? 0) ^ 1
    writeFileSync(temporary, bytes)
    const before = requests()
    await k.down('o', { path }, withSaved(saved))
    expect(requests() - before).toBe(4)
    await whole()
  })
})

describe('begun anew', () => {
  test('the object changed while the app was closed', async () => {
    const saved = memorySaved()
    await stopAfter(3, saved)
    const other = plaintext(SIZE)
    await writeFile(join(k.dir, 'o'), other)
    await k.up(join(k.dir, 'o'), { replace: true })
    const running = withSaved(saved)
    await k.down('o', { path }, running)
    expect(running.steps).toContainEqual({ t: 'restarted', why: 'object-changed' })
    await whole(other)
    expect(await files()).toEqual(['file.bin'])
  })

  test('the object changed while it was fetched', async () => {
    const other = plaintext(SIZE)
    await writeFile(join(k.dir, 'o'), other)
    let changed = false
    const control = openControl()
    const running = withSaved(memorySaved(), control, () => {
      if (changed) return
      changed = true
      control.pause()
      void k.up(join(k.dir, 'o'), { replace: true }).then(() => control.resume())
    })
    await k.down('o', { path }, running)
    expect(running.steps).toContainEqual({ t: 'restarted', why: 'object-changed' })
    await whole(other)
    expect(await files()).toEqual(['file.bin'])
  })

  test('the hidden file is gone, or another one has its name', async () => {
    for (const spoil of [
      (temporary: string) => rm(temporary),
      async (temporary: string) => (await rm(temporary), writeFile(temporary, plaintext(SIZE))),
    ]) {
      const saved = memorySaved()
      await stopAfter(3, saved, { existing: 'replace' })
      await spoil(temporaryOf(last(saved)))
      const before = requests()
      await k.down('o', { path, existing: 'replace' }, withSaved(saved))
      expect(requests() - before).toBe(7)
      await whole()
      expect(await files()).toEqual(['file.bin'])
    }
  })
})

describe('the end of it was lost', () => {
  /**
   * As a crash leaves it just after the file got its name; 'linked': and before the hidden name
   * went.
   */
  const placed = async (name: string, linked: boolean): Promise<CheckpointStore> => {
    const saved = memorySaved()
    let noted: Checkpoint | null = null
    const control = openControl()
    await errorOf(
      k.down(
        'o',
        { path },
        {
          ...withSaved(saved, control),
          tell: ({ t }) =>
            void (
              t === 'finishing' &&
              ((noted = last(saved)),
              control.cancel('suspend'),
              (() => {
                throw new Failure({ code: 'cancelled' })
              })())
            ),
        },
      ),
    )
    const checkpoint = noted as Checkpoint | null
    if (checkpoint === null) throw new Error('never finished')
    await (linked ? link : rename)(temporaryOf(checkpoint), join(k.dir, 'down', name))
    return memorySaved(checkpoint)
  }
  for (const linked of [false, true]) {
    for (const [name, existing] of [
      ['file.bin', 'fail'],
      ['file.bin', 'replace'],
      ['file (2).bin', 'rename'],
    ] as const) {
      test(`${name}, ${existing}${linked ? ', both names' : ''}: known as done`, async () => {
        const saved = await placed(name, linked)
        if (name !== 'file.bin') await writeFile(path, 'somebody else’s')
        const before = requests()
        expect(await k.down('o', { path, existing }, withSaved(saved))).toMatchObject({
          savedAs: join(k.dir, 'down', name),
          skipped: false,
        })
        expect(requests()).toBe(before)
        expect((await readFile(join(k.dir, 'down', name))).equals(plain)).toBe(true)
        expect((await files()).filter((one) => one.endsWith('-part'))).toEqual([])
      })
    }
  }
})

test('a cancel removes the hidden file, an end of the app leaves it, a checksum that differs removes it', async () => {
  for (const [how, left] of [
    [undefined, 0],
    ['suspend', 1],
  ] as const) {
    const control = openControl()
    await errorOf(
      k.down(
        'o',
        { path },
        withSaved(memorySaved(), control, () => control.cancel(how)),
      ),
    )
    expect((await files()).length).toBe(left)
    for (const name of await files()) await rm(join(k.dir, 'down', name))
  }
  k.practice.faults.add({ match: { method: 'HEAD' }, do: { kind: 'wrong-crc' } })
  const saved = memorySaved()
  expect(await errorOf(k.down('o', { path }, withSaved(saved)))).toEqual({ code: 'checksum' })
  expect(await files()).toEqual([])
  expect(saved.last()).toBe(null)
})

test('a name that is taken at the end costs nothing of what was fetched', async () => {
  const saved = memorySaved()
  expect(
    (
      await errorOf(
        k.down(
          'o',
          { path },
          {
            ...withSaved(saved),
            tell: ({ t }) => void (t === 'finishing' && writeFileSync(path, 'theirs')),
          },
        ),
      )
    ).code,
  ).toBe('target-exists')
  const before = requests()
  expect(await k.down('o', { path, existing: 'rename' }, withSaved(saved))).toMatchObject({
    savedAs: join(k.dir, 'down', 'file (2).bin'),
  })
  expect(requests()).toBe(before)
  expect((await readFile(path)).toString()).toBe('theirs')
})
