// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import type { UploadPlan } from '../../shared/contract/models-transfers.ts'
import type { MasterKey } from '../../shared/contract/models.ts'
import { UploadSheet } from '../../renderer/features/objects/upload/upload-sheet.tsx'
import { setPanes, useUi } from '../../renderer/state/ui.ts'
import { useWork } from '../../renderer/state/work.ts'
import { ok } from '../../shared/contract/errors.ts'
import type { Fake } from './fake-bridge.ts'
import { remoteKeys, studioData } from './fake-data.ts'
import { called, isOff, lastCall, mounted, press } from './mounted.tsx'

const { profiles, keys, settings } = studioData()
const place = { profileId: 'p1', bucket: 'lanstone-archive', prefix: 'contracts/2026/' }
beforeEach(() => act(() => useWork.setState({ asked: null })))

async function sheet(change: Partial<UploadPlan> = {}, some: readonly MasterKey[] = keys) {
  let closed = false
  const fake = mounted(
    <UploadSheet
      planId="plan-g1"
      grants={[]}
      profiles={profiles}
      keys={some}
      settings={settings}
      onClose={() => {
        closed = true
      }}
    />,
  )
  const plan = await fake.shell.bridge.call('uploads.plan', { ...place, grants: ['g1'] })
  if (!plan.ok) throw new Error('the fake refuses')
  const tell = (next: Partial<UploadPlan>) =>
    act(() => fake.emit('plan.changed', { ...plan.value, ...next }))
  tell(change)
  await screen.findByRole('dialog')
  return { fake, tell, wasClosed: () => closed }
}
const NONE: Partial<UploadPlan> = { conflicts: [], conflictCount: 0 }
const start = /Encrypt and upload/
const input = (fake: Fake) => lastCall(fake, 'uploads.start')

/** Keys elsewhere, one of them the default of the profile. */
const withDefault = (id: string, change: Partial<MasterKey> = {}) => [
  ...keys.filter((key) => key.id !== 'k1'),
  ...remoteKeys.map((key) => (key.id === id ? { ...key, id: 'k1', ...change } : key)),
]

describe('keys elsewhere, and formats that are not for everybody', () => {
  test.each([
    ['k7', /KMS is called for every file\./],
    ['k9', /No trial yet.*The program runs for every file\.|The program runs for every file\./],
  ])('%s: what it costs stands where a backup would', async (id, words) => {
    await sheet({}, withDefault(id))
    expect(screen.getByText(words)).toBeTruthy()
    expect(screen.queryByText(/backup/i)).toBeNull()
    expect(screen.queryByText(/^Written as/)).toBeNull()
    expect(isOff(start)).toBe(false)
  })

  test.each<[string, MasterKey['writes'], RegExp]>([
    [
      'k7',
      'sdk-message',
      /^Written as KMS Encryption SDK, one whole message\. Only the KMS Encryption SDK and this app can read it/,
    ],
    ['k7', 'v1', /^Written as V1, for old Python readers\. For programs that still use oss2/],
    [
      'k8',
      'v2',
      /^Written as V2, for the Go, Java and Python V2 SDKs\. Only this app can read it\. For oss2/,
    ],
  ])('%s writing %s says who reads it, and the key decides', async (id, writes, words) => {
    const { fake } = await sheet({ conflicts: [], conflictCount: 0 }, withDefault(id, { writes }))
    expect(screen.getByText(words)).toBeTruthy()
    press(start)
    await called(fake, 'uploads.start')
    expect(input(fake)).toMatchObject({ keyId: 'k1', format: null, allowWeak: false })
  })

  test('an RSA key for old readers says so too', async () => {
    await sheet(
      {},
      keys.map((key) => (key.id === 'k1' ? { ...key, writes: 'v1' as const } : key)),
    )
    expect(screen.getByText(/^Written as V1, for old Python readers/)).toBeTruthy()
  })
})

