import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { valueOf } from '../../shared/contract/errors.ts'
import type { MasterKey } from '../../shared/contract/models.ts'
import { bench } from '../core/oss-practice.ts'
import { randomOf, type Random } from '../fuzz/random.ts'
import { eachSeed, seeds } from './budget.ts'
import { anHourLater, leftInData } from './life.ts'
import { bundleVictims, startVictim, type Victim } from './victim.ts'

const b = bench()
const root = mkdtempSync(join(tmpdir(), 'cb-keys-'))
const pems = Array.from({ length: 4 }, () =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  }),
)
beforeAll(bundleVictims)
afterAll(() => rmSync(root, { recursive: true, force: true }))

const unlock = (victim: Victim) =>
  victim.bridge.call('secrets.unlock', { passphrase: 'a passphrase' })
async function imported(victim: Victim, path: string, name: string) {
  const grants = await victim.bridge.call('local.grant', { paths: [path], write: false })
  if (!grants.ok) return grants
  return victim.bridge.call('keys.import', {
    grant: grants.value[0]?.id ?? '',
    passphrase: null,
    name,
    description: `{"key":"${name}"}`,
    style: 'compact',
    use: 'active',
  })
}

/** At some write to the data folder from now on, or some time after. */
function killSoon(victim: Victim, home: string, random: Random): () => void {
  if (random.chance(3)) {
    const timer = setTimeout(() => victim.kill(), random.int(60))
    return () => clearTimeout(timer)
  }
  let left = 1 + random.int(14)
  const watcher = watch(join(home, 'data', 'state'), () => void (--left === 0 && victim.kill()))
  return () => watcher.close()
}

/** Keys are imported, one after the other, by a core that is killed at some moment of each. */
async function live(seed: number): Promise<readonly string[]> {
  const random = randomOf(seed)
  const home = join(root, String(seed))
  mkdirSync(home)
  const wrong: string[] = []
  /** Names of keys that the app said it has. */
  const told = new Set<string>()
  for (const [i, pem] of [...pems, null].entries()) {
    const victim = startVictim(home, b.practice, b.practice.endpoint)
    const refused = await victim.ready
    if (refused !== null) return [`does not start: ${JSON.stringify(refused)}`]
    valueOf(await unlock(victim))
    wrong.push(...(await wrongKeys(victim, told, i)))
    if (pem === null || wrong.length > 0) {
      // Anything that is saved sweeps.
      valueOf(await victim.bridge.call('settings.update', { theme: 'dark' }))
      await victim.close()
      const left = leftInData(home).filter((name) => name.endsWith('.new'))
      if (left.length > 0) wrong.push(`left in the data folder: ${left.join(' ')}`)
      return wrong.map((line) => `${line}; at start ${i + 1}`)
    }
    const path = join(home, `${i}.pem`)
    writeFileSync(path, pem)
    const disarm = killSoon(victim, home, random)
    const answer = await Promise.race([imported(victim, path, `key ${i}`), victim.gone])
    disarm()
    if (answer !== undefined && answer.ok) told.add(`key ${i}`)
    else if (victim.isAlive()) wrong.push(`refused: ${JSON.stringify(answer)}`)
    victim.kill()
    await victim.gone
    anHourLater(home)
  }
  return wrong
}

/** A key is wholly here and proven, or it is not here; one that was told to be here is. */
async function wrongKeys(
  victim: Victim,
  told: ReadonlySet<string>,
  most: number,
): Promise<readonly string[]> {
  const wrong: string[] = []
  const keys = valueOf(await victim.bridge.call('keys.list', {})).filter(({ name }: MasterKey) =>
    name.startsWith('key '),
  )
  const names = keys.map(({ name }) => name)
  for (const name of told) if (!names.includes(name)) wrong.push(`lost: ${name}`)
  if (new Set(names).size < names.length || names.length > most)
    wrong.push(`too many: ${names.join(', ')}`)
  for (const { id, name } of keys) {
    const proof = await victim.bridge.call('keys.prove', { id })
    if (!proof.ok) wrong.push(`${name} is here and does not open: ${JSON.stringify(proof.error)}`)
  }
  return wrong
}

test('killed while it takes a key: the key is here and opens, or it is not here; and none is lost', async () => {
  expect(await eachSeed(seeds(8, 200), 4, live)).toEqual([])
}, 3_600_000)
