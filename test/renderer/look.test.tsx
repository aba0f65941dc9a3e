// @vitest-environment happy-dom
import { act, fireEvent, screen, waitFor } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'
import { Look } from '../../renderer/features/look/look.tsx'
import { clockOf, seekByKey } from '../../renderer/features/look/viewers/look-media.tsx'
import { hexLines } from '../../renderer/features/look/look-states.tsx'
import { pageOf } from '../../renderer/features/look/look-tools.tsx'
import { nextZoom } from '../../renderer/features/look/look-view.ts'
import { ObjectsPage } from '../../renderer/features/objects/objects-page.tsx'
import { closeLook } from '../../renderer/state/look.ts'
import { resetSelection, useSelection } from '../../renderer/state/selection.ts'
import { setPanes, useUi } from '../../renderer/state/ui.ts'
import { fail, ok } from '../../shared/contract/errors.ts'
import type { Fake } from './fake-bridge.ts'
import { row, studioData } from './fake-data.ts'
import { lastCall, mounted } from './mounted.tsx'

const C = 'contracts/2026/'
const place = { profileId: 'p1', bucket: 'lanstone-archive', prefix: C }
const { profiles, keys } = studioData()

beforeEach(() =>
  act(() => {
    useUi.setState({ page: 'objects', place, filter: '', sort: { by: 'name', down: false } })
    resetSelection()
    closeLook()
    setPanes({ detailsOpen: false, panelOpen: false })
  }),
)

/** A folder, and files that have no preview and so need no content. */
const open = (prepare: (fake: Fake) => void = () => undefined) =>
  mounted(
    <>
      <main id="main">
        <ObjectsPage place={place} profile={profiles[0]} profiles={profiles} keys={keys} />
      </main>
      <Look />
    </>,
    (fake) => {
      fake.data.rows['lanstone-archive/contracts/2026/'] = [
        { ...row(`${C}folder/`, 0, ''), kind: 'folder' },
        ...['a.e57', 'b.e57', 'c.txt', 'd.png'].map((name) => row(C + name, 5000, '')),
      ]
      prepare(fake)
    },
  )
const grid = () => screen.findByRole('grid', { name: 'Objects in contracts/2026' })
const key = async (name: string, more: object = {}) =>
  void fireEvent.keyDown(await grid(), { key: name, ...more })
const looked = () => screen.findByRole('dialog', { name: /^Quick look/ })
const inLook = async (name: string) => {
  const dialog = await looked()
  act(() => void fireEvent.keyDown(dialog.querySelector('.stage') ?? dialog, { key: name }))
}
const active = () => useSelection.getState().active
const visit = (name: string) =>
  act(() => useSelection.setState({ active: C + name, keys: new Set([C + name]) }))

test('Space looks into the row, and Ctrl with Space toggles it', async () => {
  open()
  await screen.findByRole('row', { name: /a\.e57/ })
  visit('a.e57')
  await key(' ', { ctrlKey: true })
  expect([...useSelection.getState().keys]).toEqual([])
  expect(screen.queryByRole('dialog')).toBeNull()
  await key(' ')
  expect((await looked()).textContent).toContain('There is no preview for .e57 files')
})

test('the arrows go through the files of the list, without its folders, and the row follows', async () => {
  open()
  await screen.findByRole('row', { name: /a\.e57/ })
  visit('a.e57')
  await key(' ')
  expect((await looked()).textContent).toContain('1 of 4')
  await inLook('ArrowLeft')
  expect((await looked()).textContent).toContain('1 of 4')
  await inLook('ArrowRight')
  await waitFor(async () => expect((await looked()).textContent).toContain('2 of 4'))
  expect(active()).toBe(`${C}b.e57`)
  await inLook(' ')
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(active()).toBe(`${C}b.e57`)
})

test('a file that is left while it opens is ended, and the core hears of it', async () => {
  let stopped = false
  const fake = open((made) => {
    made.handlers['preview.open'] = (_input, signal) =>
      new Promise((resolve) =>
        signal.addEventListener('abort', () => {
          stopped = true
          resolve(fail({ code: 'cancelled' }))
        }),
      )
  })
  await screen.findByRole('row', { name: /c\.txt/ })
  visit('c.txt')
  await key(' ')
  expect((await looked()).textContent).toContain('Decrypting…')
  await waitFor(() => expect(lastCall(fake, 'preview.open')).toMatchObject({ key: `${C}c.txt` }))
  await inLook('ArrowLeft')
  await waitFor(() => expect(stopped).toBe(true))
})

test('an object that was encrypted shows nothing, and only its raw bytes are offered', async () => {
  open((made) => {
    made.handlers['preview.open'] = async () =>
      fail({ code: 'not-encrypted', key: `${C}c.txt`, why: 'was-encrypted' })
  })
  await screen.findByRole('row', { name: /c\.txt/ })
  visit('c.txt')
  await key(' ')
  await waitFor(async () =>
    expect((await looked()).textContent).toContain('It was encrypted, and is not any more'),
  )
  const names = screen.getAllByRole('button').map((button) => button.textContent)
  expect(names.filter((name) => name === 'Download raw')).not.toEqual([])
  expect(names.filter((name) => name === 'Download')).toEqual([])
  expect((await looked()).textContent).not.toContain('in memory')
})

test('a preview ends when quick look is closed', async () => {
  const fake = open((made) => {
    made.handlers['preview.open'] = async () =>
      ok({ id: 'p', size: 0, type: '', encrypted: true, integrity: 'verified', etag: '' })
  })
  await screen.findByRole('row', { name: /d\.png/ })
  visit('d.png')
  await key(' ')
  await waitFor(async () =>
    expect((await looked()).textContent).toContain('Intact, all of it was checked'),
  )
  await inLook(' ')
  await waitFor(() => expect(lastCall(fake, 'preview.close')).toEqual({ id: 'p' }))
})

test.each([
  ['ArrowLeft', 10, 5],
  ['ArrowRight', 10, 15],
  ['Home', 10, 0],
  ['End', 10, 60],
  ['k', 10, null],
])('in the track %s from %i s seeks to %j', (name, from, to) =>
  expect(seekByKey(name, from, 60)).toBe(to),
)
test.each([
  [0, '0:00'],
  [98.7, '1:38'],
  [3725, '1:02:05'],
])('%d seconds are %s', (seconds, text) => expect(clockOf(seconds)).toBe(text))
test.each([
  [1, 1, 1.5],
  [1, -1, 0.75],
  [8, 1, 8],
  [0.1, -1, 0.1],
] as const)('from %d times, a step of %i is %d times', (shown, by, next) =>
  expect(nextZoom(shown, by)).toBe(next),
)
test.each([
  ['12', 12],
  ['0', 1],
  ['999', 300],
  ['x', 7],
])('the page %j of 300 is %i', (text, page) =>
  expect(pageOf(text, { page: 7, pages: 300 })).toBe(page),
)
test('bytes are shown with their place and characters', () =>
  expect(hexLines(new TextEncoder().encode('0123456789abcdef\n'))).toEqual([
    '000000  30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66  0123456789abcdef',
    `000010  0a${' '.repeat(45)}  .`,
  ]))
