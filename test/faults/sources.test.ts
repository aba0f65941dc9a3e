import { generateKeyPairSync } from 'node:crypto'
import {
  appendFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listUploads } from '../../electron/core/oss/multipart.ts'
import { ok } from '../../shared/contract/errors.ts'
import { never } from '../core/oss-practice.ts'
import { kit, openIndependently, PART, testKey } from '../core/transfer-kit.ts'
import { randomOf } from '../fuzz/random.ts'
import { eachSeed, seeds } from './budget.ts'
import { clients, failureOf } from './clients.ts'
import { openLedger } from './ledger.ts'
import { openProxy } from './proxy.ts'
import { seededBytes } from './seeded.ts'

/** In place: the same file, no shorter in between. */
const overwrite = (path: string, bytes: Uint8Array): void =>
  writeFileSync(path, bytes, { flag: 'r+' })

const k = kit()
const clientFor = clients()
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const dataKeys = new Set<string>()
const PARTS = 5

/**
 * The changes that another program may make to a file meanwhile. `bytes`: other bytes of the same
 * length.
 */
const CHANGES: Readonly<Record<string, (path: string, bytes: Buffer) => void>> = {
  grows: (path) => appendFileSync(path, 'more'),
  shrinks: (path, { length }) => truncateSync(path, length >> 1),
  'is written over': (path, bytes) => overwrite(path, bytes),
  'is written to at its end': (path, bytes) => {
    truncateSync(path, bytes.length - 1)
    appendFileSync(path, bytes.subarray(-1))
  },
  'is written over and gets its old times back': (path, bytes) => {
    const { atime, mtime } = statSync(path)
    overwrite(path, bytes)
    utimesSync(path, atime, mtime)
  },
  'is replaced by another of its length and times': (path, bytes) => {
    const { atime, mtime } = statSync(path)
    writeFileSync(`${path}.new`, bytes)
    utimesSync(`${path}.new`, atime, mtime)
    renameSync(`${path}.new`, path)
  },
  'is deleted': (path) => rmSync(path),
  'becomes a folder': (path) => (rmSync(path), mkdirSync(path)),
}
const names = Object.keys(CHANGES)

/**
 * One upload whose file changes at some byte of some request, which may be cut there too, so that
 * its part is read again.
 */
async function changed(seed: number): Promise<readonly string[]> {
  const random = randomOf(seed)
  const change = names[seed % names.length] ?? ''
  const inParts = random.chance(2)
  const size = inParts ? (PARTS - 1) * PART + 1 + random.int(PART) : 2 * PART + random.int(PART)
  const [old, other] = [seededBytes(random, size), seededBytes(random, size)]
  const path = join(k.dir, `${seed}.bin`)
  writeFileSync(path, old)
  const [at, until] = [random.int(inParts ? PARTS + 2 : 1), random.int(size)]
  const cut = random.chance(2)
  const ledger = openLedger([pair.privateKey], dataKeys)
  const proxy = await openProxy(k.practice, undefined, ledger.hears)
  const struckCall = (call: unknown): boolean => proxy.calls.indexOf(call as never) === at
  proxy.schedule = (call) => (cut && struckCall(call) ? { kind: 'reset-request', at: until } : null)
  let over = false
  proxy.watch = ({ call, bytes, at: where }) => {
    if (
      over ||
      !struckCall(call) ||
      (call.length > 0 && bytes < Math.min(until, call.length) && where !== 'end')
    )
      return
    over = true
    CHANGES[change]?.(path, other)
  }
  try {
    const oss = clientFor(k.practice, proxy)
    const job = {
      masterKey: async () => ok(testKey('sources', pair)),
      oss: async () => ok(oss),
      parallel: 1 + random.int(3),
      replace: true,
    }
    const error = await failureOf(k.up(path, job))
    const head = await k.head(`${seed}.bin`).catch(() => null)
    const there =
      head === null ? null : openIndependently(head, await k.stored(`${seed}.bin`), pair.privateKey)
    const wrong = [...ledger.wrong()]
    if (there !== null && !there.equals(old))
      wrong.push(`another object: ${there.equals(other) ? 'the new file' : 'mixed'}`)
    if (error === null && there === null) wrong.push('told as done, and not there')
    if (error !== null && there !== null) wrong.push('failed, and there')
    if (error !== null && !['source-changed', 'source-unreadable'].includes(error.code))
      wrong.push(`told as ${error.code}`)
    if (error !== null && !over) wrong.push('failed without a change')
    if ((await listUploads(k.oss, { bucket: k.bucket, prefix: `${seed}.bin` }, never)).length > 0)
      wrong.push('an upload left behind')
    return wrong.map(
      (line) =>
        `a file that ${change} at request ${at} byte ${until}${cut ? ', cut' : ''}: ${line}; ${JSON.stringify(error)}`,
    )
  } finally {
    await proxy.close()
  }
}

test('a file that changes at any byte: the object is what it was, or there is none, and no key stream was over both', async () => {
  expect(await eachSeed(seeds(20 * names.length, 600 * names.length), 8, changed)).toEqual([])
  expect(dataKeys.size).toBeGreaterThan(0)
}, 3_600_000)
