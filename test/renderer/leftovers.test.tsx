// @vitest-environment happy-dom
import { act, fireEvent, screen, waitFor } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import { fail, ok } from '../../shared/contract/errors.ts'
import type { Leftover, Transfer } from '../../shared/contract/models-transfers.ts'
import { heldBy, oldOnes, whyNot } from '../../renderer/features/leftovers/leftover-facts.ts'
import { LeftoversPane } from '../../renderer/features/leftovers/leftovers-pane.tsx'
import { showTab, useTransfersTab } from '../../renderer/state/transfers-tab.ts'
import { useUi } from '../../renderer/state/ui.ts'
import { leftovers, transfer } from './fake-data.ts'
import { grant, type Fake } from './fake-bridge.ts'
import { withLayout } from './layout.ts'
import { called, isOff, lastCall, mounted, press } from './mounted.tsx'

withLayout()
beforeEach(() => act(() => { showTab('leftovers'); useUi.setState({ page: 'transfers', place: { profileId: 'p1', bucket: 'lanstone-archive', prefix: '' } }) }))
const place = { profileId: 'p1', bucket: 'lanstone-archive' }
const pane = (prepare: (fake: Fake) => void = () => undefined) => mounted(<LeftoversPane />, (fake) => { fake.data.leftovers = leftovers; prepare(fake) })
const row = (name: RegExp) => screen.findByRole('row', { name })
const grid = () => screen.getByRole('grid')

test.each<[string, Partial<Leftover>, ReturnType<typeof whyNot>]>([
  ['another computer began it', {}, null], ['a transfer of ours', { transferId: 't1' }, 'ours'], ['not encrypted', { encrypted: false }, 'not-encrypted'],
  ['nothing was sent', { parts: 0 }, 'nothing-sent'], ['not looked at', { parts: null, encrypted: null }, null],
])('may it go on from here: %s', (_name, over, why) => expect(whyNot({ ...(leftovers[0] as Leftover), ...over })).toBe(why))

test('old is what was begun more than seven days ago, but for transfers of this computer', () => {
  const now = new Date('2026-11-20T12:00:00Z').getTime()
  const of = (uploadId: string, begun: string, transferId: string | null = null): Leftover => ({ ...(leftovers[0] as Leftover), uploadId, begun, transferId, bytes: uploadId === 'c' ? null : 10 })
  const found = oldOnes([of('a', '2026-11-13T11:59:59Z'), of('b', '2026-11-13T12:00:01Z'), of('c', '2026-01-01T00:00:00Z'), of('d', '2026-01-01T00:00:00Z', 't')], now)
  expect([found.old.map(({ uploadId }) => uploadId), found.spared]).toEqual([['a', 'c'], 1])
  expect(heldBy(found.old)).toEqual({ bytes: 10, unknown: 1 })
})

