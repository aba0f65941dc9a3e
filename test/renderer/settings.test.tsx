// @vitest-environment happy-dom
import { fireEvent, screen, waitFor } from '@testing-library/react'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { UnlockDialog } from '../../renderer/features/settings/unlock-dialog.tsx'
import { SettingsPage } from '../../renderer/features/settings/settings-page.tsx'
import { ShortcutsDialog } from '../../renderer/features/frame/shortcuts-dialog.tsx'
import { strengthOf } from '../../renderer/features/keys/fields/passphrase-strength.ts'
import { SpeedMenu } from '../../renderer/features/transfers/speed-menu.tsx'
import { typedSpeed } from '../../renderer/features/settings/speeds.ts'
import { go, useUi } from '../../renderer/state/ui.ts'
import { called, choose, isOff, lastCall, mounted, press, type } from './mounted.tsx'

test('a choice takes effect at once', async () => {
  const fake = mounted(<SettingsPage />)
  fireEvent.click(await screen.findByRole('radio', { name: 'Dark' }))
  await called(fake, 'settings.update')
  expect(lastCall(fake, 'settings.update')).toEqual({ theme: 'dark' })
  fireEvent.click(screen.getByRole('switch', { name: 'Lock private keys after each use' }))
  await waitFor(() =>
    expect(lastCall(fake, 'settings.update')).toEqual({ closeKeysAfterUse: true }),
  )
})

test('a refused change is put back and said', async () => {
  mounted(<SettingsPage />, (fake) =>
    fake.refuse('settings.update', { code: 'disk-full', path: '/data', needed: 0 }),
  )
  fireEvent.click(await screen.findByRole('radio', { name: 'Dark' }))
  expect((await screen.findByRole('alert')).textContent).toContain('The disk of /data is full.')
  expect(screen.getByRole('radio', { name: 'Dark' }).getAttribute('aria-checked')).toBe('false')
})

test('the local index is switched off, and its deletion that is refused is said', async () => {
  const fake = mounted(<SettingsPage />)
  await screen.findByText(/Known folders open at once/)
  fireEvent.click(screen.getByRole('switch', { name: 'Store the index on this computer' }))
  await screen.findByText(/The index is in memory, and ends with the app/)
  expect(lastCall(fake, 'settings.update')).toEqual({ keepIndex: false })
  press('Delete the index')
  await called(fake, 'index.clear')
  expect((await screen.findByRole('alert')).textContent).not.toBe('')
})

test('a locked keychain offers to unlock, and nothing else', async () => {
  const fake = mounted(<SettingsPage />, (one) => {
    one.data.secrets = { ...one.data.secrets, state: 'locked' }
  })
  await screen.findByText('The keychain is locked.')
  expect(screen.getByText('Locked')).toBeTruthy()
  press('Unlock…')
  await called(fake, 'secrets.check')
})

test('where there is no keychain a passphrase is chosen twice, and goes once', async () => {
  const fake = mounted(
    <>
      <SettingsPage />
      <UnlockDialog profiles={[]} keys={[]} />
    </>,
    (one) => {
      one.data.secrets = {
        ...one.data.secrets,
        place: 'passphrase-file',
        state: 'passphrase-needed',
        exists: false,
      }
    },
  )
  fireEvent.click(await screen.findByRole('button', { name: 'Choose a passphrase…' }))
  type(screen.getByLabelText('Passphrase'), 'tulip wagon river')
  type(screen.getByLabelText('Repeat passphrase'), 'tulip wagon')
  expect(isOff(/^Create the file$/)).toBe(true)
  type(screen.getByLabelText('Repeat passphrase'), 'tulip wagon river')
  press('Create the file')
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(lastCall(fake, 'secrets.unlock')).toEqual({ passphrase: 'tulip wagon river' })
  expect(screen.getByText('Passphrase file')).toBeTruthy()
})

test.each([
  ['passphrase-needed', false],
  ['passphrase-needed', true],
  ['working', true],
] as const)(
  'where there is no keychain (%s, exists %s) nothing is said of one, but that it is missing',
  async (state, exists) => {
    mounted(<SettingsPage />, (one) => {
      one.data.secrets = {
        ...one.data.secrets,
        place: 'passphrase-file',
        state,
        exists,
        lost: ['Studio 2026'],
      }
    })
    await screen.findByText('Missing in the passphrase file: Studio 2026.')
    screen.getByText(
      'Private keys are decrypted again for every transfer. Slower, but safer on a shared computer.',
    )
    expect(
      (document.body.textContent ?? '').replaceAll('This system has no keychain.', ''),
    ).not.toMatch(/keychain/i)
  },
)

