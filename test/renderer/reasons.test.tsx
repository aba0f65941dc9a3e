// @vitest-environment happy-dom
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import { isFinal, isRetryable, type AppError } from '../../shared/contract/errors.ts'
import type { Transfer } from '../../shared/contract/models-transfers.ts'
import { Dialogs } from '../../renderer/features/frame/dialogs.tsx'
import { ConflictDialog } from '../../renderer/features/objects/upload/conflict-dialog.tsx'
import { ObjectsPage } from '../../renderer/features/objects/objects-page.tsx'
import { TransfersPage } from '../../renderer/features/transfers/transfers-page.tsx'
import { TransfersPanel } from '../../renderer/features/transfers/transfers-panel.tsx'
import { resetSelection } from '../../renderer/state/selection.ts'
import { setPanes, useUi } from '../../renderer/state/ui.ts'
import { ask, notify, useWork } from '../../renderer/state/work.ts'
import type { Fake } from './fake-bridge.ts'
import { studioData, transfer } from './fake-data.ts'
import { called, lastCall, mounted, press } from './mounted.tsx'

const place = { profileId: 'practice', bucket: 'practice-bucket', prefix: '' }
const { profiles, keys } = studioData()
const damaged: AppError = {
  code: 'not-an-envelope',
  header: 'x-oss-meta-client-side-encryption-start',
  problem: 'invalid',
}
const saved = (savedAs: string) =>
  ({ encrypted: true, checksum: 'matches', tag: 'none', savedAs, skipped: false }) as const
const HEADER = 'x-oss-meta-client-side-encryption-'
const of = (over: Partial<Transfer>) =>
  transfer({
    id: 'a',
    name: 'notes.txt',
    kind: 'download',
    profileId: 'practice',
    bucket: 'practice-bucket',
    key: 'notes.txt',
    ...over,
  })

beforeEach(() => {
  act(() => {
    useUi.setState({ page: 'objects', place, filter: '', sort: { by: 'name', down: false } })
    resetSelection()
    ask(null)
    notify(null)
    useWork.setState({ target: null, taking: null })
    setPanes({ detailsOpen: true, panelOpen: true })
  })
})
const rowText = async (name: RegExp) => (await screen.findByRole('row', { name })).textContent

describe('a transfer that ended under another name says so', () => {
  test.each<[string, Partial<Transfer>, string | null]>([
    [
      'a download beside a file of the name',
      { phase: 'done', outcome: saved('/home/me/notes (2).txt') },
      'notes (2).txt',
    ],
    [
      'on Windows',
      { phase: 'done', outcome: saved('C:\\Users\\me\\notes (2).txt') },
      'notes (2).txt',
    ],
    [
      'decrypted offline',
      { kind: 'decrypt', phase: 'done', outcome: saved('/d/notes (3).txt') },
      'notes (3).txt',
    ],
    ['a rename', { kind: 'move', key: 'a/letter.txt', phase: 'running' }, 'letter.txt'],
    [
      'a copy that got a number',
      {
        kind: 'copy',
        phase: 'done',
        outcome: { ...saved(''), savedAs: null, copied: { key: 'b/notes (2).txt', inside: true } },
      },
      'notes (2).txt',
    ],
    [
      'a download under its own name',
      { phase: 'done', outcome: saved('/home/me/notes.txt') },
      null,
    ],
    [
      'a move to another folder',
      {
        kind: 'move',
        key: 'b/notes.txt',
        phase: 'done',
        outcome: { ...saved(''), savedAs: null, copied: { key: 'b/notes.txt', inside: true } },
      },
      null,
    ],
  ])('%s', async (_name, over, written) => {
    mounted(
      <>
        <TransfersPage />
        <TransfersPanel />
      </>,
      (fake) => {
        fake.data.transfers = [of(over)]
      },
    )
    for (const row of await screen.findAllByRole('row', { name: /notes/ }))
      expect(row.textContent?.includes('→')).toBe(written !== null)
    if (written !== null) expect(screen.getAllByTitle(written)).toHaveLength(2)
  })
})

describe('why it stands still', () => {
  test('in the panel too, and in full at a click, with what helps', async () => {
    const fake = mounted(
      <>
        <TransfersPanel />
        <Dialogs profiles={profiles} keys={keys} />
      </>,
      (one) => {
        one.data.transfers = [of({ phase: 'failed', error: damaged, done: 0, total: 0 })]
      },
    )
    expect(await rowText(/notes/)).toMatch(/Failed\. The encryption headers are damaged/)
    // Nothing moves, so there is nothing to measure.
    expect(document.querySelector('.ph-bar')).toBeNull()
    fireEvent.click(document.querySelector('.why') as Element)
    const dialog = within(await screen.findByRole('dialog', { name: 'notes.txt' }))
    expect(
      dialog.getByText(/The encryption headers are damaged: .*upload the file again\.$/i),
    ).toBeTruthy()
    fireEvent.click(dialog.getByRole('button', { name: 'Download raw' }))
    await called(fake, 'downloads.start')
    expect(lastCall(fake, 'downloads.start')).toMatchObject({ keys: ['notes.txt'], raw: true })
  })

  test.each<[string, Partial<Transfer>, readonly string[]]>([
    [
      'damaged',
      { phase: 'failed', error: damaged },
      ['Download raw', 'Show the reason', 'Remove from list'],
    ],
    [
      'without its key',
      {
        phase: 'needs-master-key',
        error: { code: 'unknown-master-key', description: '{"a":"b"}' },
      },
      ['Import key…', 'Download raw', 'Show the reason', 'Start over', 'Cancel'],
    ],
    [
      'an upload of a file that differs',
      { kind: 'upload', phase: 'failed', error: { code: 'source-differs', path: '/a' } },
      ['Show the reason', 'Remove from list'],
    ],
    [
      'refused for the moment',
      {
        phase: 'failed',
        error: {
          code: 'access-denied',
          action: 'oss:GetObject',
          ossCode: 'AccessDenied',
          ec: '',
          requestId: '',
        },
      },
      ['Try again', 'Show the reason', 'Start over', 'Remove from list'],
    ],
  ])('%s: the menu offers what can help and nothing else', async (_name, over, entries) => {
    mounted(<TransfersPage />, (fake) => {
      fake.data.transfers = [of(over)]
    })
    await screen.findByRole('row', { name: /notes/ })
    fireEvent.click(screen.getByRole('button', { name: 'More actions' }))
    expect((await screen.findAllByRole('menuitem')).map((one) => one.textContent)).toEqual(entries)
  })

  test('what is final is never sent again by itself', () => {
    const final = (
      [
        'not-an-envelope',
        'no-envelope',
        'unsupported-format',
        'message-damaged',
        'name-not-local',
        'source-differs',
        'too-large',
      ] as const
    ).map((code) => ({ code }) as unknown as AppError)
    expect(final.map((error) => [isFinal(error), isRetryable(error)])).toEqual(
      final.map(() => [true, false]),
    )
    expect(isFinal({ code: 'unreachable', host: 'h', reason: 'ETIMEDOUT' })).toBe(false)
  })
})

