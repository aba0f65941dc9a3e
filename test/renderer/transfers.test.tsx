// @vitest-environment happy-dom
import { act, fireEvent, screen, waitFor } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Transfer } from '../../shared/contract/models-transfers.ts'
import { DecideDialog } from '../../renderer/features/transfers/decide-dialog.tsx'
import { SkippedDialog } from '../../renderer/features/transfers/skipped-dialog.tsx'
import { TransfersPage } from '../../renderer/features/transfers/transfers-page.tsx'
import { TransfersPanel } from '../../renderer/features/transfers/transfers-panel.tsx'
import { setPanes } from '../../renderer/state/ui.ts'
import { ask, useWork } from '../../renderer/state/work.ts'
import { foreignProgram, kmsFacts, manyFiles, transfer, transfers } from './fake-data.ts'
import { lastCall, mounted, press } from './mounted.tsx'

beforeEach(() =>
  act(() => {
    ask(null)
    setPanes({ panelOpen: true })
  }),
)
const page = () =>
  mounted(<TransfersPage />, (fake) => {
    fake.data.transfers = transfers
  })
const row = (name: RegExp) => screen.findByRole('row', { name })

describe('transfers', () => {
  test('the second line is always a sentence', async () => {
    page()
    expect((await row(/site-survey/)).textContent).toContain('part 1,107 of 1,784, 3 min left')
    expect((await row(/payroll/)).textContent).toContain(
      'None of your master keys has this description',
    )
    expect((await row(/client-list/)).textContent).toMatch(/changed during the upload/)
    expect((await row(/onboarding/)).textContent).toContain('waiting for other transfers')
    expect((await row(/税务/)).textContent).toContain(
      'encrypted with Studio 2026, checksum matches',
    )
    expect((await row(/README/)).textContent).toContain('not encrypted in OSS, checksum matches')
    expect(screen.queryByText(/after a restart/)).toBe(null)
  })

  test.each([
    ['verified', 'decrypted, tag verified'],
    ['not-verified', 'part decrypted, not verified: the tag covers the whole object'],
    ['none', 'decrypted, checksum matches'],
  ] as const)('a tag that is %s', async (tag, words) => {
    mounted(<TransfersPage />, (fake) => {
      fake.data.transfers = [
        transfer({
          id: 'a',
          name: 'a.bin',
          kind: 'download',
          phase: 'done',
          outcome: { encrypted: true, checksum: 'matches', tag, savedAs: '/x', skipped: false },
        }),
      ]
    })
    expect((await row(/a\.bin/)).textContent).toContain(words)
  })

  test('a raw download says nothing of encryption, whatever was stored', async () => {
    mounted(<TransfersPage />, (fake) => {
      fake.data.transfers = [
        transfer({
          id: 'a',
          name: 'a.bin',
          kind: 'download-raw',
          phase: 'done',
          outcome: {
            encrypted: false,
            checksum: 'matches',
            tag: 'none',
            savedAs: '/x',
            skipped: false,
          },
        }),
      ]
    })
    expect((await row(/a\.bin/)).textContent).toContain('saved as stored, checksum matches')
    expect((await row(/a\.bin/)).textContent).not.toContain('not encrypted in OSS')
  })

  test.each<[string, Partial<Transfer>, RegExp, string | null]>([
    [
      'changed content',
      {
        kind: 'download',
        profileId: 'p1',
        bucket: 'b',
        key: 'a.bin',
        phase: 'failed',
        error: { code: 'message-damaged', part: 'content' },
      },
      /The content was changed: its tag does not match\. Nothing was saved/,
      'Download raw',
    ],
    [
      'a damaged envelope',
      {
        kind: 'download',
        profileId: 'p1',
        bucket: 'b',
        key: 'a.bin',
        phase: 'failed',
        error: {
          code: 'not-an-envelope',
          header: 'x-oss-meta-client-side-encryption-start',
          problem: 'invalid',
        },
      },
      /The encryption headers are damaged/,
      'Download raw',
    ],
    [
      'a format that is not read',
      {
        kind: 'download',
        profileId: 'p1',
        bucket: 'b',
        key: 'a.bin',
        phase: 'failed',
        error: { code: 'unsupported-format', format: 'sdk-sm4' },
      },
      /Download it raw/,
      'Download raw',
    ],
    [
      'a name that no file here can have',
      {
        kind: 'download',
        profileId: 'p1',
        bucket: 'b',
        key: 'a.bin',
        phase: 'failed',
        error: { code: 'name-not-local', name: 'a\u0000' },
      },
      /a/,
      null,
    ],
    [
      'KMS throttles',
      {
        phase: 'failed',
        error: { code: 'kms', status: 429, kmsCode: 'Throttling.User', requestId: '' },
      },
      /KMS received too many requests/,
      'Try again',
    ],
    [
      'a disabled KMS key',
      {
        phase: 'needs-master-key',
        error: { code: 'kms-key', name: 'Studio in KMS', problem: 'disabled', requestId: '' },
      },
      /The KMS key of Studio in KMS is disabled.*continues automatically/,
      'Master keys',
    ],
    [
      'a program that fails',
      {
        phase: 'needs-master-key',
        error: { code: 'command-failed', name: 'HSM', problem: 'exited', detail: 'code 3' },
      },
      /The program of HSM ended with code 3/,
      'Master keys',
    ],
    [
      'a key that is not here',
      {
        phase: 'needs-master-key',
        error: { code: 'unknown-master-key', description: '{"team":"payroll"}' },
      },
      /described as \{"team":"payroll"\}\. It continues automatically when the key is available/,
      'Import key…',
    ],
    [
      'a closed keychain',
      { phase: 'needs-master-key', error: { code: 'keychain-locked' } },
      /The keychain is locked/,
      'Unlock…',
    ],
    [
      'an expired token',
      {
        phase: 'needs-credentials',
        error: { code: 'bad-credentials', reason: 'expired', requestId: '' },
      },
      /STS token has expired.*continues automatically when the credentials work/,
      'Edit profile…',
    ],
    [
      'an expired token of KMS',
      {
        phase: 'needs-credentials',
        error: { code: 'bad-credentials', reason: 'expired', requestId: '', service: 'kms' },
      },
      /STS token has expired/,
      'Master keys',
    ],
    [
      'no network',
      {
        phase: 'needs-network',
        retryAt: new Date(Date.now() + 110_000).toISOString(),
        error: { code: 'unreachable', host: 'oss.example', reason: 'ETIMEDOUT' },
      },
      /Next attempt in 2 min\. oss\.example did not answer/,
      'Try now',
    ],
    [
      'no network, and it is time',
      {
        phase: 'needs-network',
        retryAt: new Date(Date.now() - 5).toISOString(),
        error: { code: 'unreachable', host: 'oss.example', reason: 'ETIMEDOUT' },
      },
      /Trying again now\. oss\.example/,
      'Try now',
    ],
    [
      'a full disk',
      { phase: 'needs-user', error: { code: 'disk-full', path: '/x', needed: 5e6 } },
      /is full: 5 MB more/,
      'Resume',
    ],
    [
      'a taken name',
      { phase: 'needs-user', error: { code: 'object-exists', key: 'a.bin' } },
      /already exists in the bucket/,
      'Choose…',
    ],
    [
      'a taken name of a decrypted file',
      { kind: 'decrypt', phase: 'needs-user', error: { code: 'target-exists', path: '/a.bin' } },
      /already exists/,
      'Try again',
    ],
    [
      'a changed source',
      { restarted: 'source-changed', secondsLeft: 9, parts: 3, partsDone: 1 },
      /part 2 of 3, started over because the file had changed, 9 s left/,
      null,
    ],
    [
      'an upload that is gone',
      { phase: 'waiting', restarted: 'upload-gone' },
      /started over because OSS no longer had the parts, waiting for/,
      null,
    ],
    [
      'another envelope',
      { phase: 'paused', restarted: 'envelope-differs' },
      /started over because the upload in OSS was a different one, paused by you/,
      null,
    ],
    [
      'a changed object',
      {
        phase: 'done',
        kind: 'download',
        restarted: 'object-changed',
        outcome: {
          encrypted: true,
          checksum: 'matches',
          tag: 'none',
          savedAs: '/x',
          skipped: false,
        },
      },
      /decrypted, checksum matches, started over because the object had changed/,
      null,
    ],
    [
      'many files',
      {
        files: { total: 601_000, counting: false, done: 1234, skipped: 12, failed: 3 },
        secondsLeft: 600,
      },
      /1,234 of 601,000 files, 12 skipped, 3 need you, 10 min left/,
      null,
    ],
    [
      'files being counted',
      {
        files: { total: 20_412, counting: true, done: 311, skipped: 0, failed: 0 },
        done: 5e6,
        total: 9e6,
        secondsLeft: 4,
        speed: 1e6,
      },
      /311 of at least 20,412 files, counting…5\.00 MB1\.00 MB\/s/,
      null,
    ],
    [
      'many files, waiting',
      { phase: 'waiting', files: { total: 2, counting: false, done: 0, skipped: 0, failed: 0 } },
      /0 of 2 files, waiting for/,
      null,
    ],
    [
      'many files, some in trouble',
      {
        phase: 'needs-user',
        files: { total: 2, counting: false, done: 1, skipped: 0, failed: 1 },
        error: { code: 'object-exists', key: 'x' },
      },
      /1 of 2 files, 1 needs you\. x already exists in the bucket/,
      'Choose…',
    ],
    [
      'many files, done',
      {
        phase: 'done',
        files: { total: 2000, counting: false, done: 2000, skipped: 0, failed: 0 },
        outcome: {
          encrypted: true,
          checksum: 'matches',
          tag: 'none',
          savedAs: null,
          skipped: false,
        },
      },
      /2,000 files, encrypted with Studio 2026, checksum matches/,
      null,
    ],
    [
      'many files, skipped',
      {
        phase: 'done',
        files: { total: 2, counting: false, done: 2, skipped: 2, failed: 0 },
        outcome: {
          encrypted: true,
          checksum: 'matches',
          tag: 'none',
          savedAs: null,
          skipped: true,
        },
      },
      /2 files, 2 skipped, skipped, the name already exists/,
      null,
    ],
  ])('%s is a sentence, with what can be done', async (_name, over, words, offered) => {
    mounted(<TransfersPage />, (fake) => {
      fake.data.transfers = [transfer({ id: 'a', name: 'a.bin', ...over })]
    })
    expect((await row(/a\.bin/)).textContent).toMatch(words)
    const buttons = [...document.querySelectorAll('.xrow .btn')].map((button) => button.textContent)
    expect(buttons).toEqual(offered === null ? [] : [offered])
  })

  test('the bar says nothing while nobody knows of how much', async () => {
    mounted(<TransfersPage />, (fake) => {
      fake.data.transfers = [
        transfer({
          id: 'a',
          name: 'a.bin',
          done: 8,
          total: 9,
          files: { total: 5, counting: true, done: 4, skipped: 0, failed: 0 },
        }),
      ]
    })
    await row(/a\.bin/)
    expect(screen.getByRole('progressbar').getAttribute('aria-valuenow')).toBe(null)
    expect(screen.getByText('Remaining, at least')).toBeTruthy()
  })

  test('what is offered is done', async () => {
    const error = { code: 'bad-credentials', reason: 'expired', requestId: '' } as const
    const fake = mounted(<TransfersPage />, (one) => {
      one.data.transfers = [
        transfer({ id: 'a', name: 'a.bin', phase: 'needs-credentials', error }),
        transfer({
          id: 'n',
          name: 'n.bin',
          phase: 'needs-network',
          error: { code: 'unreachable', host: 'h', reason: 'x' },
        }),
      ]
    })
    await row(/a\.bin/)
    press('Edit profile…')
    expect(useWork.getState().asked).toEqual({ kind: 'profile', profileId: 'p1' })
    press('Try now')
    await waitFor(() => expect(lastCall(fake, 'transfers.retry')).toEqual({ ids: ['n'] }))
  })

  test('starting over is in the menu of the row, and asks where much is done', async () => {
    const fake = page()
    await row(/client-list/)
    const opened = () => fireEvent.keyDown(screen.getByRole('grid'), { key: 'F10', shiftKey: true })
    fireEvent.keyDown(screen.getByRole('grid'), { key: 'ArrowDown' })
    opened()
    fireEvent.click(await screen.findByRole('menuitem', { name: 'Start over' }))
    await waitFor(() => expect(lastCall(fake, 'transfers.startOver')).toEqual({ ids: ['t6'] }))
    act(() =>
      fake.emit('transfers.changed', [
        transfer({
          id: 't6',
          name: 'client-list.numbers',
          phase: 'failed',
          done: 5e9,
          total: 9e9,
          order: 6,
          error: { code: 'checksum' },
        }),
      ]),
    )
    opened()
    fireEvent.click(await screen.findByRole('menuitem', { name: 'Start over' }))
    expect(useWork.getState().asked).toEqual({ kind: 'restart-transfer', id: 't6' })
  })

  test('the menu of a row of many names what was skipped, a page at a time', async () => {
    const files = { total: 300, counting: false, done: 300, skipped: 250, failed: 0 }
    mounted(<TransfersPage />, (one) => {
      one.data.transfers = [transfer({ id: 'many', name: 'photos', phase: 'done', files })]
    })
    await row(/photos/)
    fireEvent.keyDown(screen.getByRole('grid'), { key: 'F10', shiftKey: true })
    fireEvent.click(await screen.findByRole('menuitem', { name: 'Show skipped objects' }))
    expect(useWork.getState().asked).toEqual({ kind: 'transfer-skipped', id: 'many' })
    mounted(<SkippedDialog id="many" onClose={() => undefined} />, (one) => {
      one.data.transfers = [transfer({ id: 'many', name: 'photos', phase: 'done', files })]
    })
    expect(await screen.findByText('1 to 200 of 250')).toBeTruthy()
    expect((await screen.findAllByRole('listitem')).length).toBe(200)
    fireEvent.click(screen.getByRole('button', { name: 'Next' }))
    expect(await screen.findByText('201 to 250 of 250')).toBeTruthy()
    await waitFor(() => expect(screen.getAllByRole('listitem').length).toBe(50))
  })

  test('a file of many stands under them, and is ended with them only', async () => {
    const fake = mounted(<TransfersPage />, (one) => {
      one.data.transfers = manyFiles
    })
    const rows = (await screen.findAllByRole('row')).map((one) => one.textContent ?? '')
    expect(
      rows.map((text) => /Needs you|Running|scan-0007|photos|panorama/.exec(text)?.[0]),
    ).toEqual(['Needs you', 'scan-0007', 'Running', 'photos', 'panorama'])
    expect(rows[1]).toContain('of photos 1998–2026')
    const ends = [...document.querySelectorAll('.xrow')].map(
      (one) => one.querySelector('[aria-label="Cancel"]') !== null,
    )
    expect(ends).toEqual([false, true, false])
    const grid = screen.getByRole('grid')
    fireEvent.keyDown(grid, { key: 'Delete' })
    fireEvent.keyDown(grid, { key: 'ArrowDown' })
    fireEvent.keyDown(grid, { key: 'Delete' })
    // The object in the bucket stays, so the window asks, however small the file is.
    expect(useWork.getState().asked).toEqual({ kind: 'cancel-transfer', id: 'b1' })
    press('Pause all')
    await waitFor(() => expect(lastCall(fake, 'transfers.pause')).toEqual({ ids: ['b1'] }))
    expect(lastCall(fake, 'transfers.cancel')).toBe(undefined)
  })

  test.each([
    ['one file of many', 'b1.7', false, 'Skip', { ids: ['b1.7'], existing: 'skip' }],
    ['all of the many', 'b1.7', true, 'Replace', { ids: ['b1'], existing: 'replace' }],
    [
      'one of its own, and the others',
      'o1',
      true,
      'Rename',
      { ids: ['o1', 'o2'], existing: 'rename' },
    ],
  ] as const)('a taken name: %s', async (_name, id, all, answer, expected) => {
    const taken = (of: string) =>
      transfer({
        id: of,
        name: `${of}.bin`,
        order: 30,
        phase: 'needs-user',
        error: { code: 'object-exists', key: `x/${of}.bin` },
      })
    const fake = mounted(<DecideDialog id={id} onClose={() => undefined} />, (one) => {
      one.data.transfers = [...manyFiles, taken('o1'), taken('o2')]
    })
    await screen.findByRole('dialog')
    if (all) fireEvent.click(screen.getByRole('checkbox'))
    press(answer)
    await waitFor(() => expect(lastCall(fake, 'transfers.decide')).toEqual(expected))
  })

  test('a message of a KMS key that is not here asks for the key in KMS, not for a file', async () => {
    mounted(<TransfersPage />, (fake) => {
      fake.data.transfers = [
        transfer({
          id: 'a',
          name: 'a.bin',
          kind: 'download',
          phase: 'needs-user',
          error: { code: 'unknown-master-key', description: kmsFacts.arn },
        }),
      ]
    })
    await row(/a\.bin/)
    fireEvent.click(screen.getByText('Add key in KMS…'))
    expect(useWork.getState().asked).toEqual({ kind: 'add-kms' })
  })

  test('an object whose envelope names a program asks for the program', async () => {
    const fake = mounted(<TransfersPage />, (one) => {
      one.data.transfers = [
        transfer({
          id: 'a',
          name: 'a.bin',
          key: 'a.bin',
          kind: 'download',
          phase: 'needs-user',
          error: { code: 'unknown-master-key', description: '{"hsm":"attic"}' },
        }),
      ]
    })
    fake.client.setQueryData(
      ['encryption', 'p1', 'lanstone-archive', 'a.bin', 'etag'],
      foreignProgram,
    )
    await row(/a\.bin/)
    fireEvent.keyDown(screen.getByRole('grid'), { key: 'Enter' })
    expect(useWork.getState().asked).toEqual({ kind: 'add-program' })
  })

  test('never 100 % before OSS has confirmed', async () => {
    mounted(<TransfersPage />, (fake) => {
      fake.data.transfers = [
        transfer({ id: 'a', name: 'a.bin', phase: 'finishing', done: 100, total: 100 }),
      ]
    })
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
    expect(useWork.getState().asked).toEqual({
      kind: 'import-key',
      description: '{"team":"payroll"}',
      forObject: 'payroll-2026-10.xlsx',
    })
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
    const cancel = (name: RegExp) =>
      fireEvent.click(
        [...document.querySelectorAll('.xrow')]
          .find((one) => name.test(one.textContent ?? ''))
          ?.querySelector('[aria-label="Cancel"]') as Element,
      )
    cancel(/site-survey/)
    expect(useWork.getState().asked).toEqual({ kind: 'cancel-transfer', id: 't1' })
    expect(lastCall(fake, 'transfers.cancel')).toBe(undefined)
    cancel(/onboarding/)
    await waitFor(() => expect(lastCall(fake, 'transfers.cancel')).toEqual({ ids: ['t5'] }))
  })

  test('the panel follows events, folds, and pauses all that goes on', async () => {
    const fake = mounted(<TransfersPanel />, (one) => {
      one.data.transfers = transfers
    })
    await screen.findByText('2 running, 1 paused, 1 waiting')
    act(() =>
      fake.emit('transfers.changed', [
        transfer({ id: 't2', name: '设计.docx', phase: 'paused', order: 2 }),
      ]),
    )
    await screen.findByText('1 running, 2 paused, 1 waiting')
    press('Pause all')
    await waitFor(() => expect(lastCall(fake, 'transfers.pause')).toEqual({ ids: ['t1', 't5'] }))
    press('Collapse transfers')
    expect(screen.queryByRole('grid')).toBe(null)
  })

  test('nothing to transfer', async () => {
    mounted(<TransfersPage />)
    await screen.findByText('Nothing to transfer')
  })
})
