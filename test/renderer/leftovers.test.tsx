// @vitest-environment happy-dom
import { act, fireEvent, screen, waitFor } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import { fail, ok } from '../../shared/contract/errors.ts'
import type { Leftover } from '../../shared/contract/models-transfers.ts'
import { heldBy, oldOnes } from '../../renderer/features/leftovers/leftover-facts.ts'
import { LeftoversPane } from '../../renderer/features/leftovers/leftovers-pane.tsx'
import { showTab, useTransfersTab } from '../../renderer/state/transfers-tab.ts'
import { useUi } from '../../renderer/state/ui.ts'
import { leftovers } from './fake-data.ts'
import { grant, type Fake } from './fake-bridge.ts'
import { called, isOff, lastCall, mounted, press } from './mounted.tsx'

beforeEach(() =>
  act(() => {
    showTab('leftovers')
    useUi.setState({
      page: 'transfers',
      place: { profileId: 'p1', bucket: 'lanstone-archive', prefix: '' },
    })
  }),
)
const place = { profileId: 'p1', bucket: 'lanstone-archive' }
const pane = (prepare: (fake: Fake) => void = () => undefined) =>
  mounted(<LeftoversPane />, (fake) => {
    fake.data.leftovers = leftovers
    prepare(fake)
  })
const row = (name: RegExp) => screen.findByRole('row', { name })
const grid = () => screen.getByRole('grid')

test('old is what was begun more than seven days ago, but for transfers of this computer', () => {
  const now = new Date('2026-11-20T12:00:00Z').getTime()
  const of = (uploadId: string, begun: string, transferId: string | null = null): Leftover => ({
    ...(leftovers[0] as Leftover),
    uploadId,
    begun,
    transferId,
    bytes: uploadId === 'c' ? null : 10,
  })
  const found = oldOnes(
    [
      of('a', '2026-11-13T11:59:59Z'),
      of('b', '2026-11-13T12:00:01Z'),
      of('c', '2026-01-01T00:00:00Z'),
      of('d', '2026-01-01T00:00:00Z', 't'),
    ],
    now,
  )
  expect([found.old.map(({ uploadId }) => uploadId), found.spared]).toEqual([['a', 'c'], 1])
  expect(heldBy(found.old)).toEqual({ bytes: 10, unknown: 1 })
})

describe('the list', () => {
  test('says what each would become and what OSS holds of it', async () => {
    pane()
    const first = await row(/db-dump/)
    expect(first.textContent).toMatch(/57 days4,87040\.9 GB41\.3 GBEncryptedResume…/)
    expect((await row(/raw-footage/)).textContent).toMatch(/unknownNot encryptedStart again…/)
    expect((await row(/site-survey/)).textContent).toContain('This computer’s transfer')
    expect((await row(/never-started/)).textContent).toContain('Start again…')
    expect(screen.getByText('6 unfinished uploads, 55.2 GB stored in OSS')).toBeTruthy()
    expect(screen.getByText('1 of them was not checked')).toBeTruthy()
  })

  test('keys: Enter goes on or shows the transfer, Delete asks to abort', async () => {
    const fake = pane()
    await row(/db-dump/)
    const key = (name: string) => fireEvent.keyDown(grid(), { key: name })
    key('ArrowDown')
    key('Enter')
    await screen.findByRole('dialog', { name: /Start the upload of “raw-footage.* again/ })
    press('Cancel')
    key('ArrowDown')
    key('Enter')
    expect(useTransfersTab.getState()).toEqual({ tab: 'all', wanted: 't1' })
    key('Home')
    key('Enter')
    await screen.findByRole('dialog', { name: /Resume the upload of “db-dump/ })
    press('Cancel')
    key('Delete')
    await screen.findByRole('dialog', { name: /Delete the parts of “backups\/db-dump/ })
    expect(screen.getByText('1 upload, 40.9 GB')).toBeTruthy()
    press('Delete parts of 1 upload')
    await called(fake, 'leftovers.abort')
    expect(lastCall(fake, 'leftovers.abort')).toEqual({
      ...place,
      uploads: [{ key: leftovers[0]?.key, uploadId: 'u1' }],
    })
    await waitFor(() => expect(screen.queryByRole('row', { name: /db-dump/ })).toBe(null))
  })

  test('all old ones go together, and the transfers of this computer are left alone', async () => {
    const fake = pane()
    await row(/db-dump/)
    press('Delete parts older than 7 days…')
    await screen.findByText('2 uploads, 43.5 GB')
    expect(
      screen.getByText('1 more belongs to a transfer of this computer and is kept.'),
    ).toBeTruthy()
    press('Delete parts of 2 uploads')
    await called(fake, 'leftovers.abort')
    expect(
      (
        lastCall(fake, 'leftovers.abort') as { uploads: readonly { uploadId: string }[] }
      ).uploads.map(({ uploadId }) => uploadId),
    ).toEqual(['u1', 'u2'])
  })

  test('an error stands in the dialog, and nothing is closed', async () => {
    pane((fake) =>
      fake.refuse('leftovers.abort', {
        code: 'access-denied',
        action: 'oss:AbortMultipartUpload',
        ossCode: 'AccessDenied',
        ec: '',
        requestId: '',
      }),
    )
    await row(/db-dump/)
    fireEvent.keyDown(grid(), { key: 'Delete' })
    press('Delete parts of 1 upload')
    expect((await screen.findByRole('dialog')).textContent).toMatch(/OSS does not allow/)
  })

  test('nothing there, and nothing to be had', async () => {
    mounted(<LeftoversPane />)
    await screen.findByText('No unfinished uploads')
  })

  test('an error is told, and tried again', async () => {
    const fake = pane((one) =>
      one.refuse('leftovers.list', { code: 'unreachable', host: 'h.example', reason: 'x' }),
    )
    await screen.findByText('h.example cannot be reached')
    fake.handlers['leftovers.list'] = async () => ok(leftovers)
    press('Try again')
    await row(/db-dump/)
  })

  test('another bucket is another list', async () => {
    const fake = pane()
    await row(/db-dump/)
    fireEvent.keyDown(screen.getByRole('button', { name: /^Profile/ }), { key: 'Enter' })
    fireEvent.click(await screen.findByRole('menuitemradio', { name: /Backups/ }))
    await waitFor(() => expect(lastCall(fake, 'leftovers.list')).toMatchObject({ profileId: 'p2' }))
  })
})

