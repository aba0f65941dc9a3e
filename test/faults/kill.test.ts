import { generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rsaMasterKey } from '../../electron/core/keys/rsa-master-key.ts'
import { listUploads } from '../../electron/core/oss/multipart.ts'
import { listObjects, putSmall } from '../../electron/core/oss/objects.ts'
import { ok, valueOf } from '../../shared/contract/errors.ts'
import type { Transfer } from '../../shared/contract/models-transfers.ts'
import { never } from '../core/oss-practice.ts'
import { verdictOf } from '../core/seal-verdict.ts'
import { kit, openersOf, openIndependently } from '../core/transfer-kit.ts'
import { randomOf } from '../fuzz/random.ts'
import { eachSeed, seeds, slow } from './budget.ts'
import { openLedger } from './ledger.ts'
import {
  anHourLater,
  leftInData,
  material,
  RELAYED,
  wrongFiles,
  type Action,
  type World,
} from './life.ts'
import { killAt, NAMED_MOMENTS, someMoment } from './moments.ts'
import { openProxy } from './proxy.ts'
import { bundleVictims, startVictim, type Victim } from './victim.ts'

const k = kit()
const newMaster = (name: string, description: string) => {
  const halves = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return {
    ...halves,
    pem: halves.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    handle: async () => ok(rsaMasterKey({ ...halves, id: name, name, description, writes: 'v2' })),
  }
}
/**
 * The practice key is always open; the other one is in the store of secrets, which is closed at
 * every start.
 */
const [practiceMaster, ownMaster] = [
  newMaster('practice', '{"use":"practice"}'),
  newMaster('mine', '{"key":"mine"}'),
]
const PASSPHRASE = 'a passphrase'
const dataKeys = new Set<string>()
const root = mkdtempSync(join(tmpdir(), 'cb-kill-'))
beforeAll(bundleVictims)
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** Times a core is killed before it may finish. */
const KILLS = 14
/**
 * All of them together; and in `npm test`, on a machine that is busy, as many as come within this
 * time.
 */
const [WANTED, MOST_MS] = slow ? [2_000, Infinity] : [120, 90_000]
/** A bound for what hangs, not for what is slow. */
const PATIENCE_MS = 240_000
let kills = 0

/** Objects and states of them that were looked into, and found right. */
const right = new Set<string>()

/** Keys that are there now; `wrong` of the life hears of those that do not hold what they must. */
async function inBucket({
  world: { prefix, objects },
  master,
  wrong,
}: Life): Promise<ReadonlySet<string>> {
  const { rows: listed } = await listObjects(
    k.oss,
    { bucket: k.bucket, prefix, delimiter: '', cursor: null, max: 1000 },
    never,
  )
  for (const { key, etag } of listed) {
    const bytes = objects.get(key)
    if (bytes === undefined || right.has(`${key} ${etag}`)) continue
    const head = await k.head(key)
    if (openIndependently(head, await k.stored(key), master.privateKey).equals(bytes))
      right.add(`${key} ${head.etag}`)
    else wrong.push(`damaged in the bucket: ${key}`)
  }
  return new Set(listed.map(({ key }) => key))
}

const isDone = (
  { makes, removes }: Action,
  { files }: World,
  there: ReadonlySet<string>,
): boolean =>
  makes.length + removes.length > 0 &&
  makes.every((name) => (files.has(name) ? existsSync(name) : there.has(name))) &&
  removes.every((key) => !there.has(key))

interface Life {
  /** The master key of everything that is encrypted. */
  readonly master: typeof ownMaster
  readonly world: World
  readonly actions: readonly Action[]
  /** Asked for, and told so: these may not get lost any more. */
  readonly answered: Set<Action>
  readonly wrong: string[]
}

const ENDED: ReadonlySet<Transfer['phase']> = new Set(['done'])
const rowOf = ({ name, kind, phase, error, partsDone, parts }: Transfer): string =>
  `${kind} ${name} ${phase} ${partsDone}/${parts}${error === null ? '' : ` ${JSON.stringify(error)}`}`

