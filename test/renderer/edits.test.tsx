// @vitest-environment happy-dom
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import { EditsBar } from '../../renderer/features/edits/edits-bar.tsx'
import { Frame } from '../../renderer/features/frame/frame.tsx'
import { usePageCommands } from '../../renderer/features/commands/commands.ts'
import { ObjectsPage } from '../../renderer/features/objects/objects-page.tsx'
import { resetSelection } from '../../renderer/state/selection.ts'
import { go, setPanes, useUi } from '../../renderer/state/ui.ts'
import { useWork } from '../../renderer/state/work.ts'
import { fail } from '../../shared/contract/errors.ts'
import type { EditedCopy } from '../../shared/contract/models-edits.ts'
import { studioData, transfer } from './fake-data.ts'
import { called, lastCall, mounted, press } from './mounted.tsx'

const COPY: EditedCopy = {
  id: 'e1',
  profileId: 'p1',
  bucket: 'bbb',
  key: 'in/notes.txt',
  state: 'changed',
  keyId: 'k1',
  isLeftover: false,
  transferId: null,
}
const bar = () => screen.getByRole('status')
const shown = (...copies: readonly EditedCopy[]) =>
  mounted(<EditsBar />, (fake) => void (fake.data.edits = copies))

test.each<readonly [string, Partial<EditedCopy>, RegExp | null]>([
  ['an unchanged copy is not mentioned', { state: 'unchanged' }, null],
  ['a copy that is gone is not mentioned', { state: 'gone' }, null],
  ['a changed one is', {}, /notes\.txt was changed on this computer\. .* not uploaded yet\.$/],
  ['one of an earlier start too', { isLeftover: true }, /before Cipherbucket ended/],
  ['a plain object is said to be plain', { keyId: null }, /not encrypted\. The upload encrypts it/],
])('%s', async (_name, change, text) => {
  const fake = shown({ ...COPY, ...change })
  await called(fake, 'edits.list')
  if (text === null) {
    await waitFor(() => expect(fake.client.getQueryData(['edits'])).toHaveLength(1))
    expect(bar().textContent).toBe('')
  } else await waitFor(() => expect(bar().querySelector('.grow')?.textContent).toMatch(text))
})

test('the upload is started, and a failure to start it is said', async () => {
  const fake = shown(COPY)
  await screen.findByText(/notes/)
  press('Encrypt and upload')
  await called(fake, 'edits.upload')
  expect(lastCall(fake, 'edits.upload')).toEqual({ id: 'e1' })
  fake.handlers['edits.upload'] = async () => fail({ code: 'no-master-key' })
  press('Encrypt and upload')
  await waitFor(() => expect(useWork.getState().notice?.error).toEqual({ code: 'no-master-key' }))
})

test('a running upload cannot be started again; one that failed says why and can', async () => {
  const fake = shown({ ...COPY, transferId: 't1' })
  await screen.findByText(/is encrypted and uploaded/)
  expect(
    screen.getByRole('button', { name: 'Encrypt and upload' }).getAttribute('aria-disabled'),
  ).toBe('true')
  const failed = transfer({
    id: 't1',
    name: 'notes.txt',
    phase: 'failed',
    error: { code: 'checksum' },
  })
  act(() => fake.emit('transfers.changed', [failed]))
  await screen.findByText(/The received data differs/)
  press('Encrypt and upload')
  await called(fake, 'edits.upload')
})

test('an object that changed meanwhile is decided in the dialog of the transfer', async () => {
  const fake = shown({ ...COPY, transferId: 't1' })
  await screen.findByText(/is encrypted and uploaded/)
  const error = { code: 'object-exists', key: COPY.key, why: 'changed' } as const
  act(() =>
    fake.emit('transfers.changed', [
      transfer({ id: 't1', name: 'notes.txt', phase: 'needs-user', error }),
    ]),
  )
  await screen.findByText(/was changed or deleted in the bucket/)
  press('Choose…')
  expect(useWork.getState().asked).toEqual({ kind: 'decide-transfer', id: 't1' })
})

test('the offer stays on every page, and Discard asks first', async () => {
  const fake = mounted(<Frame />, ({ data }) => void (data.edits = [COPY]))
  await screen.findByText(/was changed on this computer/)
  for (const page of ['settings', 'keys', 'transfers', 'objects'] as const) {
    act(() => go({ page }))
    await waitFor(() => expect(useUi.getState().page).toBe(page))
    expect(screen.getByText(/was changed on this computer/)).toBeTruthy()
  }
  press('Discard…')
  await screen.findByRole('dialog', { name: 'Discard the changes to “notes.txt”?' })
  expect(lastCall(fake, 'edits.discard')).toBeUndefined()
  fireEvent.click(screen.getByRole('button', { name: 'Discard' }))
  await called(fake, 'edits.discard')
  await waitFor(() => expect(screen.queryByText(/was changed on this computer/)).toBeNull())
})

test.each([
  ['desktop', 1],
  ['loopback', 0],
] as const)('the menu, the palette and the key of Edit in the shell %s', async (shell, offers) => {
  const { profiles, keys } = studioData()
  const place = { profileId: 'p1', bucket: 'lanstone-archive', prefix: 'contracts/2026/' }
  act(() => {
    useUi.setState({ page: 'objects', place, filter: '', sort: { by: 'name', down: false } })
    resetSelection()
    setPanes({ detailsOpen: true })
  })
  const fake = mounted(
    <ObjectsPage place={place} profile={profiles[0]} profiles={profiles} keys={keys} />,
    ({ data }) => void (data.app = { ...data.app, shell }),
  )
  const row = await screen.findByRole('row', { name: /README/ })
  fireEvent.mouseDown(row)
  const pane = await screen.findByRole('complementary')
  await within(pane).findByRole('heading', { name: 'README.txt' })
  const words = () => usePageCommands.getState().items.map(({ label }) => label)
  const count = (label: string) => words().filter((one) => one === label).length
  await waitFor(() => expect(count('Edit in another program')).toBe(offers))
  expect(within(pane).queryAllByRole('button', { name: 'Open' })).toHaveLength(offers)
  expect(within(pane).queryAllByRole('button', { name: 'Download raw' })).toHaveLength(1 - offers)
  fireEvent.keyDown(row, { key: 'F4' })
  if (offers === 0) expect(lastCall(fake, 'edits.start')).toBeUndefined()
  else {
    await called(fake, 'edits.start')
    expect(lastCall(fake, 'edits.start')).toMatchObject({ key: 'contracts/2026/README.txt' })
  }
})
