// @vitest-environment happy-dom
import { act, fireEvent, screen, waitFor } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import { Dialogs } from '../../renderer/features/frame/dialogs.tsx'
import { ObjectsPage } from '../../renderer/features/objects/objects-page.tsx'
import { endSearch, indexFilterOf, setFilters, useFilters } from '../../renderer/state/filters.ts'
import { resetSelection, useSelection } from '../../renderer/state/selection.ts'
import { setFilter, setPanes, useUi } from '../../renderer/state/ui.ts'
import { ask, useWork } from '../../renderer/state/work.ts'
import { ok } from '../../shared/contract/errors.ts'
import type { Fake } from './fake-bridge.ts'
import { row, studioData } from './fake-data.ts'
import { called, lastCall, mounted } from './mounted.tsx'

/** A list whose rows are not all loaded, and a search. */

const C = 'contracts/2026/'
const place = { profileId: 'p1', bucket: 'lanstone-archive', prefix: C }
const HERE = `lanstone-archive/${C}`
const { profiles, keys } = studioData()
const name = (i: number) => `${C}${String(i).padStart(5, '0')}.bin`

beforeEach(() => {
  act(() => {
    useUi.setState({ page: 'objects', place, filter: '', sort: { by: 'name', down: false } })
    endSearch()
    resetSelection()
    ask(null)
    useWork.setState({ target: null, taking: null })
    setPanes({ detailsOpen: false, panelOpen: false })
  })
})

const open = (rows: number, prepare: (fake: Fake) => void = () => undefined) =>
  mounted(
    <>
      <ObjectsPage place={place} profile={profiles[0]} profiles={profiles} keys={keys} />
      <Dialogs profiles={profiles} keys={keys} />
    </>,
    (fake) => {
      fake.data.rows[HERE] = Array.from({ length: rows }, (_, i) => row(name(i), i + 1, ''))
      prepare(fake)
    },
  )
const grid = () => screen.findByRole('grid')
const key = async (pressed: string, more: object = {}) =>
  void fireEvent.keyDown(await grid(), { key: pressed, ...more })
const pages = (fake: Fake) =>
  fake.calls.flatMap(({ name, input }) =>
    name === 'index.rows' ? [(input as { offset: number }).offset] : [],
  )

