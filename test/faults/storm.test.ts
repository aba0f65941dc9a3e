import { generateKeyPairSync } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { listUploads } from '../../electron/core/oss/multipart.ts'
import { openControl } from '../../electron/core/transfer/run/control.ts'
import { Failure, ok } from '../../shared/contract/errors.ts'
import { never } from '../core/oss-practice.ts'
import { kit, openersOf, openIndependently, PART, testKey } from '../core/transfer-kit.ts'
import { randomOf, type Random } from '../fuzz/random.ts'
import { eachSeed, seeds } from './budget.ts'
import { clients, failureOf } from './clients.ts'
import { openLedger } from './ledger.ts'
import { openProxy, type FaultProxy } from './proxy.ts'
import { onCue, randomly, type Strike, type StrikeKind } from './schedule.ts'
import { seededBytes } from './seeded.ts'

const k = kit()
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const masterKey = async () => ok(testKey('storm', pair))
const dataKeys = new Set<string>()
/** Bytes that were sent more than once, in all storms. */
let again = 0
const clientFor = clients()
const clientOf = (proxy: FaultProxy) => clientFor(k.practice, proxy)
const ALL: readonly StrikeKind[] = [
  'reset-request',
  'reset-answer',
  'half-open-request',
  'half-open-answer',
  'delay',
  'twice',
  'lost',
  'status',
  'truncate',
  'wrong-crc',
  'wrong-etag',
  'forget-upload',
  'skew',
  'wrong-date',
]

/** Returns the decrypted content of a name in the bucket, or null without an object. */
async function inBucket(name: string): Promise<Buffer | null> {
  const error = await failureOf(k.head(name))
  if (error !== null) return error.code === 'not-found' ? null : Promise.reject(new Failure(error))
  return openIndependently(await k.head(name), await k.stored(name), pair.privateKey)
}

/** Ends a transfer after some number of requests, or never. */
function cancelLater(
  proxy: FaultProxy,
  random: Random,
): { readonly control: ReturnType<typeof openControl>; readonly cancels: boolean } {
  const control = openControl()
  const cancels = random.chance(4)
  const last = random.int(16)
  proxy.watch = ({ at }) =>
    void (cancels && at !== 'end' && proxy.calls.length > last && control.cancel())
  return { control, cancels }
}

interface Storm {
  readonly oneIn: number
  readonly most: number
}

/**
 * One file up through a storm: the bucket holds it, what it held before, or nothing; never anything
 * else, and no upload.
 */
async function up(seed: number, storm: Storm): Promise<readonly string[]> {
  const random = randomOf(seed)
  const name = `up-${seed}.bin`
  const path = join(k.dir, name)
  const plain = seededBytes(random, 1 + random.int(random.chance(2) ? 3 * PART : 9 * PART))
  writeFileSync(path, plain)
  const mine = { masterKey, key: name, parallel: 1 + random.int(4) }
  const before = random.chance(3) ? seededBytes(random, random.int(2 * PART) + 1) : null
  if (before !== null) {
    writeFileSync(`${path}.before`, before)
    await k.up(`${path}.before`, mine)
  }
  const replace = random.chance(2)
  const ledger = openLedger([pair.privateKey], dataKeys)
  const proxy = await openProxy(k.practice, randomly(seed, { ...storm, kinds: ALL }), ledger.hears)
  try {
    const { control, cancels } = cancelLater(proxy, random)
    const oss = clientOf(proxy)
    const error = await failureOf(
      k.up(path, { ...mine, replace, oss: async () => ok(oss) }, k.running(control)),
    )
    const there = await inBucket(name)
    const is = (what: Buffer | null): boolean =>
      there === null || what === null ? there === what : there.equals(what)
    const [whole, untouched] = [is(plain), is(before)]
    const kept = before !== null && !replace
    again += ledger.heard.again
    const wrong = [...ledger.wrong()]
    if (error === null && !whole) wrong.push('told as done, and not there')
    // One that was stored and answered wrongly is removed; then it is not there.
    if (error !== null && whole && !cancels && storm.most < 4)
      wrong.push('told as failed, and there')
    if (error === null && kept) wrong.push('replaced what was not to be replaced')
    if (kept && !untouched) wrong.push('lost what was not to be replaced')
    if (!whole && !untouched && there !== null) wrong.push('damaged')
    if (error?.code === 'unexpected' || (error?.code === 'cancelled' && !cancels))
      wrong.push(`told as ${error.code}`)
    const left = await listUploads(k.oss, { bucket: k.bucket, prefix: name }, never)
    if (left.length > 0) wrong.push(`${left.length} uploads left behind`)
    if (proxy.calls.length > 9 * 10 + 60) wrong.push(`${proxy.calls.length} requests`)
    return wrong.map((line) => `${line}; ${JSON.stringify(error)}; ${told(proxy)}`)
  } finally {
    await proxy.close()
  }
}