describe('every way to a download agrees with the button', () => {
  const open = (prepare: (fake: Fake) => void = () => undefined) =>
    mounted(
      <>
        <ObjectsPage place={place} profile={profiles[2]} profiles={profiles} keys={keys} />
        <Dialogs profiles={profiles} keys={keys} />
      </>,
      prepare,
    )

  test.each([
    ['torn-envelope.txt', /The encryption headers are damaged/],
    ['key-went-missing.txt', /lost-2019/],
  ])('%s', async (name, why) => {
    const fake = open()
    const row = await screen.findByRole('row', { name: new RegExp(name) })
    fireEvent.mouseDown(row)
    await screen.findByRole('heading', { name })
    await waitFor(() =>
      expect((screen.getByRole('button', { name: 'Download' }) as HTMLButtonElement).disabled).toBe(
        true,
      ),
    )
    fireEvent.doubleClick(row)
    fireEvent.keyDown(await screen.findByRole('grid', { name: /^Objects in/ }), { key: 'Enter' })
    fireEvent.keyDown(window, { key: 's', ctrlKey: true })
    expect((await screen.findByText(/was not downloaded/)).closest('.note')?.textContent).toMatch(
      why,
    )
    fireEvent.contextMenu(row, { button: 2 })
    expect(
      (await screen.findByRole('menuitem', { name: /^Download…/ })).getAttribute('aria-disabled'),
    ).toBe('true')
    expect(
      screen.getByRole('menuitem', { name: /^Download raw/ }).getAttribute('aria-disabled'),
    ).not.toBe('true')
    expect(lastCall(fake, 'downloads.start')).toBeUndefined()
  })

  test('the notice offers the bytes as they are stored', async () => {
    const fake = open()
    const row = await screen.findByRole('row', { name: /torn-envelope/ })
    fireEvent.mouseDown(row)
    await waitFor(() =>
      expect((screen.getByRole('button', { name: 'Download' }) as HTMLButtonElement).disabled).toBe(
        true,
      ),
    )
    fireEvent.doubleClick(row)
    const notice = (await screen.findByText(/was not downloaded/)).closest<HTMLElement>('.note')
    fireEvent.click(within(notice ?? document.body).getByRole('button', { name: 'Download raw' }))
    await called(fake, 'downloads.start')
    expect(lastCall(fake, 'downloads.start')).toMatchObject({
      keys: ['torn-envelope.txt'],
      raw: true,
    })
  })

  test('a header that is not valid is named once', async () => {
    open((fake) => {
      fake.data.encryption['torn-envelope.txt'] = {
        state: 'broken',
        header: `${HEADER}start`,
        problem: 'invalid',
        present: [`${HEADER}key`, `${HEADER}start`],
      }
    })
    fireEvent.mouseDown(await screen.findByRole('row', { name: /torn-envelope/ }))
    await screen.findByRole('heading', { name: 'torn-envelope.txt' })
    const details = await screen.findByRole('complementary', { name: 'Details' })
    await waitFor(() => expect(details.textContent).toContain('Not valid'))
    const facts = Array.from(details.querySelectorAll('.mono'))
      .map((one) => one.textContent)
      .join(' ')
    // Once in the note above, once among the facts.
    expect(facts.match(/-start/g)).toHaveLength(2)
  })
})

test('an existing name: Cancel sends nothing, and Replace is not where Enter goes', async () => {
  const answers: unknown[] = []
  const conflict = {
    key: 'a.txt',
    size: 1,
    modified: '2026-01-01T00:00:00Z',
    theirSize: 2,
    theirModified: '2026-01-02T00:00:00Z',
  }
  mounted(
    <ConflictDialog
      conflicts={[conflict]}
      onDone={(one) => answers.push(one)}
      onClose={() => answers.push('closed')}
    />,
  )
  const dialog = await screen.findByRole('dialog')
  expect(
    Array.from(dialog.querySelectorAll('footer .btn')).map((one) => [
      one.textContent,
      one.classList.contains('primary'),
    ]),
  ).toEqual([
    ['Cancel', false],
    ['Replace', false],
    ['Skip', false],
    ['Rename', true],
  ])
  press('Cancel')
  expect(answers).toEqual(['closed'])
})

// Types as OSS keeps them: what SDKs, ossutil and browsers send.
