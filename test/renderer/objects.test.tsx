// @vitest-environment happy-dom
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import { Dialogs } from '../../renderer/features/frame/dialogs.tsx'
import { ObjectsPage } from '../../renderer/features/objects/objects-page.tsx'
import { resetSelection, useSelection } from '../../renderer/state/selection.ts'
import { setFilter, setPanes, useUi } from '../../renderer/state/ui.ts'
import { ask, notify, useWork } from '../../renderer/state/work.ts'
import type { Fake } from './fake-bridge.ts'
import { row, studioData } from './fake-data.ts'
import { called, lastCall, mounted, press } from './mounted.tsx'

const C = 'contracts/2026/'
const place = { profileId: 'p1', bucket: 'lanstone-archive', prefix: C }
const { profiles, keys } = studioData()

beforeEach(() => {
  act(() => {
    useUi.setState({ page: 'objects', place, filter: '', sort: { by: 'name', down: false } })
    resetSelection()
    ask(null)
    notify(null)
    useWork.setState({ target: null, taking: null })
    setPanes({ detailsOpen: true, panelOpen: false })
  })
})

const open = (prepare?: (fake: Fake) => void) =>
  mounted(
    <>
      <ObjectsPage place={place} profile={profiles[0]} profiles={profiles} keys={keys} />
      <Dialogs profiles={profiles} keys={keys} />
    </>,
    prepare,
  )
const grid = () => screen.findByRole('grid', { name: 'Objects in contracts/2026' })
const rowOf = (name: RegExp) => screen.findByRole('row', { name })
const key = async (name: string, more: object = {}) =>
  void fireEvent.keyDown(await grid(), { key: name, ...more })

describe('the list', () => {
  test('a row reads name, size, time, class, state and key, folders first', async () => {
    open()
    await rowOf(/^Folder signed/)
    expect((await screen.findAllByRole('row'))[1]?.textContent).toContain('Q3 附件')
    await waitFor(async () =>
      expect((await rowOf(/^db-dump/)).textContent).toMatch(
        /41\.3 GB.*InfrequentEncryptedBackups 2025$/,
      ),
    )
    expect((await rowOf(/README/)).textContent).toMatch(/Not encrypted$/)
    expect((await rowOf(/payroll/)).textContent).toMatch(/Key missingpayroll$/)
    expect((await rowOf(/board-minutes/)).textContent).toMatch(/Damaged$/)
    expect((await rowOf(/^Folder signed/)).textContent).not.toMatch(/encrypted/i)
  })

  test('headers that could not be read are never shown as Not encrypted', async () => {
    open((fake) => {
      fake.data.encryption[`${C}README.txt`] = null
    })
    await waitFor(async () => expect((await rowOf(/README/)).textContent).toMatch(/Unknown$/))
  })

  test('arrows move and select, the active row is named, Enter opens a folder', async () => {
    open()
    await rowOf(/^Folder signed/)
    await key('ArrowDown')
    await key('ArrowDown')
    expect(useSelection.getState().active).toBe(`${C}signed/`)
    const named = (await grid()).getAttribute('aria-activedescendant') ?? ''
    expect(document.getElementById(named)?.textContent).toContain('signed')
    await key('Enter')
    expect(useUi.getState().place?.prefix).toBe(`${C}signed/`)
  })

  test('names are text: markup, line ends and bidi overrides are shown, never done', async () => {
    open((fake) => {
      fake.data.rows['lanstone-archive/contracts/2026/'] = [
        '<img src=x onerror=alert(1)>.txt',
        'a\nb',
        '\u202egnp.exe',
      ].map((name) => row(C + name, 1, ''))
    })
    await screen.findAllByTitle('a␊b')
    expect(screen.getAllByTitle('⟨RLO⟩gnp.exe')).toHaveLength(1)
    expect(screen.getAllByTitle('<img src=x onerror=alert(1)>.txt')).toHaveLength(1)
    expect(document.querySelector('img')).toBe(null)
  })

  test('100,000 objects: a screenful of rows in the page, all of them counted', async () => {
    open((fake) => {
      fake.data.rows['lanstone-archive/contracts/2026/'] = Array.from({ length: 100_000 }, (_, i) =>
        row(`${C}${String(i).padStart(6, '0')}`, 1, ''),
      )
    })
    await screen.findByText(/^100,000 files/, {}, { interval: 500 })
    expect((await grid()).getAttribute('aria-rowcount')).toBe('100001')
    expect(screen.getAllByRole('row').length).toBeLessThan(60)
    await key('ArrowDown')
    await key('End', { shiftKey: true })
    // The range goes from the first row to the last one, which is everything.
    await waitFor(() => expect(useSelection.getState()).toMatchObject({ all: true }))
    expect(useSelection.getState().active).toBe(`${C}099999`)
  })
})

