// @vitest-environment happy-dom
import { expect, test, vi } from 'vitest'
import { connect, createClient, names } from '../../renderer/queries/core.ts'
import { encryptionQuery } from '../../renderer/queries/encryption.ts'
import { followCore } from '../../renderer/queries/events.ts'
import {
  continueListing,
  isWhole,
  listingQuery,
  refreshListing,
  stopListing,
} from '../../renderer/queries/objects.ts'
import { transfersQuery } from '../../renderer/queries/transfers.ts'
import { ok } from '../../shared/contract/errors.ts'
import { fakeShell } from './fake-bridge.ts'
import { row, studio, studioData, transfer } from './fake-data.ts'

const place = { profileId: 'p1', bucket: 'lanstone-archive', prefix: 'contracts/2026/' }

function started(data = studioData()) {
  const fake = fakeShell(data)
  connect(fake.shell)
  const client = createClient()
  followCore(client, fake.shell.bridge, {
    onTransfers: () => undefined,
    onProblem: () => undefined,
  })
  return {
    fake,
    client,
    asked: (name: string) => fake.calls.filter((call) => call.name === name).length,
  }
}

test('a changed transfer replaces its own entry and no other', async () => {
  const { fake, client } = started({
    ...studioData(),
    transfers: [transfer({ id: 'a', name: 'a' }), transfer({ id: 'b', name: 'b' })],
  })
  const before = await client.fetchQuery(transfersQuery)
  const first = before.get('a')
  fake.emit('transfers.changed', [
    transfer({ id: 'b', name: 'b', done: 9 }),
    transfer({ id: 'c', name: 'c' }),
  ])
  const after = client.getQueryData(transfersQuery.queryKey)
  const ids = () =>
    [...(client.getQueryData(transfersQuery.queryKey)?.rows('running').values() ?? [])].map(
      ({ id }) => id,
    )
  expect(ids()).toEqual(['a', 'b', 'c'])
  expect(after).not.toBe(before)
  expect(after?.get('a')).toBe(first)
  expect(after?.get('b')?.done).toBe(9)
  fake.emit('transfers.removed', ['a', 'c'])
  expect(ids()).toEqual(['b'])
})

test('a key that was tried and does not open the envelope changes the row to Key missing at once', async () => {
  const { fake, client } = started()
  const file = row(`${place.prefix}税务申报表-2026-Q3.xlsx`, 1, '2026-01-01')
  expect((await client.fetchQuery(encryptionQuery(place, file)))?.state).toBe('sealed')
  fake.emit('transfers.changed', [
    transfer({
      id: 'a',
      name: 'x',
      kind: 'download',
      phase: 'needs-user',
      key: file.key,
      error: { code: 'wrong-master-key', tried: ['Studio 2026'] },
    }),
  ])
  const now = client.getQueryData(encryptionQuery(place, file).queryKey)
  expect(now).toEqual({ state: 'nokey', facts: studio.state === 'sealed' ? studio.facts : null })
})

test('rows that come into view together are asked for together, and those that left are not asked for', async () => {
  const { client, fake, asked } = started()
  const files = Array.from({ length: 60 }, (_, i) => row(`f${i}`, 1, '2026-01-01'))
  const control = client
    .fetchQuery(encryptionQuery(place, row('gone', 1, '')))
    .catch(() => 'cancelled')
  const all = files.map((file) => client.fetchQuery(encryptionQuery(place, file)))
  await client.cancelQueries({
    queryKey: names.encryption(place.profileId, place.bucket, 'gone', row('gone', 1, '').etag),
  })
  await Promise.all(all)
  await control
  expect(asked('objects.encryption')).toBe(2)
  const keys = fake.calls.flatMap((call) =>
    call.name === 'objects.encryption'
      ? (call.input as { objects: readonly { key: string }[] }).objects.map((one) => one.key)
      : [],
  )
  expect(keys).toHaveLength(60)
  expect(keys).not.toContain('gone')
  await Promise.all(files.map((file) => client.fetchQuery(encryptionQuery(place, file))))
  expect(asked('objects.encryption')).toBe(2)
})