describe('the list', () => {
  test('says what each would become and what OSS holds of it', async () => {
    pane()
    const first = await row(/db-dump/)
    expect(first.textContent).toMatch(/57 days4,87040\.9 GB41\.3 GBEncryptedResume…/)
    expect((await row(/raw-footage/)).textContent).toMatch(/unknownNot encryptedCannot be continued here/)
    expect((await row(/site-survey/)).textContent).toContain('This computer’s transfer')
    expect((await row(/never-started/)).textContent).toContain('Nothing sent yet')
    expect(screen.getByText('6 unfinished uploads, 55.2 GB stored in OSS')).toBeTruthy()
    expect(screen.getByText('1 of them was not checked')).toBeTruthy()
  })

  test('keys: Enter goes on or shows the transfer, Delete asks to abort', async () => {
    const fake = pane()
    await row(/db-dump/)
    const key = (name: string) => fireEvent.keyDown(grid(), { key: name })
    key('ArrowDown')
    key('Enter')
    expect(screen.queryByRole('dialog')).toBe(null)
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
    expect(lastCall(fake, 'leftovers.abort')).toEqual({ ...place, uploads: [{ key: leftovers[0]?.key, uploadId: 'u1' }] })
    await waitFor(() => expect(screen.queryByRole('row', { name: /db-dump/ })).toBe(null))
  })

  test('all old ones go together, and the transfers of this computer are left alone', async () => {
    const fake = pane()
    await row(/db-dump/)
    press('Delete parts older than 7 days…')
    await screen.findByText('2 uploads, 43.5 GB')
    expect(screen.getByText('1 more belongs to a transfer of this computer and is kept.')).toBeTruthy()
    press('Delete parts of 2 uploads')
    await called(fake, 'leftovers.abort')
    expect((lastCall(fake, 'leftovers.abort') as { uploads: readonly { uploadId: string }[] }).uploads.map(({ uploadId }) => uploadId)).toEqual(['u1', 'u2'])
  })

  test('an error stands in the dialog, and nothing is closed', async () => {
    pane((fake) => fake.refuse('leftovers.abort', { code: 'access-denied', action: 'oss:AbortMultipartUpload', ossCode: 'AccessDenied', ec: '', requestId: '' }))
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
    const fake = pane((one) => one.refuse('leftovers.list', { code: 'unreachable', host: 'h.example', reason: 'x' }))
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
  const emits = (fake: Fake, over: Partial<Transfer>) => act(() => fake.emit('transfers.changed', [transfer({ id: 't1', name: 'dump.zst', ...over })]))

  test('a file of another size is refused before anything is asked', async () => {
    const fake = await chosen(41.2e9)
    expect(screen.getByRole('alert').textContent).toBe('This file has 41,200,000,000 bytes, but the upload was started with a file of 41,300,000,000 bytes. Choose the right file.')
    expect(isOff('Resume' as unknown as RegExp)).toBe(true)
    expect(lastCall(fake, 'leftovers.resume')).toBe(undefined)
  })

  test('a size that only the core knows to be wrong stands in place', async () => {
    await chosen(null, (fake) => { fake.handlers['leftovers.resume'] = async () => fail({ code: 'size-differs', expected: 41.3e9, actual: 5 }) })
    press('Resume')
    await screen.findByText(/This file has 5 bytes/)
  })

  test('a file that is another is said in place, and another may be chosen; the right one leads to its transfer', async () => {
    const fake = await chosen(41.3e9)
    press('Resume')
    await called(fake, 'leftovers.resume')
    expect(lastCall(fake, 'leftovers.resume')).toEqual({ ...place, key: leftovers[0]?.key, uploadId: 'u1', grant: 'g9', keyIds: [] })
    emits(fake, { phase: 'running', partsDone: 3, parts: 5000 })
    await screen.findByText(/continues when you close the dialog/)
    emits(fake, { phase: 'failed', partsDone: 3, error: { code: 'source-differs', path: '/home/chenxi/dump.zst' } })
    await screen.findByText(/is not the file that this upload was started with/)
    press('Choose another file…')
    await waitFor(() => expect(screen.queryByRole('alert')).toBe(null))
    press('Resume')
    await waitFor(() => expect(fake.calls.filter(({ name }) => name === 'leftovers.resume')).toHaveLength(2))
    emits(fake, { phase: 'running', partsDone: 4869, parts: 5000 })
    expect(useTransfersTab.getState().tab).toBe('leftovers')
    emits(fake, { phase: 'running', partsDone: 4870, parts: 5000 })
    await waitFor(() => expect(useTransfersTab.getState()).toEqual({ tab: 'all', wanted: 't1' }))
  })

  test('without a key it waits in the transfers', async () => {
    const fake = await chosen(41.3e9)
    press('Resume')
    await called(fake, 'leftovers.resume')
    emits(fake, { phase: 'needs-master-key', error: { code: 'wrong-master-key', tried: [] } })
    await waitFor(() => expect(useTransfersTab.getState().wanted).toBe('t1'))
  })
})
