// @vitest-environment happy-dom
import { act, fireEvent, screen, waitFor } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import { fail, ok } from '../../shared/contract/errors.ts'
import type { SealReason, SealReport } from '../../shared/contract/models-seals.ts'
import { SEAL_STATE } from '../../shared/contract/models-seals.ts'
import { Dialogs } from '../../renderer/features/frame/dialogs.tsx'
import { SealSection } from '../../renderer/features/objects/details/seal-section.tsx'
import { ask, useWork } from '../../renderer/state/work.ts'
import type { Fake } from './fake-bridge.ts'
import { row, studioData } from './fake-data.ts'
import { called, lastCall, mounted, press } from './mounted.tsx'

/** What the window says of seals. */

const { profiles, keys } = studioData()
const place = { profileId: 'p1', bucket: 'lanstone-archive', prefix: '' }
const file = row('annex-C.pdf', 11_900_000, '2026-11-14T03:07:00Z')

beforeEach(() =>
  act(() => {
    ask(null)
    useWork.setState({ target: null })
  }),
)

const report = (reason: SealReason): SealReport => ({
  state: SEAL_STATE[reason],
  reason,
  writer: null,
  judged: '2026-11-20T06:12:00.000Z',
  sealed: reason === 'plain' ? null : '2026-10-02T03:20:00.000Z',
})
const open = (prepare?: (fake: Fake) => void) =>
  mounted(
    <>
      <SealSection place={place} row={file} />
      <Dialogs profiles={profiles} keys={keys} />
    </>,
    prepare,
  )

describe('the seal of a selected file', () => {
  test('is read when the user says so, with the bytes that it costs', async () => {
    const fake = open()
    expect(screen.getByText(/reads the whole file \(11\.9 MB\)/)).toBeTruthy()
    expect(lastCall(fake, 'seals.verify')).toBeUndefined()
    press('Verify')
    expect(await screen.findByText(/All of it was read and fits its seal/)).toBeTruthy()
    expect(lastCall(fake, 'seals.verify')).toEqual({
      profileId: 'p1',
      bucket: 'lanstone-archive',
      key: 'annex-C.pdf',
    })
    expect(screen.getByText('Sealed')).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Verify again' })).toBeTruthy()
  })

  test.each<[SealReason, RegExp, boolean]>([
    ['content', /^Changed after it was sealed\. Its content is not/, true],
    ['seal-missing', /^Changed after it was sealed\. Its seal was removed/, true],
    ['other-name', /^Moved\. It was sealed under another name/, true],
    ['plain', /^Not sealed\. It is not encrypted/, false],
    ['no-key', /^Cannot tell\. No master key here fits it/, false],
  ])('%s is told in words; what stops everything is an alert', async (reason, words, isAlert) => {
    open((fake) => {
      fake.handlers['seals.verify'] = async () => ok(report(reason))
    })
    press('Verify')
    await waitFor(() => expect(document.querySelector('.note')?.textContent).toMatch(words))
    expect(document.querySelector('.note')?.getAttribute('role') === 'alert').toBe(isAlert)
    expect(screen.queryByText('Sealed') === null).toBe(reason === 'plain')
  })

  test('a verification is stopped, and is no problem then', async () => {
    open((fake) => {
      fake.handlers['seals.verify'] = (_input, signal) =>
        new Promise((done) =>
          signal.addEventListener('abort', () => done(fail({ code: 'cancelled' }))),
        )
    })
    press('Verify')
    fireEvent.click(await screen.findByRole('button', { name: 'Stop' }))
    expect(await screen.findByRole('button', { name: 'Verify' })).toBeTruthy()
    expect(screen.queryByRole('alert')).toBeNull()
  })

  test('a moved file is downloaded only after the question, with this decision', async () => {
    const fake = open((one) => {
      one.handlers['seals.verify'] = async () => ok(report('other-name'))
    })
    press('Verify')
    await screen.findByText('Moved.')
    press('Download anyway…')
    expect(document.activeElement?.textContent).toBe('Leave it')
    expect(lastCall(fake, 'downloads.start')).toBeUndefined()
    press('Download anyway')
    await called(fake, 'downloads.start')
    expect(lastCall(fake, 'downloads.start')).toMatchObject({
      keys: ['annex-C.pdf'],
      raw: false,
      seals: { sealedOnly: false, allowMoved: true, unverified: false },
    })
  })
})