describe('going on from a file', () => {
  const chosen = async (size: number | null, prepare: (fake: Fake) => void = () => undefined) => {
    const fake = pane((one) => {
      one.picks.files = [grant('g9', 'dump.zst', 'file', size)]
      prepare(one)
    })
    await row(/db-dump/)
    fireEvent.keyDown(grid(), { key: 'Enter' })
    await screen.findByRole('dialog')
    press('Choose a file…')
    await screen.findByText('dump.zst')
    return fake
  }

  test('a file of another size is refused before anything is asked', async () => {
    const fake = await chosen(41.2e9)
    expect(screen.getByRole('alert').textContent).toBe(
      'This file has 41,200,000,000 bytes, but the upload was started with a file of 41,300,000,000 bytes. Choose the right file.',
    )
    expect(isOff('Resume' as unknown as RegExp)).toBe(true)
    expect(lastCall(fake, 'leftovers.resume')).toBe(undefined)
  })

  test('a size that only the core knows to be wrong stands in place', async () => {
    await chosen(null, (fake) => {
      fake.handlers['leftovers.resume'] = async () =>
        fail({ code: 'size-differs', expected: 41.3e9, actual: 5 })
    })
    press('Resume')
    await screen.findByText(/This file has 5 bytes/)
  })

  test('a file that is another is said in place, and another may be chosen; the right one leads to its transfer', async () => {
    const fake = await chosen(41.3e9, (one) => {
      one.handlers['leftovers.resume'] = async () =>
        fail({ code: 'source-differs', path: '/home/chenxi/dump.zst' })
    })
    expect(screen.queryByRole('checkbox')).toBe(null)
    press('Resume')
    await screen.findByText(/is not the file this upload was started with/)
    expect(lastCall(fake, 'leftovers.resume')).toEqual({
      ...place,
      key: leftovers[0]?.key,
      uploadId: 'u1',
      grant: 'g9',
      keyIds: [],
    })
    press('Choose another file…')
    await waitFor(() => expect(screen.queryByRole('alert')).toBe(null))
    fake.handlers['leftovers.resume'] = async () => ok('t1')
    press('Resume')
    await waitFor(() => expect(useTransfersTab.getState()).toEqual({ tab: 'all', wanted: 't1' }))
    expect(lastCall(fake, 'leftovers.abort')).toBe(undefined)
  })

  test.each([
    [false, 0],
    [true, 1],
  ])(
    'one without a record starts again, and its old parts go with it if that is wanted: %s',
    async (drop, aborts) => {
      const fake = pane((one) => {
        one.data.leftovers = leftovers.map((leftover) => ({ ...leftover, startedHere: false }))
        one.picks.files = [grant('g9', 'dump.zst', 'file', 41.3e9)]
        one.handlers['leftovers.resume'] = async () => ok('t1')
      })
      await row(/db-dump/)
      fireEvent.keyDown(grid(), { key: 'Enter' })
      expect((await screen.findByRole('dialog')).textContent).toContain('under a new data key')
      press('Choose a file…')
      await screen.findByText('dump.zst')
      if (drop)
        fireEvent.click(screen.getByRole('checkbox', { name: 'Delete the old parts in OSS now' }))
      press('Start again')
      await waitFor(() => expect(useTransfersTab.getState()).toEqual({ tab: 'all', wanted: 't1' }))
      expect(fake.calls.filter(({ name }) => name === 'leftovers.abort')).toHaveLength(aborts)
      if (drop)
        expect(lastCall(fake, 'leftovers.abort')).toEqual({
          ...place,
          uploads: [{ key: leftovers[0]?.key, uploadId: 'u1' }],
        })
    },
  )

  test('without a key it waits in the transfers', async () => {
    const fake = await chosen(41.3e9)
    press('Resume')
    await called(fake, 'leftovers.resume')
    await waitFor(() => expect(useTransfersTab.getState().wanted).toBe('t1'))
  })
})
