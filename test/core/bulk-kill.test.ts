import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Transfer } from '../../shared/contract/models-transfers.ts'
import { startPractice, type Practice } from '../tools/practice.ts'
import { openFiller, type Filler } from './bulk-kit.ts'
import { openShellProcess, type ShellProcess } from './shell-process.ts'

/** 300 objects with content, or 200,000 empty ones with SLOW=1. */
const SLOW = process.env['SLOW'] === '1'
const OBJECTS = SLOW ? 200_000 : 300
const PATIENCE_MS = SLOW ? 3_600_000 : 240_000
const MOST_MIB = 300
/** Units that can be under way at the kill: one place is shared by 16 small downloads. */
const UNDER_WAY = 4 * 16
const PASSPHRASE = 'correct horse battery'
const onLinux = process.platform === 'linux'
if (!onLinux) console.warn('skipped: a kill in the middle of a batch (reads /proc)')

let home: string
let practice: Practice
let filler: Filler
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'cb-bulk-kill-'))
  practice = await startPractice({ directory: join(home, 'oss') })
  filler = openFiller(practice)
})
afterAll(async () => {
  filler.close()
  await practice.close()
  rmSync(home, { recursive: true, force: true })
})

const nameOf = (i: number): string => String(i).padStart(6, '0')
const NAMES = Array.from({ length: OBJECTS }, (_, i) => nameOf(i))

beforeEach(async () => {
  await practice.reset()
  const keys = NAMES.map((name) => `from/${name}`)
  if (SLOW) practice.fill(keys)
  else await filler.put(keys)
  practice.log.clear()
})

/** A profile for the practice server of this test. */
async function addProfile(core: ShellProcess): Promise<string> {
  const { id } = await core.call('profiles.add', {
    name: 'Lanstone',
    colour: 'jade',
    endpoint: practice.endpoint,
    region: practice.region,
    accessKeyId: practice.accessKeyId,
    credential: {
      kind: 'typed',
      accessKeySecret: practice.accessKeySecret,
      securityToken: '',
    },
    buckets: [practice.bucket],
  })
  return id
}

async function start(
  core: ShellProcess,
  kind: 'download' | 'copy' | 'move',
  out: string,
): Promise<void> {
  const place = { profileId: await addProfile(core), bucket: practice.bucket }
  await core.call('settings.update', { files: 4 })
  const selection = { keys: [], under: { prefix: 'from/', except: [] } }
  if (kind !== 'download')
    return void (await core.call('copies.start', {
      ...selection,
      from: place,
      to: place,
      toPrefix: 'to/',
      toKey: null,
      move: kind === 'move',
      existing: 'fail',
    }))
  const [grant] = await core.call('local.grant', { paths: [out], write: true })
  await core.call('downloads.start', {
    ...place,
    ...selection,
    target: grant?.id ?? '',
    fileName: null,
    existing: 'fail',
    raw: false,
    keyIds: [],
    range: null,
    message: false,
    repair: false,
  })
}

const batchOf = async (core: ShellProcess): Promise<Transfer | undefined> =>
  (await core.call('transfers.list', {})).find(({ batchId }) => batchId === null)

