// @vitest-environment happy-dom
import { act, fireEvent, screen, waitFor } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import { fail } from '../../shared/contract/errors.ts'
import { ObjectsPage } from '../../renderer/features/objects/objects-page.tsx'
import { itemsText } from '../../renderer/features/objects/list/items-text.ts'
import { resetSelection } from '../../renderer/state/selection.ts'
import { setPanes, useUi } from '../../renderer/state/ui.ts'
import { ask } from '../../renderer/state/work.ts'
import { quantitiesIn } from '../../renderer/text/quantities.ts'
import { textIn } from '../../renderer/text/use-text.tsx'
import type { Fake } from './fake-bridge.ts'
import { firstRunData, key, row, studioData } from './fake-data.ts'
import { called, lastCall, mounted, press } from './mounted.tsx'

const place = { profileId: 'practice', bucket: 'practice-bucket', prefix: '' }
const LIST = 'practice-bucket/'

beforeEach(() => {
  act(() => {
    useUi.setState({ page: 'objects', place, filter: '', sort: { by: 'name', down: false } })
    resetSelection()
    ask(null)
    setPanes({ detailsOpen: true, panelOpen: false })
  })
})

function open(prepare: (fake: Fake) => void = () => undefined) {
  return mounted(
    <ObjectsPage
      place={place}
      profile={firstRunData().profiles[0]}
      profiles={firstRunData().profiles}
      keys={firstRunData().keys}
    />,
    (fake) => {
      Object.assign(fake.data, firstRunData())
      prepare(fake)
    },
  )
}
const own = (fake: Fake) => {
  fake.data.rows[LIST] = [...(fake.data.rows[LIST] ?? []), row('mine.pdf', 12, '')]
}
const foot = () => document.querySelector('.gfoot')?.textContent

test.each([
  [0, 1, '1 file', '1 个文件'],
  [0, 8, '8 files', '8 个文件'],
  [1, 0, '1 folder', '1 个文件夹'],
  [1500, 0, '1,500 folders', '1,500 个文件夹'],
  [2, 8, '8 files, 2 folders', '8 个文件，2 个文件夹'],
  [1, 1, '1 file, 1 folder', '1 个文件，1 个文件夹'],
  [0, 0, '0 files', '0 个文件'],
])('%i folders and %i files are counted as what they are', (folders, files, english, chinese) => {
  const items = { folders, files }
  expect([
    itemsText(textIn('en'), quantitiesIn('en'), items),
    itemsText(textIn('zh-CN'), quantitiesIn('zh-CN'), items),
  ]).toEqual([english, chinese])
})

describe('samples', () => {
  test('are told by their key and ETag, never by the folder or the guide', async () => {
    const fake = open((one) => {
      own(one)
      const [first] = (one.data.rows[LIST] ?? []).filter(({ kind }) => kind === 'file')
      // An object that the user put over a sample belongs to the user.
      one.data.rows[LIST] = (one.data.rows[LIST] ?? []).map((each) =>
        each === first ? { ...each, etag: '"0123"' } : each,
      )
    })
    const files = (fake.data.rows[LIST] ?? []).filter(({ kind }) => kind === 'file').length
    await waitFor(() =>
      expect(foot()).toMatch(
        new RegExp(`^${files} files, \\d folders · .* here \\(${files - 2} samples\\)`),
      ),
    )
    expect(document.body.textContent).not.toContain('safe to delete')
    const row = await screen.findByRole('row', { name: /mine\.pdf/ })
    fireEvent.mouseDown(row)
    // A pane that opens now would move the row from under the pointer, and end a drag of it.
    await waitFor(() => expect(row.getAttribute('aria-selected')).toBe('true'))
    expect(screen.queryByRole('heading', { name: 'mine.pdf' })).toBeNull()
    fireEvent.mouseUp(row)
    expect(await screen.findByRole('heading', { name: 'mine.pdf' })).toBeTruthy()
    expect(screen.queryByText(/This is a sample/)).toBeNull()
    fireEvent.mouseDown(await screen.findByRole('row', { name: /torn-envelope/ }))
    expect(await screen.findByText('This is a sample. You can delete it safely.')).toBeTruthy()
  })
})

describe('the guide', () => {
  test("is one line after a file of one's own is there, whatever this page has seen, and unfolds again", async () => {
    const fake = open(own)
    await waitFor(() => expect(lastCall(fake, 'settings.update')).toEqual({ guideSteps: [1] }))
    expect(screen.queryByRole('heading', { name: /Your files/ })).toBeNull()
    press('Show all steps')
    expect(screen.getAllByRole('listitem').map((one) => one.className)).toEqual(['done', 'now', ''])
  })

  test('samples alone finish nothing', async () => {
    const fake = open()
    await screen.findByRole('row', { name: /torn-envelope/ })
    expect(screen.getAllByRole('listitem').map((one) => one.className)).toEqual(['now', '', ''])
    expect(lastCall(fake, 'settings.update')).toBeUndefined()
  })

  test('goes when the last step is done, and says nothing of a profile without a key', async () => {
    const fake = open((one) => {
      own(one)
      one.data.settings = { ...one.data.settings, guideSteps: [1, 2] }
      one.data.profiles = studioData().profiles
    })
    await screen.findByRole('row', { name: /mine\.pdf/ })
    expect(lastCall(fake, 'settings.update')).toBeUndefined()
    act(() => fake.emit('keys.changed', [key({ id: 'k1', name: 'Mine' })]))
    await waitFor(() =>
      expect(lastCall(fake, 'settings.update')).toEqual({
        guideSteps: [1, 2, 3],
        showGuide: false,
      }),
    )
    await waitFor(() => expect(document.querySelector('.hello')).toBeNull())
  })

  test('a step that the core cannot record is sent once, and the guide stays', async () => {
    const fake = open((one) => {
      own(one)
      one.data.settings = { ...one.data.settings, guideSteps: [1, 2] }
      one.data.profiles = studioData().profiles
      one.data.keys = [key({ id: 'k1', name: 'Mine' })]
      // Answers at once, as a bridge whose port is closed does; an endless repetition stands still.
      let asked = 0
      one.handlers['settings.update'] = () =>
        asked++ < 20
          ? Promise.resolve(fail({ code: 'unreachable', host: 'core', reason: 'CLOSED' }))
          : new Promise<never>(() => undefined)
    })
    await called(fake, 'settings.update')
    await waitFor(() => expect(fake.client.isMutating()).toBe(0))
    expect(fake.calls.filter(({ name }) => name === 'settings.update')).toHaveLength(1)
    expect(document.querySelector('.hello')).not.toBeNull()
  })

  test('a step that was done stays done when its file is deleted', async () => {
    open((one) => {
      one.data.settings = { ...one.data.settings, guideSteps: [1] }
    })
    expect(await screen.findByRole('button', { name: 'Show all steps' })).toBeTruthy()
  })

  test('the details of a file are the second step', async () => {
    const fake = open(own)
    await waitFor(() => expect(lastCall(fake, 'settings.update')).toEqual({ guideSteps: [1] }))
    press('Show what OSS sees')
    await waitFor(() => expect(lastCall(fake, 'settings.update')).toEqual({ guideSteps: [1, 2] }))
  })

  test('another language is one click away', async () => {
    const fake = open()
    fireEvent.click(await screen.findByRole('radio', { name: '中文' }))
    await waitFor(() => expect(lastCall(fake, 'settings.update')).toEqual({ language: 'zh-CN' }))
  })
})
