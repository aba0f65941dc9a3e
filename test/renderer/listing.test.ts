import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { QueryObserver } from '@tanstack/react-query'
import { connect, createClient } from '../../renderer/queries/core.ts'
import { listingQuery, stopListing, type Listing } from '../../renderer/queries/objects.ts'
import { ok } from '../../shared/contract/errors.ts'
import { row } from './fake-data.ts'
import { fakeShell } from './fake-bridge.ts'

const PLACE = { profileId: 'p1', bucket: 'many', prefix: '' }
const PAGES = 100
const page = (n: number) =>
  Array.from({ length: 1000 }, (_, i) => row(`${n}`.padStart(3, '0') + `-${i}`, 1, ''))

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

/** 100 pages, each of which takes `ms` to come; what the window is shown on the way. */
async function listed(ms: number, at: (page: number) => void = () => undefined) {
  const fake = fakeShell()
  const asked: (string | null)[] = []
  fake.handlers['objects.list'] = async ({ cursor }) => {
    const n = Number(cursor ?? 0)
    asked.push(cursor)
    vi.advanceTimersByTime(ms)
    at(n)
    return ok({ rows: page(n), cursor: n + 1 < PAGES ? String(n + 1) : null })
  }
  connect(fake.shell)
  const client = createClient()
  const shown: Listing[] = []
  const off = new QueryObserver(client, listingQuery(PLACE)).subscribe(({ data }) => {
    if (data !== undefined && data !== shown.at(-1)) shown.push(data)
  })
  const get = () => client.fetchQuery(listingQuery(PLACE))
  return { client, shown, asked, get, off }
}

test('100,000 rows: shown about three times a second while they come, whole and in order in the end', async () => {
  const { shown, get, off } = await listed(50)
  const whole = await get()
  off()
  expect(whole.cursor).toBeNull()
  expect(whole.rows.map(({ key }) => key)).toEqual(
    Array.from({ length: PAGES }, (_, n) => page(n).map(({ key }) => key)).flat(),
  )
  // 100 pages of 50 ms are five seconds.
  expect(shown.length).toBeGreaterThan(5)
  expect(shown.length).toBeLessThanOrEqual(19)
  expect(shown.every((one, i) => one.rows.length > (shown[i - 1]?.rows.length ?? 0))).toBe(true)
})

test('the first page is shown at once, and slow pages are shown one by one', async () => {
  const { shown, get, off } = await listed(1000)
  await get()
  off()
  expect(shown[0]?.rows.length).toBe(1000)
  expect(shown.length).toBe(PAGES)
})

test('what was stopped goes on after the last page that is shown, without a gap and without a row twice', async () => {
  let stop = (): void => undefined
  const { client, get, asked, off } = await listed(100, (n) => n === 10 && stop())
  let stopping: Promise<void> | null = null
  stop = () => void (stopping = stopListing(client, PLACE))
  await get().catch(() => undefined)
  await stopping
  const stopped = client.getQueryData<Listing>(listingQuery(PLACE).queryKey)
  expect(stopped).toMatchObject({ stopped: true })
  stop = () => undefined
  const whole = await client.fetchQuery({ ...listingQuery(PLACE), staleTime: 0 })
  off()
  expect(asked).toContain(stopped?.cursor)
  expect(whole.rows.length).toBe(PAGES * 1000)
  expect(new Set(whole.rows.map(({ key }) => key)).size).toBe(PAGES * 1000)
})
