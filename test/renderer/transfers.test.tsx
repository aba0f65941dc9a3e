// @vitest-environment happy-dom
import { act, fireEvent, screen, waitFor } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import type { AppError } from '../../shared/contract/errors.ts'
import { TransfersPage } from '../../renderer/features/transfers/transfers-page.tsx'
import { TransfersPanel } from '../../renderer/features/transfers/transfers-panel.tsx'
import { setPanes } from '../../renderer/state/ui.ts'
import { ask, useWork } from '../../renderer/state/work.ts'
import { foreignProgram, kmsFacts, transfer, transfers } from './fake-data.ts'
import { withLayout } from './layout.ts'
import { lastCall, mounted, press } from './mounted.tsx'

withLayout()
beforeEach(() => act(() => { ask(null); setPanes({ panelOpen: true }) }))
const page = () => mounted(<TransfersPage />, (fake) => { fake.data.transfers = transfers })
const row = (name: RegExp) => screen.findByRole('row', { name })

describe('transfers', () => {
  test('the second line is always a sentence', async () => {
    page()
    expect((await row(/site-survey/)).textContent).toContain('part 1,107 of 1,784, 3 min left')
    expect((await row(/payroll/)).textContent).toContain('None of your master keys has this description')
    expect((await row(/client-list/)).textContent).toMatch(/changed during the upload/)
    expect((await row(/onboarding/)).textContent).toContain('starts when a place is free')
    expect((await row(/税务/)).textContent).toContain('encrypted with Studio 2026, checksum matches')
    expect((await row(/README/)).textContent).toContain('was not encrypted, checksum matches')
    expect(screen.getByText(/cannot continue after a restart yet/)).toBeTruthy()
  })

  test.each([
    ['verified', 'decrypted, tag verified'],
    ['not-verified', 'a piece decrypted, not verified: the tag covers the whole'],
    ['none', 'decrypted, checksum matches'],
  ] as const)('a tag that is %s', async (tag, words) => {
    mounted(<TransfersPage />, (fake) => { fake.data.transfers = [transfer({ id: 'a', name: 'a.bin', kind: 'download', phase: 'done', outcome: { encrypted: true, checksum: 'matches', tag, savedAs: '/x', skipped: false } })] })
    expect((await row(/a\.bin/)).textContent).toContain(words)
  })

  test('a raw download says nothing of encryption, whatever was stored', async () => {
    mounted(<TransfersPage />, (fake) => { fake.data.transfers = [transfer({ id: 'a', name: 'a.bin', kind: 'download-raw', phase: 'done', outcome: { encrypted: false, checksum: 'matches', tag: 'none', savedAs: '/x', skipped: false } })] })
    expect((await row(/a\.bin/)).textContent).toContain('saved as stored, checksum matches')
    expect((await row(/a\.bin/)).textContent).not.toContain('was not encrypted')
  })

  test.each<[AppError, RegExp]>([
    [{ code: 'message-damaged', part: 'content' }, /The content was changed: its tag does not fit\. Nothing was kept/],
    [{ code: 'kms-key', name: 'Studio in KMS', problem: 'disabled', requestId: '' }, /The KMS key of Studio in KMS is disabled/],
    [{ code: 'kms', status: 429, kmsCode: 'Throttling.User', requestId: '' }, /KMS asks for fewer requests/],
    [{ code: 'command-failed', name: 'HSM', problem: 'exited', detail: 'code 3' }, /The program of HSM ended with code 3/],
  ])('$code is a sentence, and can be tried again', async (error, words) => {
    mounted(<TransfersPage />, (fake) => { fake.data.transfers = [transfer({ id: 'a', name: 'a.bin', kind: 'download', phase: 'needs-user', error })] })
    expect((await row(/a\.bin/)).textContent).toMatch(words)
    expect(screen.getByText('Try again')).toBeTruthy()
  })

  test('a message of a KMS key that is not here asks for the key in KMS, not for a file', async () => {
    mounted(<TransfersPage />, (fake) => { fake.data.transfers = [transfer({ id: 'a', name: 'a.bin', kind: 'download', phase: 'needs-user', error: { code: 'unknown-master-key', description: kmsFacts.arn } })] })
    await row(/a\.bin/)
    fireEvent.click(screen.getByText('Add key in KMS…'))
    expect(useWork.getState().asked).toEqual({ kind: 'add-kms' })
  })

  test('an object whose envelope names a program asks for the program', async () => {
    const fake = mounted(<TransfersPage />, (one) => { one.data.transfers = [transfer({ id: 'a', name: 'a.bin', key: 'a.bin', kind: 'download', phase: 'needs-user', error: { code: 'unknown-master-key', description: '{"hsm":"attic"}' } })] })
    fake.client.setQueryData(['encryption', 'p1', 'lanstone-archive', 'a.bin', 'etag'], foreignProgram)
    await row(/a\.bin/)
    fireEvent.keyDown(screen.getByRole('grid'), { key: 'Enter' })
    expect(useWork.getState().asked).toEqual({ kind: 'add-program' })
  })

  test('never 100 % before OSS has confirmed', async () => {
    mounted(<TransfersPage />, (fake) => { fake.data.transfers = [transfer({ id: 'a', name: 'a.bin', phase: 'finishing', done: 100, total: 100 })] })
    await row(/a\.bin/)
    expect(screen.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('99')
    expect((await row(/a\.bin/)).textContent).toContain('finishing')
  })

  test('keys: Space pauses and resumes, Enter does what is offered, Delete cancels and asks above 100 MB', async () => {
    const fake = page()
    await row(/site-survey/)
    const grid = screen.getByRole('grid')
    const key = (name: string) => fireEvent.keyDown(grid, { key: name })
    key('Enter')
    expect(useWork.getState().asked).toEqual({ kind: 'import-key', description: '{"team":"payroll"}', forObject: 'payroll-2026-10.xlsx' })
    key('ArrowDown')
    key('Enter')
    await waitFor(() => expect(lastCall(fake, 'transfers.retry')).toEqual({ ids: ['t6'] }))
    await waitFor(() => expect(screen.getByText('Needs you').textContent).toBe('Needs you1'))
    key('Home')
    key('ArrowDown')
    key(' ')
    await waitFor(() => expect(lastCall(fake, 'transfers.pause')).toEqual({ ids: ['t1'] }))
  })

  test('cancelling much asks, cancelling little does not', async () => {
    const fake = page()
    await row(/site-survey/)
    const cancel = (name: RegExp) => fireEvent.click([...document.querySelectorAll('.xrow')].find((one) => name.test(one.textContent ?? ''))?.querySelector('[aria-label="Cancel"]') as Element)
    cancel(/site-survey/)
    expect(useWork.getState().asked).toEqual({ kind: 'cancel-transfer', id: 't1' })
    expect(lastCall(fake, 'transfers.cancel')).toBe(undefined)
    cancel(/onboarding/)
    await waitFor(() => expect(lastCall(fake, 'transfers.cancel')).toEqual({ ids: ['t5'] }))
  })

  test('the panel follows events, folds, and pauses all that goes on', async () => {
    const fake = mounted(<TransfersPanel />, (one) => { one.data.transfers = transfers })
    await screen.findByText('2 running, 1 paused, 1 waiting')
    act(() => fake.emit('transfers.changed', [transfer({ id: 't2', name: '设计.docx', phase: 'paused', order: 2 })]))
    await screen.findByText('1 running, 2 paused, 1 waiting')
    press('Pause all')
    await waitFor(() => expect(lastCall(fake, 'transfers.pause')).toEqual({ ids: ['t1', 't5'] }))
    press('Fold transfers')
    expect(screen.queryByRole('grid')).toBe(null)
  })

  test('nothing to transfer', async () => {
    mounted(<TransfersPage />)
    await screen.findByText('Nothing to transfer')
  })
})