/** From one start to its kill, or to the end of all that is to be done. True: it is over. */
async function oneStart(victim: Victim, life: Life): Promise<boolean> {
  const { world, actions, answered, wrong, master } = life
  const refused = await victim.ready
  if (refused !== null) wrong.push(`does not start: ${JSON.stringify(refused)}`)
  const rows = async (): Promise<readonly Transfer[] | null> => {
    const told = await Promise.race([victim.bridge.call('transfers.list', {}), victim.gone])
    return told === undefined || !told.ok ? null : told.value
  }
  const first = await rows()
  if (first === null) return false
  // Meanwhile what needs the key waits for it.
  if (master === ownMaster)
    await Promise.race([
      victim.bridge.call('secrets.unlock', { passphrase: PASSPHRASE }),
      victim.gone,
    ])
  const there = await inBucket(life)
  for (const action of actions) {
    const mine = first.filter((row) => action.owns(row))
    if (new Set(mine.map(({ key }) => key)).size < mine.length)
      wrong.push(`more than once in the list: ${mine.map(rowOf).join(', ')}`)
    // The answer was lost: then all of it is in the list, or nothing.
    const single = mine.some(({ files }) => files !== null) || mine.length === 0 ? 0 : mine.length
    if (
      !answered.has(action) &&
      single > 0 &&
      single < action.makes.length &&
      !isDone(action, world, there)
    )
      wrong.push(`only a part of it was kept: ${mine.map(rowOf).join(', ')}`)
    if (mine.length > 0 || isDone(action, world, there)) answered.add(action)
    else if (answered.has(action) && action.makes.length > 0 && victim.isAlive())
      wrong.push(`lost: ${action.name}; list: ${first.map(rowOf).join(', ')}`)
    if (answered.has(action)) continue
    void action.ask(victim.bridge).then((told) => {
      if (told.ok) answered.add(action)
      else if (victim.isAlive()) wrong.push(`${action.name} refused: ${JSON.stringify(told.error)}`)
    })
  }
  const paused = first.filter(({ phase }) => phase === 'paused').map(({ id }) => id)
  if (paused.length > 0) void victim.bridge.call('transfers.resume', { ids: paused })
  for (const until = Date.now() + PATIENCE_MS; ;) {
    const now = await rows()
    if (now === null) return false
    const bad = now.filter(({ phase }) => phase === 'failed' || phase === 'needs-user')
    if (bad.length > 0) wrong.push(`failed: ${bad.map(rowOf).join(', ')}`)
    if (bad.length > 0 || wrong.length > 0) return true
    if (answered.size === actions.length && now.every(({ phase }) => ENDED.has(phase))) return true
    if (Date.now() > until) {
      wrong.push(
        `no end: ${now.map(rowOf).join(', ')}; answered: ${[...answered].map(({ name }) => name).join(' ')}`,
      )
      return true
    }
    await Promise.race([sleep(20), victim.gone])
  }
}

/** Takes the key into the store of secrets of a home folder; its id. */
async function takeOwn(home: string): Promise<string> {
  const path = join(home, 'key.pem')
  writeFileSync(path, ownMaster.pem)
  const victim = startVictim(home, k.practice, k.practice.endpoint)
  await victim.ready
  valueOf(await victim.bridge.call('secrets.unlock', { passphrase: PASSPHRASE }))
  const [grant] = valueOf(await victim.bridge.call('local.grant', { paths: [path], write: false }))
  const key = valueOf(
    await victim.bridge.call('keys.import', {
      grant: grant?.id ?? '',
      passphrase: null,
      name: 'mine',
      description: '{"key":"mine"}',
      style: 'compact',
      use: 'active',
    }),
  )
  await victim.close()
  return key.id
}