describe('the upload sheet', () => {
  test('opens while counting, numbers grow, and with the first files its button may be pressed', async () => {
    const { fake, tell } = await sheet({ ...NONE, phase: 'counting', files: 0 })
    await screen.findByText('Counting: 0 files so far')
    expect(isOff(start)).toBe(true)
    tell({ ...NONE, phase: 'counting', files: 1200 })
    await screen.findByText('Counting: 1,200 files so far')
    const early = await screen.findByRole('button', {
      name: 'Encrypt and upload, 1,200 files so far',
    })
    expect(
      screen.getByText(
        'Names are compared during the upload. If the name exists: You will be asked for each.',
      ),
    ).toBeTruthy()
    fireEvent.click(early)
    await called(fake, 'uploads.start')
    expect(input(fake)).toMatchObject({ planId: 'plan-g1', existing: 'ask', decisions: {} })
  })

  test('what is all counted is sent under its whole number', async () => {
    const { tell } = await sheet({ phase: 'counting', files: 3 })
    tell({ phase: 'ready' })
    await screen.findByText('Encrypt and upload 1,287 files')
    expect(isOff(start)).toBe(false)
    expect(screen.queryByText(/Names are compared during the upload/)).toBeNull()
  })

  test('a plan that is too large to compare says when names are looked at', async () => {
    await sheet({ ...NONE, phase: 'ready', compared: false })
    expect(screen.getByText(/^Names are compared during the upload/)).toBeTruthy()
  })

  test('Cancel stops the count, and nothing is sent', async () => {
    const { fake, wasClosed } = await sheet({ phase: 'counting' })
    press('Cancel')
    await called(fake, 'uploads.forget')
    expect(wasClosed()).toBe(true)
    expect(input(fake)).toBe(undefined)
  })

  test('names the key, its proof and its backup', async () => {
    await sheet()
    expect(screen.getByRole('dialog').textContent).toMatch(
      /Studio 20269f3c 41d7 0b82 e6aa, default for this profile/,
    )
    expect(screen.getByText(/Tested: .*Backed up: /)).toBeTruthy()
  })

  test('without a usable key it offers to make or import one', async () => {
    await sheet(
      {},
      keys.filter((key) => key.state === 'decrypt-only'),
    )
    screen.getByText('No master key here can encrypt.')
    expect(isOff(start)).toBe(true)
    screen.getByRole('button', { name: 'Generate…' })
  })

  test('a short key needs a tick', async () => {
    const { fake } = await sheet(
      { conflicts: [], conflictCount: 0 },
      keys.map((key) => (key.id === 'k1' ? { ...key, bits: 1024 } : key)),
    )
    expect(isOff(start)).toBe(true)
    fireEvent.click(screen.getByRole('checkbox', { name: 'Use it anyway' }))
    press(start)
    await called(fake, 'uploads.start')
    expect(input(fake)).toMatchObject({ keyId: 'k1', allowWeak: true })
  })

  test('Ask asks for each existing name, and one answer may serve the rest', async () => {
    const { fake } = await sheet()
    press(start)
    const first = within(await screen.findByRole('dialog', { name: '“签字页.pdf” already exists' }))
    expect(input(fake)).toBe(undefined)
    fireEvent.click(first.getByRole('button', { name: 'Skip' }))
    const second = within(
      await screen.findByRole('dialog', { name: '“cover-letter.docx” already exists' }),
    )
    fireEvent.click(second.getByRole('checkbox', { name: /the other one/ }))
    fireEvent.click(second.getByRole('button', { name: 'Rename' }))
    await called(fake, 'uploads.start')
    const at = place.prefix
    expect(input(fake)).toMatchObject({
      existing: 'ask',
      decisions: {
        [`${at}签字页.pdf`]: 'skip',
        [`${at}cover-letter.docx`]: 'rename',
        [`${at}plan.dwg`]: 'rename',
      },
    })
  })

  test('any other rule sends at once', async () => {
    const { fake } = await sheet()
    fireEvent.click(screen.getByRole('radio', { name: 'Replace' }))
    press(start)
    await called(fake, 'uploads.start')
    expect(input(fake)).toMatchObject({ existing: 'replace', decisions: {} })
  })

  test.each([
    ['Skip unchanged', 'same', /have not changed are skipped/],
    ['Replace older', 'newer', /Objects older than the file here are replaced/],
  ] as const)('%s says what it does', async (name, existing, words) => {
    const { fake } = await sheet()
    fireEvent.click(screen.getByRole('radio', { name }))
    screen.getByText(words)
    press(start)
    await called(fake, 'uploads.start')
    expect(input(fake)).toMatchObject({ existing, decisions: {} })
  })

  test('a sheet that is gone before its start is answered: the upload is still shown', async () => {
    const { fake, wasClosed } = await sheet()
    setPanes({ panelOpen: false })
    fake.handlers['uploads.start'] = async () => {
      act(cleanup)
      return ok([])
    }
    fireEvent.click(screen.getByRole('radio', { name: 'Skip' }))
    press(start)
    await waitFor(() => expect(useUi.getState().panes.panelOpen).toBe(true))
    expect(wasClosed()).toBe(true)
  })

  test('too many to ask for: a rule must be chosen, and it is not Replace by itself', async () => {
    await sheet({ conflictCount: 5000 })
    expect((screen.getByRole('radio', { name: 'Ask' }) as HTMLButtonElement).disabled).toBe(true)
    expect(screen.getByRole('radio', { name: 'Skip' }).getAttribute('aria-checked')).toBe('true')
  })

  test('what is left out is named', async () => {
    await sheet({
      leftOutCount: 2,
      missing: 1,
      leftOut: [
        { path: 'a/link', reason: 'symlink' },
        { path: 'b', reason: 'unreadable' },
      ],
    })
    screen.getByText('symbolic link')
    expect(screen.getAllByText('Not included: 2').length).toBeGreaterThan(0)
  })

  test('nothing to upload is said, and an error of the start stays in the sheet', async () => {
    const { fake, tell, wasClosed } = await sheet({
      files: 0,
      items: [],
      conflicts: [],
      conflictCount: 0,
    })
    screen.getByText('There is nothing to upload.')
    expect(isOff(start)).toBe(true)
    fake.refuse('uploads.start', {
      code: 'key-not-usable',
      name: 'Studio 2026',
      reason: 'not-proven',
    })
    tell({ phase: 'ready', conflicts: [], conflictCount: 0 })
    await waitFor(() => expect(isOff(start)).toBe(false))
    press(start)
    await waitFor(() => expect(screen.getByText(/has not been tested/)).toBeTruthy())
    expect(wasClosed()).toBe(false)
  })
})