test.skipIf(!onLinux).each(['download', 'copy', 'move'] as const)(
  `a kill in the middle of a %s of ${OBJECTS} objects: nothing is lost, nothing is done twice`,
  async (kind) => {
    const [data, out] = [join(home, `${kind}-data`), join(home, `${kind}-out`)]
    mkdirSync(out)
    const request =
      kind === 'download' ? { method: 'GET', key: /^from\// } : { method: 'PUT', key: /^to\// }
    // Some requests get no answer, so that the kill comes in the middle.
    practice.faults.add({
      match: { ...request, every: SLOW ? OBJECTS / 10 : 20 },
      do: { kind: 'delay', ms: 600_000 },
      times: Number.POSITIVE_INFINITY,
    })
    const core = await openShellProcess(data)
    await core.call('secrets.unlock', { passphrase: PASSPHRASE })
    const before = core.residentMib()
    await start(core, kind, out)
    await expect
      .poll(async () => (await batchOf(core))?.files?.done ?? 0, {
        timeout: PATIENCE_MS,
        interval: 20,
      })
      .toBeGreaterThan(OBJECTS / 10)
    const growth = [core.peakMib() - before]
    await core.kill()
    practice.faults.clear()

    const there = async (prefix: string): Promise<ReadonlySet<string>> =>
      new Set((await filler.names(prefix)).map((key) => key.slice(prefix.length)))
    const [sources, targets] = [await there('from/'), await there('to/')]
    // A source is gone only where its copy is there.
    for (const name of NAMES) if (!sources.has(name)) expect(targets.has(name)).toBe(true)
    if (kind === 'move') expect(sources.size).toBeLessThan(OBJECTS)
    else expect(sources.size).toBe(OBJECTS)

    const again = await openShellProcess(data)
    try {
      await again.call('secrets.unlock', { passphrase: PASSPHRASE })
      const fresh = again.residentMib()
      await expect
        .poll(async () => (await batchOf(again))?.phase, { timeout: PATIENCE_MS, interval: 50 })
        .toBe('done')
      expect((await batchOf(again))?.files).toEqual({
        total: OBJECTS,
        counting: false,
        done: OBJECTS,
        skipped: 0,
        failed: 0,
      })
      growth.push(again.peakMib() - fresh)
    } finally {
      await again.close()
    }
    if (SLOW) console.log(kind, { growthMib: growth.map(Math.round) })
    for (const mib of growth) expect(mib).toBeLessThan(MOST_MIB)
    expect(await there('from/')).toEqual(kind === 'move' ? new Set() : new Set(NAMES))
    if (kind === 'download')
      for (const name of NAMES) {
        if (SLOW) expect(existsSync(join(out, name))).toBe(true)
        else expect(readFileSync(join(out, name), 'utf8')).toBe(`from/${name}`)
      }
    else expect(await there('to/')).toEqual(new Set(NAMES))
    if (SLOW) return
    const carriedOut = practice.log
      .entries()
      .filter(
        ({ method, key, status }) =>
          method === request.method && request.key.test(key) && (status === 200 || status === 206),
      )
    const keys = carriedOut.map(({ key }) => key)
    expect(new Set(keys).size).toBe(OBJECTS)
    expect(keys.length - OBJECTS).toBeLessThanOrEqual(UNDER_WAY)
  },
  2 * PATIENCE_MS,
)

test.skipIf(!onLinux)(
  'a deletion whose listing was cut off by a kill waits for locked secrets, and goes on with them',
  async () => {
    await practice.reset()
    practice.fill(Array.from({ length: 4500 }, (_, i) => `many/${nameOf(i)}`))
    const data = join(home, 'delete-data')
    const core = await openShellProcess(data)
    await core.call('secrets.unlock', { passphrase: PASSPHRASE })
    const profileId = await addProfile(core)
    practice.faults.add({
      match: { method: 'GET', query: 'continuation-token', nth: 3 },
      do: { kind: 'delay', ms: 600_000 },
    })
    await core.call('deletes.start', { profileId, bucket: practice.bucket, keys: ['many/'] })
    await expect.poll(async () => (await batchOf(core))?.files?.done ?? 0).toBeGreaterThan(0)
    await core.kill()
    practice.faults.clear()
    const again = await openShellProcess(data)
    try {
      const phase = async (): Promise<string | undefined> => (await batchOf(again))?.phase
      await expect.poll(phase).toBe('needs-master-key')
      await again.call('secrets.unlock', { passphrase: PASSPHRASE })
      await expect.poll(phase).toBe('done')
      expect((await batchOf(again))?.files).toMatchObject({ total: 4500, done: 4500 })
      expect(await filler.names('many/')).toEqual([])
    } finally {
      await again.close()
    }
  },
  240_000,
)