/**
 * One object down through a storm: the file is there and whole, or it is not there, and nothing
 * else is.
 */
async function down(seed: number, storm: Storm): Promise<readonly string[]> {
  const random = randomOf(seed + 1_000_000)
  const name = `down-${seed}.bin`
  const plain = seededBytes(random, 1 + random.int(9 * PART))
  writeFileSync(join(k.dir, name), plain)
  await k.up(join(k.dir, name), { masterKey })
  const path = join(k.dir, `into-${seed}`, name)
  const before = random.chance(3) ? Buffer.from('what was there') : null
  await mkdir(dirname(path))
  if (before !== null) writeFileSync(path, before)
  const existing = random.pick(['fail', 'replace'] as const)
  const proxy = await openProxy(k.practice, randomly(seed, { ...storm, kinds: ALL }))
  try {
    const { control, cancels } = cancelLater(proxy, random)
    const oss = clientOf(proxy)
    const job = {
      openers: openersOf(testKey('storm', pair)),
      path,
      existing,
      parallel: 1 + random.int(4),
      oss: async () => ok(oss),
    }
    const error = await failureOf(k.down(name, job, k.running(control)))
    const there = existsSync(path) ? readFileSync(path) : null
    const wrong: string[] = []
    if (error === null && there?.equals(plain) !== true) wrong.push('told as done, and not there')
    if (error === null && before !== null && existing === 'fail')
      wrong.push('replaced what was not to be replaced')
    if (error !== null && (before === null ? there !== null : there?.equals(before) !== true))
      wrong.push('failed, and another file is there')
    if (error?.code === 'unexpected' || (error?.code === 'cancelled' && !cancels))
      wrong.push(`told as ${error.code}`)
    const names = await readdir(dirname(path))
    if (names.some((one) => one !== name)) wrong.push(`left behind: ${names.join(' ')}`)
    if (proxy.calls.length > 9 * 10 + 30) wrong.push(`${proxy.calls.length} requests`)
    return wrong.map((line) => `${line}; ${JSON.stringify(error)}; ${told(proxy)}`)
  } finally {
    await proxy.close()
  }
}

const told = ({ struck }: FaultProxy): string =>
  struck.map(({ name, nth, strike }) => `${name} #${nth} ${JSON.stringify(strike)}`).join(' | ')

test('random storms that pass: what goes up and what comes down is whole, or absent and told so', async () => {
  const wrong = await eachSeed(seeds(60, 3_000), 6, async (seed) => [
    ...(await up(seed, { oneIn: 4, most: 2 })),
    ...(await down(seed, { oneIn: 4, most: 2 })),
  ])
  expect(wrong).toEqual([])
}, 3_600_000)

test('random storms that do not pass: the same, and they come to an end', async () => {
  const wrong = await eachSeed(seeds(12, 300), 12, async (seed) => [
    ...(await up(seed, { oneIn: 2, most: 12 })),
    ...(await down(seed, { oneIn: 2, most: 12 })),
  ])
  expect(wrong).toEqual([])
}, 3_600_000)

test('a connection that says nothing more is given up, and its part goes over another', async () => {
  const ledger = openLedger([pair.privateKey], dataKeys)
  const plain = seededBytes(randomOf(3), 5 * PART)
  writeFileSync(join(k.dir, 'silent.bin'), plain)
  const silent = (strike: Strike['kind'], at: number) =>
    onCue({ match: { nth: 1 }, do: { kind: strike, at, ms: 120_000 } as Strike, times: 1 })
  const cases = [
    silent('half-open-request', 50_000),
    silent('half-open-answer', 0),
    silent('half-open-answer', 60),
  ]
  await Promise.all(
    cases.map(async (schedule, i) => {
      const proxy = await openProxy(
        k.practice,
        (call) =>
          call.query.has('partNumber') || call.headers.has('range') ? schedule(call) : null,
        ledger.hears,
      )
      const oss = clientOf(proxy)
      const name = `silent-${i}.bin`
      try {
        await k.up(join(k.dir, 'silent.bin'), { masterKey, key: name, oss: async () => ok(oss) })
        expect((await inBucket(name))?.equals(plain)).toBe(true)
        expect([proxy.struck.length, ledger.wrong()]).toEqual([1, []])
      } finally {
        await proxy.close()
      }
    }),
  )
})

test('bodies were sent more than once in all of this, and each data key was for one object', () => {
  expect(again).toBeGreaterThan(0)
  expect(dataKeys.size).toBeGreaterThan(0)
})
