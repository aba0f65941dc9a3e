// @vitest-environment happy-dom
import { fireEvent, screen, waitFor } from '@testing-library/react'
import { expect, test } from 'vitest'
import { SettingsPage } from '../../renderer/features/settings/settings-page.tsx'
import { ShortcutsDialog } from '../../renderer/features/frame/shortcuts-dialog.tsx'
import { estimateBits, strengthOf } from '../../renderer/features/keys/passphrase-strength.ts'
import { called, isOff, lastCall, mounted, press, type } from './mounted.tsx'

test('a choice takes effect at once', async () => {
  const fake = mounted(<SettingsPage />)
  fireEvent.click(await screen.findByRole('radio', { name: 'Dark' }))
  await called(fake, 'settings.update')
  expect(lastCall(fake, 'settings.update')).toEqual({ theme: 'dark' })
  fireEvent.click(screen.getByRole('switch', { name: 'Close private keys after each use' }))
  await waitFor(() => expect(lastCall(fake, 'settings.update')).toEqual({ closeKeysAfterUse: true }))
})

test('a refused change is put back and said', async () => {
  mounted(<SettingsPage />, (fake) => fake.refuse('settings.update', { code: 'disk-full', path: '/data', needed: 0 }))
  fireEvent.click(await screen.findByRole('radio', { name: 'Dark' }))
  expect((await screen.findByRole('alert')).textContent).toContain('The disk of /data is full.')
  expect(screen.getByRole('radio', { name: 'Dark' }).getAttribute('aria-checked')).toBe('false')
})

test('a locked keychain offers to unlock, and nothing else', async () => {
  const fake = mounted(<SettingsPage />, (one) => { one.data.secrets = { ...one.data.secrets, state: 'locked' } })
  await screen.findByText('The keychain is locked.')
  expect(screen.getByText('Locked')).toBeTruthy()
  press('Unlock…')
  await called(fake, 'secrets.check')
})

test('where there is no keychain a passphrase is chosen twice, and goes once', async () => {
  const fake = mounted(<SettingsPage />, (one) => { one.data.secrets = { ...one.data.secrets, place: 'passphrase-file', state: 'passphrase-needed', exists: false } })
  fireEvent.click(await screen.findByRole('button', { name: 'Choose a passphrase…' }))
  type(screen.getByLabelText('Passphrase'), 'tulip wagon river')
  type(screen.getByLabelText('Once more'), 'tulip wagon')
  expect(isOff(/^Create the file$/)).toBe(true)
  type(screen.getByLabelText('Once more'), 'tulip wagon river')
  press('Create the file')
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(lastCall(fake, 'secrets.unlock')).toEqual({ passphrase: 'tulip wagon river' })
  expect(screen.getByText('Passphrase file')).toBeTruthy()
})

test('a wrong passphrase is said under the field and the dialog stays', async () => {
  mounted(<SettingsPage />, (one) => {
    one.data.secrets = { ...one.data.secrets, place: 'passphrase-file', state: 'passphrase-needed', exists: true }
    one.refuse('secrets.unlock', { code: 'wrong-passphrase' })
  })
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

test.each([['desktop', true], ['loopback', false]] as const)('%s: shortcuts of the browser are left to it', async (shell, listed) => {
  mounted(<ShortcutsDialog onClose={() => undefined} />, (fake) => { fake.data.app = { ...fake.data.app, shell, platform: 'linux' } })
  await screen.findByText('Ctrl+U')
  await waitFor(() => expect(screen.queryByText('Ctrl+1 … Ctrl+4') !== null).toBe(listed))
})

/** Source: judged by hand against common password lists; the estimate may be low, never high. */
test.each([
  ['12345678', 'poor'], ['aaaaaaaaaaaa', 'poor'], ['password123', 'poor'], ['qwertyuiop1987', 'poor'], ['woaini520', 'poor'], ['abcdefghij', 'poor'],
  ['tulip wagon 1987', 'weak'], ['tulip tulip tulip tulip', 'poor'], ['correct horse battery staple', 'fair'], ['tulip wagon river 4711 kettle', 'strong'], ['xkqzvbnmwrtplhgf', 'strong'], ['q7#Lm2!vXz9$Kp', 'strong'],
] as const)('strength of %s is %s', (passphrase, strength) => {
  expect([strengthOf(passphrase), Math.round(estimateBits(passphrase))]).toEqual([strength, expect.any(Number)])
})