test('counts of seen objects do not ask for every envelope again; another key does', async () => {
  const { fake, client, asked } = started()
  const file = row(`${place.prefix}README.txt`, 1, '')
  await client.fetchQuery({ queryKey: names.keys, queryFn: async () => fake.data.keys })
  await client.fetchQuery(encryptionQuery(place, file))
  fake.emit(
    'keys.changed',
    fake.data.keys.map((key) => ({ ...key, seen: [{ bucket: 'b', objects: 1, bytes: 1 }] })),
  )
  await client.fetchQuery(encryptionQuery(place, file))
  expect(asked('objects.encryption')).toBe(1)
  fake.emit('keys.changed', fake.data.keys.slice(1))
  await client.fetchQuery(encryptionQuery(place, file))
  expect(asked('objects.encryption')).toBe(2)
})

test('many changes under one folder list it once, when they rest', async () => {
  const { fake, client, asked } = started()
  await client.fetchQuery(listingQuery(place))
  const unsubscribe = client.getQueryCache().subscribe(() => undefined)
  const observer = client.getQueryCache().find({ queryKey: listingQuery(place).queryKey })
  for (let i = 0; i < 200; i++)
    fake.emit('objects.changed', {
      profileId: 'p1',
      bucket: 'lanstone-archive',
      prefix: `contracts/2026/${i}`,
    })
  await vi.waitFor(() => expect(observer?.state.isInvalidated).toBe(true), { timeout: 30_000 })
  await client.fetchQuery(listingQuery(place))
  expect(asked('objects.list')).toBe(2)
  fake.emit('objects.changed', { profileId: 'p1', bucket: 'another', prefix: '' })
  unsubscribe()
  expect(observer?.state.isInvalidated).toBe(false)
})

test('a long folder is listed page by page, stops when told to, goes on where it stopped, and a refresh keeps the old rows until the new ones are whole', async () => {
  const data = studioData()
  data.rows['lanstone-archive/contracts/2026/'] = Array.from({ length: 3500 }, (_, i) =>
    row(`${place.prefix}${i}`, 1, ''),
  )
  const { fake, client } = started(data)
  const list = fake.handlers['objects.list']
  let pages = 0
  let release: () => void = () => undefined
  fake.handlers['objects.list'] = async (input, signal) => {
    if (++pages === 3)
      await new Promise<void>((resolve) => {
        release = resolve
        signal.addEventListener('abort', () => resolve())
      })
    return signal.aborted ? ok({ rows: [], cursor: null }) : list(input, signal)
  }
  const { queryKey } = listingQuery(place)
  const first = client.fetchQuery(listingQuery(place)).catch(() => null)
  await vi.waitFor(() => expect(pages).toBe(3))
  await stopListing(client, place)
  await first
  const stopped = client.getQueryData(queryKey)
  expect(stopped?.stopped).toBe(true)
  expect(stopped?.rows.length).toBeGreaterThanOrEqual(1000)
  expect(stopped?.cursor).toBe(String(stopped?.rows.length))
  expect(isWhole(client.getQueryData(queryKey))).toBe(false)
  await client.fetchQuery({ ...listingQuery(place), staleTime: 0 })
  expect(client.getQueryData(queryKey)?.rows.map((one) => one.key)).toEqual(
    data.rows['lanstone-archive/contracts/2026/']?.map((one) => one.key),
  )
  expect(isWhole(client.getQueryData(queryKey))).toBe(true)

  const sizes: number[] = []
  const off = client
    .getQueryCache()
    .subscribe(() => void sizes.push(client.getQueryData(queryKey)?.rows.length ?? 0))
  pages = -100
  await client.fetchQuery({ ...listingQuery(place), staleTime: 0 })
  off()
  expect(Math.min(...sizes)).toBe(3500)
  release()
  await refreshListing(client, place)
  await continueListing(client, place)
})
