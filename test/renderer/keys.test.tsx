// @vitest-environment happy-dom
import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { fail, ok } from '../../shared/contract/errors.ts'
import { useWantedKey } from '../../renderer/state/wanted-key.ts'
import { KeysPage } from '../../renderer/features/keys/keys-page.tsx'
import { KeyGenerateDialog } from '../../renderer/features/keys/dialogs/key-generate-dialog.tsx'
import { KeyImportDialog } from '../../renderer/features/keys/dialogs/key-import-dialog.tsx'
import { grant } from './fake-bridge.ts'
import type { FakeData } from './fake-data.ts'
import { called, isOff, lastCall, mounted, press, type } from './mounted.tsx'

const row = async (name: RegExp) => screen.findByRole('row', { name })
const details = () => screen.getByRole('complementary', { name: 'Key details' })

describe('the list', () => {
  test('a row says name, state, description and backup in words', async () => {
    mounted(<KeysPage />)
    expect((await row(/Backups 2025/)).textContent).toMatch(
      /Backups 2025Active\{"use":"nightly"\}41ab 0c9eNoneeu-nightly/,
    )
    expect((await row(/Old laptop/)).textContent).toContain('Weak')
    expect((await row(/Scan inbox/)).textContent).toContain('Encrypt-only')
    expect((await row(/Old laptop/)).textContent).toContain('Empty')
  })

  test('arrows move the one tab stop and the details follow', async () => {
    mounted(<KeysPage />)
    const grid = await screen.findByRole('grid')
    fireEvent.keyDown(grid, { key: 'ArrowDown' })
    expect(within(details()).getByRole('heading', { name: 'Backups 2025' })).toBeTruthy()
    fireEvent.keyDown(grid, { key: 'End' })
    expect(within(details()).getByRole('heading', { name: 'Practice key' })).toBeTruthy()
    // It lies beside the samples, in no keychain, and the page must not claim that.
    expect(details().textContent).toContain('Private keyA plain file on this computer')
    fireEvent.keyDown(grid, { key: 'o' })
    expect(within(details()).getByRole('heading', { name: 'Old laptop' })).toBeTruthy()
    expect(grid.tabIndex).toBe(0)
    const active = grid.getAttribute('aria-activedescendant') ?? ''
    expect(document.getElementById(active)?.textContent).toContain('Old laptop')
  })

  test('the details can be hidden, and Enter on a row shows them again', async () => {
    mounted(<KeysPage />)
    const grid = await screen.findByRole('grid')
    press('Hide details')
    expect(screen.queryByRole('complementary')).toBeNull()
    fireEvent.keyDown(grid, { key: 'Enter' })
    expect(details()).toBeTruthy()
  })

  test('no keys: what one is for, and every way to one', async () => {
    mounted(<KeysPage />, (fake) => {
      fake.data.keys = []
    })
    expect(await screen.findByText('No master keys yet')).toBeTruthy()
    expect(screen.getAllByRole('button').map((button) => button.textContent)).toEqual([
      'Generate…',
      'Import…',
      'Add key in KMS…',
      'Add program…',
    ])
  })

  test.each([
    ['keychain-locked', 'The keychain is locked.', 'Unlock…'],
    ['passphrase-needed', 'The passphrase file is locked.', 'Unlock…'],
    ['secret-lost', 'no longer in it', 'Import…'],
  ] as const)(
    '%s is said in place, with the one thing that helps',
    async (unavailable, words, act) => {
      mounted(<KeysPage />, (fake) => {
        fake.data.keys = fake.data.keys.slice(0, 1).map((key) => ({ ...key, unavailable }))
        fake.data.secrets = { ...fake.data.secrets, exists: true }
      })
      await row(/Private key|Cannot be read now/)
      expect(details().textContent).toContain(words)
      expect(within(details()).getByRole('button', { name: act })).toBeTruthy()
      expect(within(details()).queryByRole('button', { name: /Generate/ })).toBeNull()
    },
  )
})