describe('states of the pane', () => {
  test('an error says what is the case, what to do, and can be tried again', async () => {
    const fake = open((one) => {
      one.data.rows['lanstone-archive/contracts/2026/'] = []
      one.refuse('listing.open', {
        code: 'unreachable',
        host: 'oss-cn-hangzhou.aliyuncs.com',
        reason: 'ETIMEDOUT',
      })
    })
    const alert = await screen.findByText('oss-cn-hangzhou.aliyuncs.com cannot be reached')
    expect(alert.closest('[role="alert"]')?.textContent).toContain('ETIMEDOUT')
    press('Edit profile…')
    expect(useWork.getState().asked).toEqual({ kind: 'profile', profileId: 'p1' })
    act(() => ask(null))
    const before = fake.calls.length
    press('Try again')
    await waitFor(() => expect(fake.calls.length).toBeGreaterThan(before))
  })

  test('an empty folder names the key that would encrypt; a filter that leaves nothing says how far it looked', async () => {
    open((fake) => {
      fake.data.rows['lanstone-archive/contracts/2026/'] = []
    })
    await screen.findByText(/encrypted with Studio 2026 before they are uploaded/)
  })

  test('a filter that leaves nothing', async () => {
    open()
    await rowOf(/^Folder signed/)
    act(() => setFilter('Hafenkontrol'))
    expect(await screen.findByText('No name contains “Hafenkontrol”')).toBeTruthy()
    press(/Clear filter/)
    await rowOf(/^Folder signed/)
  })
})

describe('what can be done', () => {
  test('delete asks, begins at Cancel, and takes the next row when done', async () => {
    const fake = open()
    await rowOf(/README/)
    act(() =>
      useSelection.setState({
        keys: new Set([`${C}README.txt`]),
        active: `${C}README.txt`,
        anchor: `${C}README.txt`,
      }),
    )
    await key('Delete')
    const dialog = await screen.findByRole('dialog', { name: 'Delete “README.txt”?' })
    expect(document.activeElement?.textContent).toBe('Cancel')
    expect(lastCall(fake, 'objects.remove')).toBe(undefined)
    fireEvent.click(within(dialog).getByRole('button', { name: 'Delete' }))
    await called(fake, 'objects.remove')
    await waitFor(() =>
      expect(useSelection.getState().active).toBe(`${C}site-survey-lidar-block-17.e57`),
    )
    expect(useSelection.getState().keys.size).toBe(0)
  })

  test('a download asks for a folder once a session and never replaces a file', async () => {
    const fake = open()
    await rowOf(/README/)
    act(() =>
      useSelection.setState({
        keys: new Set([`${C}README.txt`]),
        active: `${C}README.txt`,
        anchor: null,
      }),
    )
    press('Download')
    await waitFor(() =>
      expect(lastCall(fake, 'downloads.start')).toMatchObject({
        keys: [`${C}README.txt`],
        target: 'g3',
        existing: 'rename',
        raw: false,
      }),
    )
    fake.picks.target = null
    press('Download raw')
    await waitFor(() =>
      expect(lastCall(fake, 'downloads.start')).toMatchObject({ target: 'g3', raw: true }),
    )
  })

  test('details say what is missing and how to get it', async () => {
    open()
    await rowOf(/payroll/)
    act(() =>
      useSelection.setState({
        keys: new Set([`${C}payroll-2026-10.xlsx`]),
        active: `${C}payroll-2026-10.xlsx`,
        anchor: null,
      }),
    )
    const details = within(await screen.findByRole('complementary', { name: 'Details' }))
    await details.findByText(/None of your 6 master keys has this description/)
    expect((details.getByRole('button', { name: 'Download' }) as HTMLButtonElement).disabled).toBe(
      true,
    )
    fireEvent.click(details.getByRole('button', { name: 'Import key…' }))
    expect(useWork.getState().asked).toEqual({
      kind: 'import-key',
      description: '{"team":"payroll"}',
      forObject: 'payroll-2026-10.xlsx',
    })
  })
})

describe('what is not what it seems', () => {
  test('an object that was encrypted and is not any more is told of, not shown, and downloaded only after a word', async () => {
    const fake = open((one) => {
      one.data.encryption[`${C}README.txt`] = { state: 'plain', wasEncrypted: true }
    })
    await waitFor(async () =>
      expect((await rowOf(/README/)).textContent).toMatch(/Not encryptedwas encrypted before$/),
    )
    act(() =>
      useSelection.setState({
        keys: new Set([`${C}README.txt`]),
        active: `${C}README.txt`,
        anchor: null,
      }),
    )
    await screen.findByText('Not encrypted any more.')
    expect(screen.queryByText('Preview')).toBe(null)
    expect((screen.getByRole('button', { name: 'Download' }) as HTMLButtonElement).disabled).toBe(
      true,
    )
    press('Download it all the same')
    await waitFor(() =>
      expect(lastCall(fake, 'downloads.start')).toMatchObject({
        keys: [`${C}README.txt`],
        plain: 'allow',
      }),
    )
  })

  test('the object that has the name of its folder is a row, and deleting it leaves what is below', async () => {
    const fake = open((one) => {
      const rows = one.data.rows['lanstone-archive/contracts/2026/'] ?? []
      one.data.rows['lanstone-archive/contracts/2026/'] = [
        ...rows,
        { ...row(`${C}x`, 31, ''), key: C },
      ]
    })
    const itself = await rowOf(/^2026\//)
    expect(itself.textContent).toContain('31 B')
    act(() => useSelection.setState({ keys: new Set([C]), active: C, anchor: C }))
    await key('Delete')
    fireEvent.click(
      within(await screen.findByRole('dialog')).getByRole('button', { name: 'Delete' }),
    )
    await called(fake, 'objects.remove')
    expect(lastCall(fake, 'objects.remove')).toMatchObject({ keys: [C] })
  })
})
