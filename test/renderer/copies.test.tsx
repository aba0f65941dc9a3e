// @vitest-environment happy-dom
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import { targetProblem, wayWords } from '../../renderer/features/objects/copies.ts'
import { folderIn } from '../../renderer/features/objects/dialogs/folder-field.tsx'
import { Dialogs } from '../../renderer/features/frame/dialogs.tsx'
import { ObjectsPage } from '../../renderer/features/objects/objects-page.tsx'
import { TransfersPage } from '../../renderer/features/transfers/transfers-page.tsx'
import { chosenRows } from '../../renderer/queries/chosen.ts'
import { resetSelection, useSelection } from '../../renderer/state/selection.ts'
import { setPanes, useUi } from '../../renderer/state/ui.ts'
import { ask } from '../../renderer/state/work.ts'
import type { Transfer } from '../../shared/contract/models-transfers.ts'
import { row, studioData, transfer } from './fake-data.ts'
import { called, choose, isOff, lastCall, mounted, press, type } from './mounted.tsx'

const C = 'contracts/2026/'
const place = { profileId: 'p1', bucket: 'lanstone-archive', prefix: C }
const at = { profileId: 'p1', bucket: 'lanstone-archive' }
const { profiles, keys } = studioData()

beforeEach(() => {
  act(() => {
    useUi.setState({ page: 'objects', place, filter: '', sort: { by: 'name', down: false } })
    resetSelection()
    ask(null)
    setPanes({ detailsOpen: true, panelOpen: false })
  })
})
const open = () =>
  mounted(
    <>
      <ObjectsPage place={place} profile={profiles[0]} profiles={profiles} keys={keys} />
      <Dialogs profiles={profiles} keys={keys} />
    </>,
  )
const select = async (...names: readonly string[]) => {
  await screen.findByRole('row', { name: /README/ })
  act(() =>
    useSelection.setState({
      keys: new Set(names.map((name) => C + name)),
      active: C + (names[0] ?? ''),
      anchor: null,
    }),
  )
}

describe('another name', () => {
  test('F2 begins with the name without its ending, and the move stays in the folder', async () => {
    const fake = open()
    await select('README.txt')
    fireEvent.keyDown(await screen.findByRole('grid', { name: /^Objects in/ }), { key: 'F2' })
    const field = await screen.findByLabelText<HTMLInputElement>('New name')
    expect(field.value).toBe('README.txt')
    expect(isOff(/^Rename$/)).toBe(true)
    type(field, 'a/b')
    expect(screen.getByText('The name cannot contain “/”.')).toBeTruthy()
    type(field, 'READ ME.txt')
    press('Rename')
    await called(fake, 'copies.start')
    expect(lastCall(fake, 'copies.start')).toEqual({
      from: at,
      keys: [`${C}README.txt`],
      to: at,
      toPrefix: null,
      toKey: `${C}READ ME.txt`,
      move: true,
      existing: 'fail',
    })
    await waitFor(() => expect(screen.queryByRole('dialog')).toBe(null))
  })

  test('a name that is taken is told before anything starts, and replaced only when that is ticked', async () => {
    const fake = open()
    await select('README.txt')
    act(() => ask({ kind: 'rename', place, key: `${C}README.txt` }))
    type(await screen.findByLabelText('New name'), 'payroll-2026-10.xlsx')
    press('Rename')
    await screen.findByText('An object with this name already exists.')
    expect([lastCall(fake, 'copies.start'), isOff(/^Rename$/)]).toEqual([undefined, true])
    fireEvent.click(screen.getByRole('checkbox', { name: 'Replace it' }))
    press('Rename')
    await called(fake, 'copies.start')
    expect(lastCall(fake, 'copies.start')).toMatchObject({
      toKey: `${C}payroll-2026-10.xlsx`,
      existing: 'replace',
    })
  })

  test('a folder', async () => {
    const fake = open()
    await select('signed/')
    act(() => ask({ kind: 'rename', place, key: `${C}signed/` }))
    type(await screen.findByLabelText('New name'), 'countersigned')
    press('Rename')
    await called(fake, 'copies.start')
    expect(lastCall(fake, 'copies.start')).toMatchObject({
      keys: [`${C}signed/`],
      toKey: `${C}countersigned/`,
      toPrefix: null,
    })
  })
})

