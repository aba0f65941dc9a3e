import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ctrCipher } from '../../electron/core/cipher/ctr.ts'
import { newEnvelope, open } from '../../electron/core/keys/keyring.ts'
import { rsaMasterKey } from '../../electron/core/keys/rsa-master-key.ts'
import { valueOf } from '../../shared/contract/errors.ts'
import type { Transfer } from '../../shared/contract/models-transfers.ts'
import { serializeEnvelope } from '../../shared/format/envelope/envelope.ts'
import { readHeaders, recognise } from '../../shared/format/recognise.ts'
import { startPractice, type Practice } from '../tools/practice.ts'
import { openFiller, type Filler } from './bulk-kit.ts'
import { openShellProcess, type ShellProcess } from './shell-process.ts'

/** 300 objects, or 100,000 with SLOW=1, or OBJECTS=n of them; and so many kills. */
const SLOW = process.env['SLOW'] === '1'
const OBJECTS = Number(process.env['OBJECTS'] ?? (SLOW ? 100_000 : 300))
const KILLS = 5
const MOST_MIB = 300
const PATIENCE_MS = SLOW ? 3_600_000 : 240_000
const PASSPHRASE = 'correct horse battery'
const onLinux = process.platform === 'linux'
if (!onLinux) console.warn('skipped: kills in a change of master keys (reads /proc)')

const never = new AbortController().signal
const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 })
const KEYS = { old: pair(), new: pair() }
type Name = keyof typeof KEYS
const handle = (name: Name) =>
  rsaMasterKey({ id: name, name, description: `{"key":"${name}"}`, writes: 'v2', ...KEYS[name] })

let home: string
let practice: Practice
let filler: Filler
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'cb-rewrap-kill-'))
  practice = await startPractice({ directory: join(home, 'oss') })
  filler = openFiller(practice)
})
afterAll(async () => {
  filler.close()
  await practice.close()
  rmSync(home, { recursive: true, force: true })
})

const NAMES = Array.from({ length: OBJECTS }, (_, i) => `in/${String(i).padStart(6, '0')}`)

/** Encrypts the name of an object as its content. */
async function objectOf(key: string) {
  const { dataKey, counter, envelope } = valueOf(await newEnvelope(handle('old'), 'v2', never))
  const body = ctrCipher(dataKey.bytes, counter, 0).update(Buffer.from(key))
  return { key, body, headers: serializeEnvelope(envelope) }
}

async function addKey(core: ShellProcess, name: Name): Promise<string> {
  const path = join(home, `${name}.pem`)
  writeFileSync(path, KEYS[name].privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const [grant] = await core.call('local.grant', { paths: [path], write: false })
  const { id } = await core.call('keys.import', {
    name,
    description: `{"key":"${name}"}`,
    style: 'compact',
    grant: grant?.id ?? '',
    passphrase: null,
    use: 'active',
  })
  return id
}

async function start(core: ShellProcess): Promise<void> {
  const { id: profileId } = await core.call('profiles.add', {
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
  const [old, target] = [await addKey(core, 'old'), await addKey(core, 'new')]
  await core.call('settings.update', { files: 4 })
  await core.call('rewraps.start', {
    profileId,
    bucket: practice.bucket,
    prefix: 'in/',
    shard: null,
    toKey: target,
    fromKeys: [old],
    mode: 'relay',
    dryRun: false,
  })
}

const batchOf = async (core: ShellProcess): Promise<Transfer | undefined> =>
  (await core.call('transfers.list', {})).find(({ batchId }) => batchId === null)

/** Some writes get no answer, before or after they are carried out, so that a kill meets them. */
function addFaults(): void {
  const every = SLOW ? Math.ceil(OBJECTS / 20) : 25
  practice.faults.add({
    match: { method: 'PUT', key: /^in\//, every },
    do: { kind: 'delay', ms: 600_000 },
    times: Number.POSITIVE_INFINITY,
  })
  practice.faults.add({
    match: { method: 'PUT', key: /^in\//, every: every + 2 },
    do: { kind: 'lose-response' },
    times: Number.POSITIVE_INFINITY,
  })
}

test.skipIf(!onLinux)(
  `${KILLS} kills in a change of master keys of ${OBJECTS} objects: every object opens at every moment`,
  async () => {
    await filler.store(NAMES, objectOf)
    const before = new Map(await filler.heads('in/'))
    const data = join(home, 'data')
    const growth: number[] = []
    for (let kill = 1; kill <= KILLS; kill += 1) {
      addFaults()
      const core = await openShellProcess(data)
      await core.call('secrets.unlock', { passphrase: PASSPHRASE })
      const fresh = core.residentMib()
      if (kill === 1) await start(core)
      await expect
        .poll(async () => (await batchOf(core))?.files?.done ?? 0, {
          timeout: PATIENCE_MS,
          interval: 20,
        })
        .toBeGreaterThan((OBJECTS * kill) / (KILLS + 2))
      growth.push(core.peakMib() - fresh)
      await core.kill()
      practice.faults.clear()
      for (const [key, head] of await filler.heads('in/')) {
        expect(head.crc64).toBe(before.get(key)?.crc64)
        expect([key, await openedBy(head.headers)]).not.toEqual([key, null])
      }
    }
    const again = await openShellProcess(data)
    try {
      await again.call('secrets.unlock', { passphrase: PASSPHRASE })
      const fresh = again.residentMib()
      await expect
        .poll(async () => (await batchOf(again))?.phase, { timeout: PATIENCE_MS, interval: 50 })
        .toBe('done')
      const files = (await batchOf(again))?.files
      expect(files).toMatchObject({ total: OBJECTS, done: OBJECTS, failed: 0 })
      // An object whose end was not noted before a kill is found under the new key.
      expect(files?.skipped).toBeLessThanOrEqual(KILLS * 4 * 16)
      growth.push(again.peakMib() - fresh)
      if (SLOW) console.log({ skipped: files?.skipped, growthMib: growth.map(Math.round) })
    } finally {
      await again.close()
    }
    for (const mib of growth) expect(mib).toBeLessThan(MOST_MIB)
    const after = new Map(await filler.heads('in/'))
    expect([...after.keys()]).toEqual(NAMES)
    for (const [key, head] of after) {
      expect(head.crc64).toBe(before.get(key)?.crc64)
      expect([key, await openedBy(head.headers)]).toEqual([key, 'new'])
    }
    expect(await filler.names('')).toEqual(NAMES)
  },
  8 * PATIENCE_MS,
)

/** Returns the one key that opens an object. */
async function openedBy(headers: ReadonlyMap<string, string>): Promise<Name | null> {
  const found = recognise(readHeaders(headers))
  if (found.kind !== 'encrypted') return null
  const opened = await Promise.all(
    (['old', 'new'] as const).map(async (name) => {
      const one = await open(found.envelope, [handle(name)], never)
      if (one.ok) one.value.dataKey[Symbol.dispose]()
      return one.ok ? [name] : []
    }),
  )
  const names = opened.flat()
  expect(names.length).toBeLessThanOrEqual(1)
  return names[0] ?? null
}