describe('generate', () => {
  test('a description that is taken keeps the button off and says whose it is', async () => {
    const fake = mounted(<KeyGenerateDialog onClose={() => undefined} />)
    type(screen.getByLabelText('Name'), 'Studio 2027')
    type(screen.getByLabelText('Key description'), '{"team": "studio", "year": "2026"}')
    expect(await screen.findByText(/Studio 2026 has the same description/)).toBeTruthy()
    expect(isOff(/^Generate$/)).toBe(true)
    type(screen.getByLabelText('Key description'), '{"team": "studio", "year": "2027"}')
    await waitFor(() => expect(isOff(/^Generate$/)).toBe(false))
    expect(lastCall(fake, 'keys.generate')).toBeUndefined()
  })

  test('an empty description is warned about in plain words, and not before anything was typed', async () => {
    mounted(<KeyGenerateDialog onClose={() => undefined} />)
    await waitFor(() =>
      expect(
        screen.getByLabelText('Key description').getAttribute('aria-describedby')?.split(' '),
      ).toHaveLength(1),
    )
    expect(screen.queryByText(/Objects name their key by this description/)).toBe(null)
    type(screen.getByLabelText('Name'), 'Studio')
    expect(await screen.findByText(/Objects name their key by this description/)).toBeTruthy()
  })

  test('it ends in a proof and then the backup; Later closes and nothing was backed up', async () => {
    let closed = 0
    const fake = mounted(<KeyGenerateDialog onClose={() => closed++} />, (one) => {
      const make = one.handlers['keys.generate']
      one.handlers['keys.generate'] = async (input, signal) => {
        const made = await make(input, signal)
        return made.ok ? ok({ ...made.value, proven: null }) : made
      }
    })
    type(screen.getByLabelText('Name'), 'Studio 2027')
    type(screen.getByLabelText('Key description'), '{"year":"2027"}')
    await waitFor(() => expect(isOff(/^Generate$/)).toBe(false))
    fireEvent.keyDown(screen.getByLabelText('Name'), { key: 'Enter' })
    await called(fake, 'keys.prove')
    expect(lastCall(fake, 'keys.generate')).toEqual({
      name: 'Studio 2027',
      bits: 3072,
      description: '{"year":"2027"}',
      style: 'compact',
    })
    expect(await screen.findByRole('heading', { name: 'Back up “Studio 2027”' })).toBeTruthy()
    press('Later')
    expect(closed).toBe(1)
    expect(lastCall(fake, 'keys.backup')).toBeUndefined()
  })

  test('a proof that fails is said, and trying again proves the same key', async () => {
    const fake = mounted(<KeyGenerateDialog onClose={() => undefined} />, (one) => {
      const make = one.handlers['keys.generate']
      one.handlers['keys.generate'] = async (input, signal) => {
        const made = await make(input, signal)
        return made.ok ? ok({ ...made.value, proven: null }) : made
      }
      one.refuse('keys.prove', { code: 'key-proof-failed', name: 'K' })
    })
    type(screen.getByLabelText('Name'), 'K')
    await waitFor(() => expect(isOff(/^Generate$/)).toBe(false))
    press('Generate')
    expect((await screen.findByRole('alert')).textContent).toContain(
      'does not match the public key',
    )
    press('Generate')
    await waitFor(() =>
      expect(fake.calls.filter((call) => call.name === 'keys.prove')).toHaveLength(2),
    )
    expect(fake.calls.filter((call) => call.name === 'keys.generate')).toHaveLength(1)
  })
})

describe('back up', () => {
  const open = async () => {
    useWantedKey.setState({ id: 'k2' })
    const fake = mounted(<KeysPage />)
    await row(/Backups 2025/)
    press('Back up…')
    return {
      fake,
      first: screen.getByLabelText('Passphrase'),
      again: screen.getByLabelText('Repeat passphrase'),
    }
  }

  test('too short and differing passphrases keep the button off; the strength is a word', async () => {
    const { first, again } = await open()
    type(first, 'short')
    expect(screen.getByText('Use at least 8 characters.')).toBeTruthy()
    type(first, 'password1')
    expect(await screen.findByText(/it can be guessed in minutes/)).toBeTruthy()
    type(again, 'password2')
    expect(isOff(/^Save backup/)).toBe(true)
    type(first, 'tulip wagon river 4711 kettle')
    type(again, 'tulip wagon river 4711 kettle')
    expect(isOff(/^Save backup/)).toBe(false)
    expect(await screen.findByText(/^Strong/)).toBeTruthy()
  })

  test('saved into the picked folder, shown with its path, and the warning goes', async () => {
    const { fake, first, again } = await open()
    type(first, 'tulip wagon river')
    type(again, 'tulip wagon river')
    press('Save backup…')
    expect(await screen.findByText('/home/chenxi/Backups 2025-backup.pem')).toBeTruthy()
    expect(lastCall(fake, 'keys.backup')).toEqual({
      id: 'k2',
      passphrase: 'tulip wagon river',
      target: 'g3',
      fileName: 'Backups 2025-backup.pem',
    })
    press('Close')
    expect(screen.queryByText(/No backup\./)).toBeNull()
    expect(document.body.innerHTML).not.toContain('tulip')
  })
})