/** A home folder whose core is killed again and again, and may finish in the end. */
async function live(seed: number): Promise<readonly string[]> {
  const random = randomOf(seed)
  const home = join(root, String(seed))
  mkdirSync(join(home, 'data', 'state'), { recursive: true })
  // The practice key is one that the ledger knows; the samples are not needed.
  writeFileSync(join(home, 'data', 'state', 'practice-key.json'), practiceMaster.pem)
  writeFileSync(join(home, 'data', 'state', 'practice-seeded.json'), 'yes')
  const master = seed % 6 === 0 ? ownMaster : practiceMaster
  const keyId = master === ownMaster ? await takeOwn(home) : null
  const { world, actions, before } = material(home, `life-${seed}/`, keyId, random)
  for (const { key, bytes, encrypted } of before) {
    writeFileSync(join(home, 'before'), bytes)
    if (encrypted) await k.up(join(home, 'before'), { key, masterKey: master.handle })
    else
      await putSmall(
        k.oss,
        { bucket: k.bucket, key, headers: {}, body: bytes, forbidOverwrite: true },
        never,
      )
  }
  const ledger = openLedger([practiceMaster.privateKey, ownMaster.privateKey], dataKeys)
  const proxy = await openProxy(k.practice, undefined, ledger.hears)
  const life: Life = { master, world, actions, answered: new Set(), wrong: [] }
  const story: string[] = []
  const tell = (line: string): string => `${line}; kills: ${story.join(', ')}`
  try {
    for (let round = 0; ; round++) {
      const victim = startVictim(home, k.practice, proxy.endpoint)
      const named = round === 0 ? NAMED_MOMENTS[seed % NAMED_MOMENTS.length] : undefined
      const moment = round < KILLS ? (named ?? someMoment(random)) : null
      const disarm = moment === null ? () => undefined : killAt(moment, victim, proxy, home)
      const over = await oneStart(victim, life)
      disarm()
      if (over) {
        // Anything that is saved sweeps.
        await victim.bridge.call('settings.update', { theme: 'dark' })
        await victim.close()
      } else {
        kills += 1
        story.push(JSON.stringify(moment))
        anHourLater(home)
      }
      life.wrong.push(...ledger.wrong(), ...wrongFiles(world, over && life.wrong.length === 0))
      const there = await inBucket(life)
      if (life.wrong.length > 0) return life.wrong.map(tell)
      if (over) return (await wrongEnd(life, there)).map(tell)
    }
  } finally {
    await proxy.close()
    rmSync(home, { recursive: true, force: true })
  }
}

/** Returns the faults that are left once everything has ended. */
async function wrongEnd(
  { world, actions, master }: Life,
  there: ReadonlySet<string>,
): Promise<readonly string[]> {
  const wrong: string[] = []
  for (const action of actions)
    if (action.makes.length > 0 && !isDone(action, world, there))
      wrong.push(`not done: ${action.name}`)
  const left = await listUploads(k.oss, { bucket: k.bucket, prefix: world.prefix }, never)
  if (left.length > 0) wrong.push(`left in the bucket: ${left.map(({ key }) => key).join(' ')}`)
  const names = leftInData(world.home).filter((name) => !name.endsWith('.lock'))
  if (names.length > 0) wrong.push(`left in the data folder: ${names.join(' ')}`)
  // The core seals its uploads. The objects of before were uploaded without seals.
  const openers = openersOf(valueOf(await master.handle()))
  for (const key of there) {
    const name = key.slice(world.prefix.length)
    if (name === 'plain.bin') continue
    const { state, reason } = await verdictOf(k, key, openers)
    if (state !== (UNSEALED.has(name) ? 'unsealed' : 'intact'))
      wrong.push(`seal: ${key} ${state} ${reason}`)
  }
  return wrong
}

const UNSEALED: ReadonlySet<string> = new Set([
  'down.bin',
  'old.bin',
  'new.bin',
  'far.bin',
  RELAYED,
])

test('killed at any moment, and started again: everything ends whole, once, nothing stays behind, and no key stream was over two plaintexts', async () => {
  const until = Date.now() + MOST_MS
  k.practice.faults.add({
    match: { method: 'PUT', key: new RegExp(`/${RELAYED}$`), query: null },
    do: { kind: 'status', status: 400, code: 'EntityTooLarge' },
    times: Infinity,
  })
  const wrong = await eachSeed(seeds(60, 600), 4, live, () => kills >= WANTED || Date.now() > until)
  console.info(`killed ${kills} times`)
  expect(wrong).toEqual([])
  expect(dataKeys.size).toBeGreaterThan(0)
}, 7_200_000)