describe('another folder, bucket or account', () => {
  test('from the toolbar: a folder of the bucket, gone to in the list', async () => {
    const fake = open()
    expect(
      (
        (await screen.findByRole('button', {
          name: 'Actions for the selection',
        })) as HTMLButtonElement
      ).disabled,
    ).toBe(true)
    await select('README.txt', 'payroll-2026-10.xlsx')
    await choose('Actions for the selection', 'Move to…', 'menuitem')
    const dialog = within(await screen.findByRole('dialog', { name: 'Move 2 items' }))
    expect(isOff(/^Move$/)).toBe(true)
    expect(dialog.getByText('It is already in this folder.')).toBeTruthy()
    expect(
      dialog.getByText(
        /^OSS copies within the bucket..*this computer\. The original is deleted only after the checksum of the copy matches\.$/,
      ),
    ).toBeTruthy()
    fireEvent.click(await dialog.findByText('signed'))
    expect(dialog.getByLabelText<HTMLInputElement>('Folder').value).toBe(`${C}signed`)
    fireEvent.click(dialog.getByRole('radio', { name: 'Rename' }))
    press('Move')
    await called(fake, 'copies.start')
    expect(lastCall(fake, 'copies.start')).toEqual({
      from: at,
      keys: [`${C}README.txt`, `${C}payroll-2026-10.xlsx`],
      to: at,
      toPrefix: `${C}signed/`,
      toKey: null,
      move: true,
      existing: 'rename',
    })
    await waitFor(() => expect(useUi.getState().panes.panelOpen).toBe(true))
  })

  test('another profile, its first bucket, a new folder', async () => {
    const fake = open()
    await select('signed/')
    act(() => ask({ kind: 'copy', chosen: chosenRows(place, [row(`${C}signed/`, 0, '')]) }))
    const dialog = within(await screen.findByRole('dialog', { name: 'Copy “signed”' }))
    await choose(/^Profile/, /Backups, Frankfurt/)
    await waitFor(() =>
      expect(dialog.getByRole('button', { name: /^Bucket/ }).textContent).toContain('eu-nightly'),
    )
    expect(
      dialog.getByText(
        /^Everything passes through this computer as stored: ciphertext stays ciphertext, and no master key is used\.$/,
      ),
    ).toBeTruthy()
    type(dialog.getByLabelText('Folder'), 'kept/2026')
    await dialog.findByText('This folder does not exist yet. It will be created.')
    press('Copy')
    await called(fake, 'copies.start')
    expect(lastCall(fake, 'copies.start')).toEqual({
      from: at,
      keys: [`${C}signed/`],
      to: { profileId: 'p2', bucket: 'eu-nightly' },
      toPrefix: 'kept/2026/',
      toKey: null,
      move: false,
      existing: 'skip',
    })
  })

  const buckets = [
    { name: 'a', region: 'cn-hangzhou', created: '' },
    { name: 'b', region: 'cn-hangzhou', created: '' },
    { name: 'c', region: 'cn-beijing', created: '' },
  ]
  test.each([
    ['p', 'a', 'inside'],
    ['p', 'b', 'near'],
    ['p', 'c', 'through'],
    ['p', 'unknown', 'near'],
    ['q', 'a', 'through'],
  ] as const)('what happens on the way to %s %s: %s', (profileId, bucket, way) =>
    expect(wayWords({ profileId: 'p', bucket: 'a' }, { profileId, bucket }, buckets)).toBe(
      `objects:copy.${way}`,
    ),
  )

  test.each([
    [['x/a'], 'x/', 'objects:copy.same'],
    [['x/a'], 'y/', null],
    [['x/y/'], 'x/y/z/', 'objects:copy.intoItself'],
    [['x/y/'], 'x/y/', 'objects:copy.intoItself'],
    [['x/y/'], 'x/yy/', null],
    [{ prefix: 'x/', except: [] }, 'x/y/', 'objects:copy.intoItself'],
    [{ prefix: 'x/', except: ['x/y/'] }, 'x/y/z/', null],
    [{ prefix: 'x/', except: ['x/y'] }, 'x/yy/', 'objects:copy.intoItself'],
    [{ prefix: 'x/', except: [] }, 'y/', null],
  ] as const)('%j into %s', (what, prefix, problem) => {
    const from = { profileId: 'p', bucket: 'a', prefix: 'x/' }
    const names =
      'prefix' in what
        ? { keys: [], under: { ...what, except: [...what.except] } }
        : { keys: [...what] }
    const chosen = {
      place: from,
      parts: [{ bucket: 'a', selection: names }],
      rows: [],
      count: 1,
      isMore: null,
    }
    expect(targetProblem(chosen, { ...from, prefix })).toBe(problem)
    expect(targetProblem(chosen, { ...from, bucket: 'b', prefix })).toBe(null)
  })
  test.each([
    ['', ''],
    ['a', 'a/'],
    ['a/', 'a/'],
    ['a/b', 'a/b/'],
  ])('the folder in %o is %o', (text, folder) => expect(folderIn(text)).toBe(folder))
})

describe('the row of a copy', () => {
  const outcome = {
    encrypted: true,
    checksum: 'matches',
    tag: 'none',
    savedAs: null,
    skipped: false,
  } as const
  test.each<[Partial<Transfer>, string]>([
    [
      { kind: 'move', outcome: { ...outcome, copied: { key: `${C}a.bin`, inside: true } } },
      'moved inside OSS, checksum matches',
    ],
    [
      { kind: 'move', outcome: { ...outcome, copied: { key: `${C}a.bin`, inside: false } } },
      'moved as stored through this computer, checksum matches',
    ],
    [
      { kind: 'copy', outcome: { ...outcome, copied: { key: `${C}a (2).bin`, inside: true } } },
      'as a (2).bin, copied inside OSS, checksum matches',
    ],
    [
      {
        kind: 'copy',
        outcome: { ...outcome, checksum: 'absent', copied: { key: `${C}a.bin`, inside: false } },
      },
      'copied as stored through this computer, OSS sent no checksum',
    ],
    [{ kind: 'copy', outcome: { ...outcome, skipped: true } }, 'skipped, the name already exists'],
    [
      {
        kind: 'move',
        phase: 'failed',
        error: { code: 'source-kept', key: 'a', reason: 'not-deleted', requestId: '' },
      },
      'Both exist now',
    ],
  ])('%o', async (change, words) => {
    mounted(<TransfersPage />, (fake) => {
      fake.data.transfers = [transfer({ id: 'a', name: 'a.bin', phase: 'done', ...change })]
    })
    expect((await screen.findByRole('row', { name: /a\.bin/ })).textContent).toContain(words)
  })
})
