// @vitest-environment happy-dom
import { QueryObserver } from '@tanstack/react-query'
import { expect, test } from 'vitest'
import { connect, createClient, names } from '../../renderer/queries/core.ts'
import { encryptionQuery } from '../../renderer/queries/encryption.ts'
import { followCore } from '../../renderer/queries/events.ts'
import { listingQuery } from '../../renderer/queries/rows/listing.ts'
import { levelView, rowsQuery } from '../../renderer/queries/rows/rows.ts'
import { transfersQuery } from '../../renderer/queries/transfers/transfers.ts'
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

test('a transfer that changes before the list is known hides no other one', async () => {
  const all = ['a', 'b', 'c'].map((id) => transfer({ id, name: id }))
  for (const isAsked of [false, true]) {
    const { fake, client } = started({ ...studioData(), transfers: all })
    const asked = isAsked ? client.fetchQuery(transfersQuery).catch(() => undefined) : undefined
    fake.emit('transfers.changed', [transfer({ id: 'b', name: 'b', done: 9 })])
    const off = new QueryObserver(client, transfersQuery).subscribe(() => undefined)
    await asked
    await expect
      .poll(() => client.getQueryData(transfersQuery.queryKey)?.totals().unfinished)
      .toBe(all.length)
    off()
  }
})

test('a key that was tried and does not open the envelope changes the row to Key missing at once', async () => {
  const { fake, client } = started()
  const file = row(`${place.prefix}税务申报表-2026-Q3.xlsx`, 1, '2026-01-01')
  expect((await client.fetchQuery(encryptionQuery(place, file)))?.state).toBe('encrypted')
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
  expect(now).toEqual({ state: 'nokey', facts: studio.state === 'encrypted' ? studio.facts : null })
})

test('rows that come into view together are asked for together, and those that left are not asked for', async () => {
  const { client, fake, asked } = started()
  const files = Array.from({ length: 60 }, (_, i) => row(`f${i}`, 1, '2026-01-01'))
  const control = client
    .fetchQuery(encryptionQuery(place, row('gone', 1, '')))
    .catch(() => 'cancelled')
  const all = files.map((file) => client.fetchQuery(encryptionQuery(place, file)))
  await client.cancelQueries({
    queryKey: names.encryption(place.profileId, place.bucket, row('gone', 1, '')),
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

test('many changes under one folder ask for its rows again a few times a second, and drop hidden pages', async () => {
  const { fake, client, asked } = started()
  const view = levelView(place)
  const observer = new QueryObserver(client, rowsQuery(view, 0))
  const off = observer.subscribe(() => undefined)
  await client.fetchQuery(rowsQuery(view, 0))
  await client.fetchQuery(rowsQuery(view, 7))
  const before = asked('index.rows')
  for (let i = 0; i < 200; i++)
    fake.emit('objects.changed', {
      profileId: 'p1',
      bucket: 'lanstone-archive',
      prefix: `contracts/2026/${i}`,
    })
  await expect.poll(() => asked('index.rows')).toBe(before + 1)
  await expect.poll(() => client.getQueryData(rowsQuery(view, 7).queryKey)).toBe(undefined)
  fake.emit('objects.changed', { profileId: 'p1', bucket: 'another', prefix: '' })
  fake.emit('objects.changed', { profileId: 'p1', bucket: 'lanstone-archive', prefix: 'other/' })
  off()
  expect(client.getQueryState(rowsQuery(view, 0).queryKey)?.isInvalidated).toBe(false)
})

test('the status of a listing comes with its events, and rows with the next answer', async () => {
  const { fake, client, asked } = started()
  const { queryKey } = listingQuery(place)
  const first = await client.fetchQuery(listingQuery(place))
  const view = levelView(place)
  const off = new QueryObserver(client, rowsQuery(view, 0)).subscribe(() => undefined)
  await client.fetchQuery(rowsQuery(view, 0))
  const before = asked('index.rows')
  const status = { ...first, revision: 9, listing: true, complete: false, listed: 312_000 }
  fake.emit('listing.changed', { ...place, status })
  expect(client.getQueryData(queryKey)).toEqual(status)
  await expect.poll(() => asked('index.rows')).toBe(before + 1)
  off()
})