test('a wrong passphrase is said under the field and the dialog stays', async () => {
  mounted(
    <>
      <SettingsPage />
      <UnlockDialog profiles={[]} keys={[]} />
    </>,
    (one) => {
      one.data.secrets = {
        ...one.data.secrets,
        place: 'passphrase-file',
        state: 'passphrase-needed',
        exists: true,
      }
      one.refuse('secrets.unlock', { code: 'wrong-passphrase' })
    },
  )
  fireEvent.click(await screen.findByRole('button', { name: 'Unlock…' }))
  type(screen.getByLabelText('Passphrase'), 'nope')
  fireEvent.keyDown(screen.getByLabelText('Passphrase'), { key: 'Enter' })
  expect(await screen.findByText(/The passphrase does not open the file/)).toBeTruthy()
  expect(screen.getByLabelText('Passphrase').getAttribute('aria-invalid')).toBe('true')
})

test('resetting the practice bucket asks first', async () => {
  const fake = mounted(<SettingsPage />)
  fireEvent.click(await screen.findByRole('button', { name: 'Reset…' }))
  expect(document.activeElement?.textContent).toBe('Keep my files')
  expect(lastCall(fake, 'practice.reset')).toBeUndefined()
  press('Reset')
  await called(fake, 'practice.reset')
})

test.each([
  ['desktop', true],
  ['loopback', false],
] as const)('%s: shortcuts of the browser are left to it', async (shell, listed) => {
  mounted(<ShortcutsDialog onClose={() => undefined} />, (fake) => {
    fake.data.app = { ...fake.data.app, shell, platform: 'linux' }
  })
  await screen.findByText('Ctrl+U')
  await waitFor(() => expect(screen.queryByText('Ctrl+1 … Ctrl+4') !== null).toBe(listed))
})

// Source: rated by hand against common password lists. The estimate may be low.
test.each([
  ['12345678', 'poor'],
  ['aaaaaaaaaaaa', 'poor'],
  ['password123', 'poor'],
  ['qwertyuiop1987', 'poor'],
  ['woaini520', 'poor'],
  ['aliyun888', 'poor'],
  ['Cipherbucket2026', 'poor'],
  ['abcdefghij', 'poor'],
  ['tulip tulip tulip tulip', 'weak'],
  ['tulip wagon 1987', 'weak'],
  ['tulip wagon river', 'fair'],
  ['q7#Lm2!vXz9$Kp', 'fair'],
  ['correct horse battery staple', 'fair'],
  ['tulip wagon river 4711 kettle', 'strong'],
  ['q7#Lm2!vXz9$Kpq7Rm%w2', 'strong'],
] as const)('strength of %s is %s', async (passphrase, strength) =>
  expect(await strengthOf(passphrase)).toBe(strength),
)

test('the speed limit: one that is offered, one that is typed, and nothing that is none', async () => {
  const fake = mounted(<SettingsPage />)
  await screen.findByText('Speed and time')
  await choose(/^Speed limit/, '2 MB/s')
  await waitFor(() => expect(lastCall(fake, 'settings.update')).toEqual({ speedLimit: 2_000_000 }))
  await choose(/^Speed limit/, 'Other speed…')
  const field = await screen.findByLabelText('Megabytes per second')
  expect((field as HTMLInputElement).value).toBe('2')
  type(field, 'fast')
  fireEvent.keyDown(field, { key: 'Enter' })
  expect(screen.getByText('Enter a number of 0.01 or more.')).toBeTruthy()
  expect(lastCall(fake, 'settings.update')).toEqual({ speedLimit: 2_000_000 })
  type(field, '1,25')
  fireEvent.keyDown(field, { key: 'Enter' })
  await waitFor(() => expect(lastCall(fake, 'settings.update')).toEqual({ speedLimit: 1_250_000 }))
  expect(screen.queryByLabelText('Megabytes per second')).toBeNull()
  expect(await screen.findByRole('button', { name: 'Speed limit: 1.25 MB/s' })).toBeTruthy()
})

test.each([
  ['0.01', 10_000],
  ['0.009', null],
  ['1e5', 100_000_000_000],
  ['-1', null],
  ['', null],
  ['0', null],
  ['NaN', null],
  [' 3 ', 3_000_000],
] as const)('typed: %s', (text, speed) => {
  expect(typedSpeed(text)).toBe(speed)
})