describe('windows of rows', () => {
  test('only the pages in view are asked for, and a row keeps its place until it is here', async () => {
    const fake = open(5000)
    await screen.findByRole('row', { name: /00000\.bin/ })
    expect(new Set(pages(fake))).toEqual(new Set([0]))
    await key('ArrowDown')
    await key('End')
    const last = await screen.findByRole('row', { name: /04999\.bin/ })
    expect(last.getAttribute('aria-rowindex')).toBe('5001')
    expect((await grid()).getAttribute('aria-rowcount')).toBe('5001')
    await waitFor(() => expect(useSelection.getState().active).toBe(name(4999)))
    expect(new Set(pages(fake))).toEqual(new Set([0, 4800]))
    expect((await grid()).getAttribute('aria-activedescendant')).toBe('list-4999')
  })

  test('a range over rows that are not loaded is made of keys of the index', async () => {
    const fake = open(5000)
    await screen.findByRole('row', { name: /00000\.bin/ })
    await key('ArrowDown')
    await key('ArrowDown')
    await key('End', { shiftKey: true })
    await waitFor(() => expect(useSelection.getState().keys.size).toBe(4999))
    expect(useSelection.getState()).toMatchObject({ anchor: name(1), active: name(4999) })
    expect(lastCall(fake, 'index.keys')).toMatchObject({ from: 1, to: 5000 })
    expect(await screen.findByText('4,999 selected')).toBeTruthy()
    await key('Delete')
    expect(await screen.findByRole('dialog', { name: 'Delete 4,999 items?' })).toBeTruthy()
  })

  test('everything that fits a filter is deleted as a query, except a row that was taken out', async () => {
    const fake = open(5000)
    await screen.findByRole('row', { name: /00000\.bin/ })
    act(() => setFilter('7.bin'))
    expect(await screen.findByText('500 of 5,000 items here match “7.bin”')).toBeTruthy()
    await key('a', { ctrlKey: true })
    fireEvent.mouseDown(await screen.findByRole('row', { name: /00017\.bin/ }), { ctrlKey: true })
    expect(await screen.findByText('All 499 that match are selected')).toBeTruthy()
    await key('Delete')
    fireEvent.click(await screen.findByRole('button', { name: 'Delete' }))
    await called(fake, 'deletes.start')
    expect(lastCall(fake, 'deletes.start')).toMatchObject({
      keys: [],
      query: {
        scope: { ...place, depth: 'level' },
        filter: { text: '7.bin' },
        except: [name(17)],
      },
    })
  })

  test('a selection survives another order and another filter', async () => {
    open(5000)
    fireEvent.mouseDown(await screen.findByRole('row', { name: /00003\.bin/ }))
    act(() => useUi.setState({ sort: { by: 'size', down: true } }))
    await screen.findByRole('row', { name: /04999\.bin/ })
    expect([...useSelection.getState().keys]).toEqual([name(3)])
    act(() => setFilter('00004'))
    await screen.findByRole('row', { name: /00004\.bin/ })
    expect([...useSelection.getState().keys]).toEqual([name(3)])
    act(() => setFilter(''))
    await key('a', { ctrlKey: true })
    act(() => setFilter('1.bin'))
    await screen.findByRole('row', { name: /04991\.bin/ })
    expect(useSelection.getState()).toMatchObject({ all: true })
    expect(await screen.findByText(/^Everything in contracts\/2026 is selected$/)).toBeTruthy()
  })

  test('typing finds a row that is not loaded', async () => {
    open(5000)
    await screen.findByRole('row', { name: /00000\.bin/ })
    const list = await grid()
    // Letters belong together only within a short time, in which nothing is drawn here.
    act(() => {
      for (const letter of '0321') fireEvent.keyDown(list, { key: letter })
    })
    await waitFor(() => expect(useSelection.getState().active).toBe(name(3210)))
    expect(await screen.findByRole('row', { name: /03210\.bin/ })).toBeTruthy()
  })

  test('a listing that grows says how far it is, and Stop stops it', async () => {
    const fake = open(300)
    await screen.findByRole('row', { name: /00000\.bin/ })
    const status = {
      revision: 99,
      asOf: null,
      listing: true,
      complete: false,
      stopped: false,
      listed: 300,
      error: null,
    }
    act(() => fake.emit('listing.changed', { ...place, status }))
    expect(await screen.findByText('300 of at least 300 so far, listing…')).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: 'Stop' }))
    await called(fake, 'listing.stop')
    const error = { code: 'unreachable', host: 'h', reason: 'ETIMEDOUT' } as const
    const asOf = '2026-11-30T10:42:00.000Z'
    const off = { ...status, revision: 100, listing: false, complete: true, asOf, error }
    act(() => fake.emit('listing.changed', { ...place, status: off }))
    expect(await screen.findByText(/^Not connected, as of /)).toBeTruthy()
    expect(screen.getByRole('row', { name: /00000\.bin/ })).toBeTruthy()
  })
})