describe('import', () => {
  test('a closed file asks for its passphrase, opens, and imports with the description that was asked for', async () => {
    let closed = 0
    const fake = mounted(
      <KeyImportDialog
        description={'{"team":"payroll"}'}
        forObject="payroll-2026-10.xlsx"
        onClose={() => closed++}
      />,
      (one) => {
        const inspect = one.handlers['keys.inspect']
        one.picks.files = [grant('gk', 'payroll.p12', 'file', 3000)]
        one.handlers['keys.inspect'] = async (input, signal) =>
          input.passphrase === 'right'
            ? inspect(input, signal)
            : fail({
                code: 'key-import',
                problem: input.passphrase === null ? 'needs-passphrase' : 'wrong-passphrase',
              })
      },
    )
    press('Choose a file…')
    type(await screen.findByLabelText('Passphrase'), 'wrong')
    press('Open')
    expect(await screen.findByText(/The passphrase does not open this file/)).toBeTruthy()
    expect(isOff(/^Import$/)).toBe(true)
    type(screen.getByLabelText('Passphrase'), 'right')
    fireEvent.keyDown(screen.getByLabelText('Passphrase'), { key: 'Enter' })
    expect(
      await screen.findByText('Taken from the object that needs it: payroll-2026-10.xlsx'),
    ).toBeTruthy()
    await waitFor(() => expect(isOff(/^Import$/)).toBe(false))
    press('Import')
    await waitFor(() => expect(closed).toBe(1))
    expect(lastCall(fake, 'keys.import')).toEqual({
      grant: 'gk',
      passphrase: 'right',
      name: 'payroll',
      description: '{"team":"payroll"}',
      style: 'compact',
      use: 'decrypt-only',
    })
  })

  test('a key that is already here cannot be imported again', async () => {
    mounted(<KeyImportDialog onClose={() => undefined} />, (one) => {
      one.handlers['keys.inspect'] = async () =>
        ok({
          container: 'pkcs8',
          fileName: 'x.pem',
          bits: 3072,
          hasPrivate: true,
          fingerprint: '9f3c41d70b82e6aa'.repeat(4),
          alreadyHere: 'Studio 2026',
        })
    })
    press('Choose a file…')
    expect(await screen.findByText(/Studio 2026 is the same key/)).toBeTruthy()
    expect(isOff(/^Import$/)).toBe(true)
  })
})

describe('delete', () => {
  const open = async (change: (data: FakeData) => void = () => undefined) => {
    useWantedKey.setState({ id: 'k2' })
    const fake = mounted(<KeysPage />, ({ data }) => change(data))
    await row(/Backups 2025/)
    press('Delete…')
    return fake
  }
  const choose = async (name: string) => {
    fireEvent.keyDown(screen.getByRole('button', { name: /New default key/ }), { key: 'Enter' })
    fireEvent.click(await screen.findByRole('menuitemradio', { name }))
  }

  test('the exact number and a successor are needed; Enter alone never deletes', async () => {
    const fake = await open()
    const number = await screen.findByLabelText(/enter the number of objects/)
    expect(screen.getByRole('alert').textContent).toContain('It opens 1,942 objects, 2.37 TB.')
    expect(screen.getByRole('dialog').textContent).toContain('cannot be deleted yet')
    expect(screen.getByText(/^As of /)).toBeTruthy()
    for (const wrong of ['Backups 2025', '1,942', '194']) {
      type(number, wrong)
      expect(isOff(/^Delete forever$/)).toBe(true)
    }
    type(number, '1942')
    expect(isOff(/^Delete forever$/)).toBe(true)
    await choose('Studio 2026')
    await waitFor(() => expect(isOff(/^Delete forever$/)).toBe(false))
    fireEvent.keyDown(number, { key: 'Enter' })
    expect(lastCall(fake, 'keys.remove')).toBeUndefined()
    fireEvent.keyDown(number, { key: 'Enter', ctrlKey: true })
    await called(fake, 'keys.remove')
    expect(lastCall(fake, 'keys.remove')).toEqual({
      id: 'k2',
      confirmName: 'Backups 2025',
      confirmObjects: 1942,
      successorId: 'k1',
    })
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  })

  test('a key that opens nothing takes its exact name', async () => {
    const fake = await open((data) => {
      data.keys = data.keys.map((key) => ({ ...key, seen: [] }))
    })
    const name = await screen.findByLabelText('Enter the name of the key to confirm')
    expect(screen.getByRole('alert').textContent).toContain('It opens no object that was counted.')
    type(name, 'backups 2025')
    await choose('Studio 2026')
    expect(isOff(/^Delete forever$/)).toBe(true)
    type(name, 'Backups 2025')
    await waitFor(() => expect(isOff(/^Delete forever$/)).toBe(false))
    fireEvent.keyDown(name, { key: 'Enter', ctrlKey: true })
    await called(fake, 'keys.remove')
    expect(lastCall(fake, 'keys.remove')).toEqual({
      id: 'k2',
      confirmName: 'Backups 2025',
      successorId: 'k1',
    })
  })

  test('buckets that were never counted are named', async () => {
    await open((data) => {
      data.ledgerAsOf = null
    })
    const told = await screen.findByText(/No bucket has been counted whole on this computer/)
    expect(told.textContent).toContain('eu-nightly')
  })

  test('decrypt-only is offered instead, and asks who follows', async () => {
    const fake = await open()
    press('make it decrypt-only')
    expect(
      await screen.findByRole('heading', { name: 'Make “Backups 2025” decrypt-only?' }),
    ).toBeTruthy()
    expect(isOff(/^Make decrypt-only$/)).toBe(true)
    expect(lastCall(fake, 'keys.remove')).toBeUndefined()
  })
})
