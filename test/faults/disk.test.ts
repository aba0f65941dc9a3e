import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ok } from '../../shared/contract/errors.ts'
import { kit, PART } from '../core/transfer-kit.ts'
import { randomOf } from '../fuzz/random.ts'
import { slow } from './budget.ts'
import { clients, failureOf } from './clients.ts'
import { openProxy, type FaultProxy, type Watch } from './proxy.ts'
import { NO_MOUNT, smallDisk } from './small-disk.ts'
import { seededBytes } from './seeded.ts'

const k = kit()
const clientFor = clients()
const PARTS = 6
const plain = seededBytes(randomOf(1), PARTS * PART + 5)

async function stored(): Promise<void> {
  writeFileSync(join(k.dir, 'object'), plain)
  await k.up(join(k.dir, 'object'))
}
async function through<T>(watch: Watch, work: (proxy: FaultProxy) => Promise<T>): Promise<T> {
  const proxy = await openProxy(k.practice)
  proxy.watch = watch
  try {
    return await work(proxy)
  } finally {
    await proxy.close()
  }
}

test('a disk that is full from any answer on: told as that, nothing is there; and with room the same job works', async (context) => {
  await stored()
  const disk = smallDisk(2_048)
  if (disk === null) return context.skip(NO_MOUNT)
  try {
    for (let full = 1; full <= PARTS + 1; full += slow ? 1 : 2) {
      const path = join(disk.folder, 'file.bin')
      let gets = 0
      const watch: Watch = ({ call, at }) => {
        if (call.method === 'GET' && at === 'head' && ++gets === full) disk.fill()
      }
      await through(watch, async (proxy) => {
        const oss = clientFor(k.practice, proxy)
        const down = () => k.down('object', { path, parallel: 1, oss: async () => ok(oss) })
        expect([full, await failureOf(down())]).toEqual([
          full,
          { code: 'disk-full', path, needed: plain.length },
        ])
        expect(readdirSync(disk.folder)).toEqual(['filler'])
        disk.empty()
        await down()
        expect(readFileSync(path).equals(plain)).toBe(true)
        rmSync(path)
      })
    }
  } finally {
    disk.remove()
  }
})

test('a disk that only may be read', async (context) => {
  await stored()
  const disk = smallDisk(2_048, 'ro')
  if (disk === null) return context.skip(NO_MOUNT)
  try {
    const path = join(disk.folder, 'file.bin')
    expect(await failureOf(k.down('object', { path }))).toEqual({
      code: 'target-unwritable',
      path,
      reason: 'EROFS',
    })
  } finally {
    disk.remove()
  }
})

test.each([1, 3, PARTS])(
  'a folder that is taken away at answer %i: told as unwritable, and nothing is made in its place',
  async (nth) => {
    await stored()
    const folder = join(k.dir, 'goes')
    mkdirSync(folder)
    let gets = 0
    const watch: Watch = ({ call, at }) => {
      if (call.method === 'GET' && at === 'head' && ++gets === nth)
        rmSync(folder, { recursive: true })
    }
    await through(watch, async (proxy) => {
      const oss = clientFor(k.practice, proxy)
      expect(
        await failureOf(
          k.down('object', {
            path: join(folder, 'file.bin'),
            parallel: 1,
            oss: async () => ok(oss),
          }),
        ),
      ).toMatchObject({ code: 'target-unwritable', reason: 'ENOENT' })
      expect(readdirSync(k.dir)).toEqual(['object'])
    })
  },
)

test('a name that somebody takes while the bytes come: theirs stays', async () => {
  await stored()
  const path = join(k.dir, 'taken.bin')
  const watch: Watch = ({ call, at }) =>
    void (call.method === 'GET' && at === 'end' && writeFileSync(path, 'theirs'))
  await through(watch, async (proxy) => {
    const oss = clientFor(k.practice, proxy)
    expect(await failureOf(k.down('object', { path, oss: async () => ok(oss) }))).toEqual({
      code: 'target-exists',
      path,
    })
    expect(readFileSync(path, 'utf8')).toBe('theirs')
    expect(await k.leftovers()).toEqual([])
  })
})

test('a file that this user may not read', async (context) => {
  const path = join(k.dir, 'secret.bin')
  writeFileSync(path, plain, { mode: 0o000 })
  // Root reads everything, so for this it becomes nobody.
  const root = process.geteuid?.() === 0
  if (root && process.seteuid === undefined) return context.skip('needs a system with users')
  if (root) process.seteuid?.(65_534)
  try {
    expect(await failureOf(k.up(path))).toMatchObject({
      code: 'source-unreadable',
      path,
      reason: 'EACCES',
    })
  } finally {
    if (root) process.seteuid?.(0)
  }
  expect(await k.uploadsLeft()).toBe(0)
})