describe('a search', () => {
  test('Enter searches below the folder; a hit is opened in its folder', async () => {
    const fake = open(3, (one) => {
      one.data.rows[`${HERE}deep/er/`] = [row(`${C}deep/er/00001-hit.bin`, 9, '')]
    })
    await screen.findByRole('row', { name: /00000\.bin/ })
    const field = screen.getByRole('combobox', { name: 'Filter this folder' })
    fireEvent.focus(field)
    fireEvent.change(field, { target: { value: '00001' } })
    expect(await screen.findByText('1 of 3 items here match “00001”')).toBeTruthy()
    fireEvent.keyDown(field, { key: 'Enter' })
    expect(useFilters.getState().where).toBe('below')
    const hit = await screen.findByRole('row', { name: /hit/ })
    expect(hit.textContent).toContain('contracts/2026/deep/er')
    expect(hit.querySelector('mark')?.textContent).toBe('00001')
    expect(await screen.findByText('2 found')).toBeTruthy()
    fireEvent.mouseDown(hit)
    await key('Enter', { ctrlKey: true })
    expect(useUi.getState().place?.prefix).toBe(`${C}deep/er/`)
    expect(useFilters.getState().where).toBe('here')
    expect(lastCall(fake, 'index.rows')).toBeDefined()
  })

  test('a regular expression that cannot be read is said, and nothing is asked', async () => {
    const fake = open(3)
    await screen.findByRole('row', { name: /00000\.bin/ })
    act(() => setFilters({ match: 'regex' }))
    act(() => setFilter('0[1'))
    expect(await screen.findByText('This is not a regular expression.')).toBeTruthy()
    const asked = fake.calls.filter(({ input }) => JSON.stringify(input).includes('"regex"'))
    expect(asked).toEqual([])
    act(() => setFilter('0[12]\\.bin$'))
    await waitFor(() => expect(screen.queryByRole('row', { name: /00000\.bin/ })).toBe(null))
    expect(await screen.findByRole('row', { name: /00002\.bin/ })).toBeTruthy()
  })

  test('all rows of a search are never the folder, also without a condition', async () => {
    const fake = open(1200, (one) => {
      one.data.rows['eu-nightly/'] = [row('other.bin', 1, '')]
      one.handlers['deletes.start'] = async () => ok({ ids: ['t'], missing: [] })
    })
    await screen.findByRole('row', { name: /00000\.bin/ })
    act(() => setFilters({ where: 'profile' }))
    await screen.findByText(/^1,[\d,]+ found$/)
    await key('a', { ctrlKey: true })
    await key('Delete')
    await screen.findByRole('dialog', { name: /^Delete all 1,\d+ items that match\?$/ })
    fireEvent.click(await screen.findByRole('button', { name: 'Delete' }))
    await called(fake, 'deletes.start')
    for (const { name: route, input } of fake.calls)
      if (route === 'deletes.start')
        expect(input).toMatchObject({ keys: [], query: { filter: {}, except: [] } })
  })

  test('rows of several buckets are deleted bucket by bucket', async () => {
    const fake = open(1, (one) => {
      one.data.rows['eu-nightly/'] = [row('00000.bin', 1, '')]
      one.handlers['deletes.start'] = async () => ok({ ids: ['t'], missing: [] })
    })
    await screen.findByRole('row', { name: /00000\.bin/ })
    act(() => {
      setFilters({ where: 'profile' })
      setFilter('00000')
    })
    await waitFor(() => expect(screen.getAllByRole('row', { name: /00000/ })).toHaveLength(2))
    for (const hit of screen.getAllByRole('row', { name: /00000/ }))
      fireEvent.mouseDown(hit, { ctrlKey: true })
    await key('Delete')
    fireEvent.click(await screen.findByRole('button', { name: 'Delete' }))
    await waitFor(() =>
      expect(fake.calls.filter((call) => call.name === 'objects.remove')).toHaveLength(2),
    )
    const removed = fake.calls.flatMap((call) =>
      call.name === 'objects.remove' ? [call.input as { bucket: string; keys: string[] }] : [],
    )
    expect(removed.map(({ bucket, keys }) => `${bucket}/${keys.join()}`).sort()).toEqual([
      'eu-nightly/00000.bin',
      `lanstone-archive/${name(0)}`,
    ])
  })
})

test.each<[string, Parameters<typeof setFilters>[0], object]>([
  [' a ', {}, { text: 'a' }],
  ['*.pdf', { match: 'glob' }, { glob: '*.pdf' }],
  [' a', { match: 'regex' }, { regex: ' a' }],
  ['', {}, {}],
  // The chips say "at least" and "at most".
  ['', { larger: 1000, smaller: 5 }, { larger: 999, smaller: 6 }],
  ['', { larger: 0 }, {}],
  ['', { kinds: ['picture', 'other'] }, { kinds: ['picture', 'other'] }],
  ['', { classes: ['IA'], states: ['plain'] }, { classes: ['IA'], states: ['plain'] }],
  [
    '',
    { from: '2026-02-28', to: '2026-02-28' },
    {
      newer: new Date(2026, 1, 28).toISOString(),
      older: new Date(2026, 2, 1).toISOString(),
    },
  ],
])('%j with %j is the filter %j', (text, change, filter) => {
  endSearch()
  setFilters(change)
  expect(indexFilterOf(text, useFilters.getState())).toEqual(filter)
})