test('hours of the day: on, changed, off', async () => {
  const fake = mounted(<SettingsPage />)
  fireEvent.click(await screen.findByRole('switch', { name: 'Only at certain hours' }))
  await waitFor(() =>
    expect(lastCall(fake, 'settings.update')).toEqual({ window: { from: 1320, to: 420 } }),
  )
  fireEvent.change(await screen.findByLabelText('To'), { target: { value: '06:30' } })
  await waitFor(() =>
    expect(lastCall(fake, 'settings.update')).toEqual({ window: { from: 1320, to: 390 } }),
  )
  expect(await screen.findByText(/the next day, and wait otherwise/)).toBeTruthy()
  fireEvent.click(screen.getByRole('switch', { name: 'Only at certain hours' }))
  await waitFor(() => expect(lastCall(fake, 'settings.update')).toEqual({ window: null }))
})

test('rules, start and the limit of OSS', async () => {
  const fake = mounted(<SettingsPage />)
  await screen.findByText('Speed and time')
  await choose(/^If the name exists/, 'Replace older')
  await waitFor(() => expect(lastCall(fake, 'settings.update')).toEqual({ existing: 'newer' }))
  fireEvent.click(screen.getByRole('radio', { name: 'Stay paused' }))
  await waitFor(() => expect(lastCall(fake, 'settings.update')).toEqual({ onStart: 'paused' }))
  await choose(/^OSS limit/, '8 Mbit/s')
  await waitFor(() =>
    expect(lastCall(fake, 'settings.update')).toEqual({ trafficLimit: 8_000_000 }),
  )
})

describe('notifications', () => {
  const browserSays = (permission: NotificationPermission) => {
    const asked: string[] = []
    class Fake {
      static permission = permission
      static requestPermission = () => (
        asked.push('asked'),
        Promise.resolve((Fake.permission = 'granted'))
      )
    }
    vi.stubGlobal('Notification', Fake)
    return asked
  }
  afterEach(() => vi.unstubAllGlobals())
  const page = (shell: 'loopback' | 'desktop', notifyEnd = true) =>
    mounted(<SettingsPage />, (fake) => {
      fake.data.app = { ...fake.data.app, shell }
      fake.data.settings = { ...fake.data.settings, notifyEnd }
    })

  test('in a browser that was not asked yet, it is asked from the settings', async () => {
    const asked = browserSays('default')
    page('loopback')
    fireEvent.click(await screen.findByRole('button', { name: 'Allow…' }))
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Allow…' })).toBeNull())
    expect(asked).toEqual(['asked'])
  })

  test('and when they are switched on', async () => {
    const asked = browserSays('default')
    const fake = page('loopback', false)
    await screen.findByText('Speed and time')
    fireEvent.click(screen.getByRole('switch', { name: 'When all transfers have finished' }))
    await waitFor(() => expect(lastCall(fake, 'settings.update')).toEqual({ notifyEnd: true }))
    await waitFor(() => expect(asked).toEqual(['asked']))
  })

  test.each([
    ['loopback', 'denied', /does not allow it/],
    ['loopback', 'granted', /while this window is in the background/],
    ['desktop', 'default', /while this window is in the background/],
  ] as const)('%s, %s', async (shell, permission, words) => {
    browserSays(permission)
    page(shell)
    expect(await screen.findByText(words)).toBeTruthy()
    expect(screen.queryByRole('button', { name: 'Allow…' })).toBeNull()
  })

  test('names are off unless they are switched on, and only with the others', async () => {
    browserSays('granted')
    const fake = page('desktop')
    const names = await screen.findByRole('switch', { name: 'Show file names' })
    expect((names as HTMLInputElement).checked).toBe(false)
    fireEvent.click(screen.getByRole('switch', { name: 'When all transfers have finished' }))
    await waitFor(() => expect((names as HTMLInputElement).disabled).toBe(true))
    expect(lastCall(fake, 'settings.update')).toEqual({ notifyEnd: false })
  })
})

test('the speed menu: a limit at once, and any other on the settings page', async () => {
  const fake = mounted(<SpeedMenu />)
  await screen.findByRole('button', { name: 'Speed limit: No limit' })
  await choose(/^Speed limit/, '5 MB/s')
  await waitFor(() => expect(lastCall(fake, 'settings.update')).toEqual({ speedLimit: 5_000_000 }))
  expect(await screen.findByText('At most 5 MB/s')).toBeTruthy()
  go({ page: 'transfers' })
  await choose(/^Speed limit/, /in Settings/)
  expect(useUi.getState().page).toBe('settings')
})
