import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compose } from '../../electron/core/app/compose.ts'
import type { Core } from '../../electron/core/app/core.ts'
import { bridgeOver, type Bridge } from '../../shared/contract/routes/bridge.ts'
import { valueOf } from '../../shared/contract/errors.ts'
import type { In, Out, RouteName } from '../../shared/contract/routes/routes.ts'
import { servePort } from '../../shared/contract/routes/serve.ts'
import { openFixture, portPair, WORKER, type Fixture } from './core-fixture.ts'

/** The app and the command line on one data folder at the same time. */
let f: Fixture
let other: Core
let bridge: Bridge
const call = async <N extends RouteName>(name: N, input: In<N>): Promise<Out<N>> =>
  valueOf(await bridge.call(name, input))
const there = async (): Promise<Core> =>
  compose({
    shell: 'cli',
    version: '0',
    dataDirectory: join(f.folder, 'data'),
    workerUrl: WORKER,
    practice: null,
    environment: {},
    home: f.folder,
    secretsPlace: 'file',
  })
const profile = (name: string) => ({
  name,
  colour: 'blue' as const,
  endpoint: 'https://oss-cn-hangzhou.aliyuncs.com',
  region: 'cn-hangzhou',
  accessKeyId: `id of ${name}`,
  buckets: [],
  credential: { kind: 'typed' as const, accessKeySecret: `secret of ${name}`, securityToken: '' },
})
const named = (profiles: readonly { readonly name: string }[]): readonly string[] =>
  profiles.map(({ name }) => name).sort()

beforeAll(async () => {
  f = await openFixture()
  await f.call('secrets.unlock', { passphrase: 'pass phrase' })
  other = await there()
  const [here, wire] = portPair()
  servePort(wire, other)
  bridge = bridgeOver(here)
  await call('secrets.unlock', { passphrase: 'pass phrase' })
})
afterAll(async () => {
  await other.close()
  await f.close()
})

test('profiles stored by both at once are all there, for both and after a restart, with their secrets', async () => {
  const both = [0, 1, 2, 3, 4].flatMap((i) => [
    f.call('profiles.add', profile(`app ${i}`)),
    call('profiles.add', profile(`line ${i}`)),
  ])
  await Promise.all(both)
  const all = [0, 1, 2, 3, 4].flatMap((i) => [`app ${i}`, `line ${i}`]).sort()
  expect(named(await f.call('profiles.list', {}))).toEqual([...all, 'Practice'].sort())
  expect(named(await call('profiles.list', {}))).toEqual(all)
  await expect(call('profiles.add', profile('app 0'))).rejects.toMatchObject({
    error: { code: 'name-taken' },
  })

  const [gone] = (await call('profiles.list', {})).filter(({ name }) => name === 'app 0')
  await call('profiles.remove', { id: gone?.id ?? '' })
  expect(named(await f.call('profiles.list', {}))).not.toContain('app 0')
  f = await f.restart()
  await f.call('secrets.unlock', { passphrase: 'pass phrase' })
  const after = await f.call('profiles.list', {})
  expect(named(after)).toEqual([...all.filter((name) => name !== 'app 0'), 'Practice'].sort())
  // A listed profile has its secret: the test of its connection gets as far as the network.
  for (const { id, name } of after.filter((one) => one.kind === 'stored')) {
    const answer = await f.bridge.call('profiles.test', {
      ...profile(name),
      id,
      bucket: null,
      endpoint: 'http://127.0.0.1:9',
      credential: { kind: 'keep' },
    })
    expect([name, answer.ok ? 'ok' : answer.error.code]).toEqual([name, 'unreachable'])
  }
})

test('keys made by both at once are all there; one that the other removed is told as gone', async () => {
  const key = (name: string) => ({
    name,
    bits: 2048 as const,
    description: `{"name":"${name}"}`,
    style: 'compact' as const,
  })
  await Promise.all(
    [0, 1, 2].flatMap((i) => [
      f.call('keys.generate', key(`app ${i}`)),
      call('keys.generate', key(`line ${i}`)),
    ]),
  )
  const all = [0, 1, 2].flatMap((i) => [`app ${i}`, `line ${i}`]).sort()
  const mine = (await f.call('keys.list', {})).filter(({ origin }) => origin === 'generated')
  expect(named(mine)).toEqual(all)
  for (const { id } of mine) expect((await call('keys.prove', { id })).proven).not.toBeNull()
  const [first] = mine
  await call('keys.remove', {
    id: first?.id ?? '',
    confirmName: first?.name ?? '',
    successorId: null,
  })
  await expect(f.call('keys.prove', { id: first?.id ?? '' })).rejects.toMatchObject({
    error: { code: 'not-found', what: 'master-key' },
  })
})

test('default keys of several buckets, set by both, and settings', async () => {
  const [a, b] = (await f.call('keys.list', {})).filter(({ origin }) => origin === 'generated')
  const [, line] = (await f.call('profiles.list', {})).filter(({ kind }) => kind === 'stored')
  const profileId = line?.id ?? ''
  await f.call('profiles.setDefaultKey', { profileId, bucket: 'one', keyId: a?.id ?? '' })
  await call('profiles.setDefaultKey', { profileId, bucket: 'two', keyId: b?.id ?? '' })
  await f.call('profiles.setDefaultKey', { profileId, bucket: 'three', keyId: a?.id ?? '' })
  await call('settings.update', { theme: 'dark' })
  await f.call('settings.update', { files: 2 })
  f = await f.restart()
  expect(
    (await f.call('profiles.list', {})).find(({ id }) => id === profileId)?.bucketKeys,
  ).toEqual({ one: a?.id, two: b?.id, three: a?.id })
  expect(await f.call('settings.get', {})).toMatchObject({ theme: 'dark', files: 2 })
})

test('a damaged record of a profile is set aside and told, with its bytes beside', async () => {
  const state = join(f.folder, 'data', 'state')
  const name = readdirSync(state).find((one) => one.startsWith('profile.')) ?? ''
  writeFileSync(join(state, name), '{"half":')
  const core = await there()
  expect(core.problems()).toMatchObject([{ code: 'file-damaged' }])
  await core.close()
  const kept = readdirSync(state).find((one) => one.startsWith(`${name}.damaged-`)) ?? ''
  expect([readFileSync(join(state, kept), 'utf8'), readdirSync(state).includes(name)]).toEqual([
    '{"half":',
    false,
  ])
})
