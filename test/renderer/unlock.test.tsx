// @vitest-environment happy-dom
import { screen, waitFor } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { fail, ok, type AppError } from '../../shared/contract/errors.ts'
import type { RouteName } from '../../shared/contract/routes/routes.ts'
import { KeyGenerateDialog } from '../../renderer/features/keys/dialogs/key-generate-dialog.tsx'
import { ProfileDialog } from '../../renderer/features/profiles/profile-dialog.tsx'
import { UnlockDialog, useAskedAtStart } from '../../renderer/features/settings/unlock-dialog.tsx'
import { call } from '../../renderer/queries/core.ts'
import { errorOf } from '../../renderer/text/error-of.ts'
import { answerUnlock, useUnlock } from '../../renderer/queries/unlock.ts'
import { studioData } from './fake-data.ts'
import type { Fake } from './fake-bridge.ts'
import { lastCall, mounted, press, type } from './mounted.tsx'

const { profiles: someProfiles, keys: someKeys } = studioData()
afterEach(() => answerUnlock(false))

/**
 * The core as it is on a system without a keychain: `name` answers only once the passphrase file is
 * open.
 */
function closeFor(
  fake: Fake,
  name: RouteName,
  exists: boolean,
  error: AppError = { code: 'passphrase-needed', exists },
): void {
  fake.data.secrets = {
    ...fake.data.secrets,
    place: 'passphrase-file',
    state: 'passphrase-needed',
    exists,
  }
  const real = fake.handlers[name] as (...given: unknown[]) => Promise<unknown>
  ;(fake.handlers as Record<string, unknown>)[name] = async (...given: unknown[]) =>
    fake.data.secrets.state === 'working' ? real(...given) : fail(error)
}
const times = (fake: Fake, name: RouteName) => fake.calls.filter((one) => one.name === name).length
const dialogs = (own: React.ReactNode) => (
  <>
    {own}
    <UnlockDialog profiles={someProfiles} keys={someKeys} />
  </>
)

async function choosePassphrase(): Promise<void> {
  await screen.findByRole('dialog', { name: 'First, choose a passphrase' })
  const [first, again] = Array.from(
    document.querySelectorAll<HTMLElement>('input[type=password][autocomplete=new-password]'),
  ).slice(-2)
  if (first === undefined || again === undefined) throw new Error('no passphrase fields')
  type(first, 'tulip wagon river')
  type(again, 'tulip wagon river')
  press('Create and continue')
}

test('without a passphrase, Generate asks for one, keeps the form, and makes the key by itself', async () => {
  const fake = mounted(dialogs(<KeyGenerateDialog onClose={() => undefined} />), (one) =>
    closeFor(one, 'keys.generate', false),
  )
  type(await screen.findByLabelText('Name'), 'First of mine')
  await waitFor(() =>
    expect((screen.getByRole('button', { name: 'Generate' }) as HTMLButtonElement).disabled).toBe(
      false,
    ),
  )
  press('Generate')
  await choosePassphrase()
  await waitFor(() => expect(times(fake, 'keys.generate')).toBe(2))
  expect(lastCall(fake, 'keys.generate')).toMatchObject({ name: 'First of mine' })
  expect(await screen.findByRole('dialog', { name: /Back up/ })).toBeTruthy()
})

test('the AccessKey secret of a new profile is typed once', async () => {
  let closed = 0
  const fake = mounted(dialogs(<ProfileDialog onClose={() => closed++} />), (one) =>
    closeFor(one, 'profiles.add', false),
  )
  for (const [label, value] of [
    ['Name', 'Legal'],
    ['Region', 'cn-shanghai'],
    ['AccessKey ID', 'LTAI5tNew'],
    ['AccessKey secret', 'the-secret'],
  ] as const)
    type(screen.getByLabelText(label), value)
  press('Add profile')
  await choosePassphrase()
  await waitFor(() => expect(closed).toBe(1))
  expect(lastCall(fake, 'profiles.add')).toMatchObject({
    name: 'Legal',
    credential: { kind: 'typed', accessKeySecret: 'the-secret' },
  })
})

test('put off, nothing is said to have failed, and the form stands as it was', async () => {
  const fake = mounted(dialogs(<KeyGenerateDialog onClose={() => undefined} />), (one) =>
    closeFor(one, 'keys.generate', false),
  )
  type(await screen.findByLabelText('Name'), 'First of mine')
  await waitFor(() =>
    expect((screen.getByRole('button', { name: 'Generate' }) as HTMLButtonElement).disabled).toBe(
      false,
    ),
  )
  press('Generate')
  await screen.findByRole('dialog', { name: 'First, choose a passphrase' })
  answerUnlock(false)
  await waitFor(() =>
    expect(screen.queryByRole('dialog', { name: 'First, choose a passphrase' })).toBeNull(),
  )
  expect((screen.getByLabelText('Name') as HTMLInputElement).value).toBe('First of mine')
  expect(screen.queryByRole('alert')).toBeNull()
  expect(times(fake, 'keys.generate')).toBe(1)
})

test('a wrong passphrase is said in the question, and two that wait share one question', async () => {
  const fake = mounted(dialogs(null), (one) => {
    closeFor(one, 'keys.prove', true)
    const real = one.handlers['secrets.unlock']
    one.handlers['secrets.unlock'] = async (input, signal) =>
      input.passphrase === 'right' ? real(input, signal) : fail({ code: 'wrong-passphrase' })
  })
  const two = [call('keys.prove', { id: 'k1' }), call('keys.prove', { id: 'k2' })]
  type(await screen.findByLabelText('Passphrase'), 'wrong')
  press('Unlock')
  await screen.findByText(/passphrase does not open/)
  type(screen.getByLabelText('Passphrase'), 'right')
  press('Unlock')
  expect((await Promise.all(two)).map((key) => key.id)).toEqual(['k1', 'k2'])
  expect(times(fake, 'secrets.unlock')).toBe(2)
})

test('a locked keychain is asked too, and what is still refused afterwards is told, not asked for ever', async () => {
  const fake = mounted(dialogs(null), (one) => {
    one.data.secrets = { ...one.data.secrets, place: 'keychain', state: 'locked' }
    one.handlers['secrets.check'] = async () =>
      ok((one.data.secrets = { ...one.data.secrets, state: 'working' }))
    one.refuse('keys.prove', { code: 'keychain-locked' })
  })
  const proof = call('keys.prove', { id: 'k1' })
  await screen.findByRole('dialog', { name: 'Unlock the keychain' })
  press('Unlock…')
  await expect(proof.catch(errorOf)).resolves.toEqual({ code: 'keychain-locked' })
  expect(times(fake, 'keys.prove')).toBe(2)
})

test('what the page asks by itself opens no dialog', async () => {
  mounted(dialogs(null), (one) => closeFor(one, 'buckets.list', true))
  await expect(call('buckets.list', { profileId: 'p1' }).catch(errorOf)).resolves.toEqual({
    code: 'passphrase-needed',
    exists: true,
  })
  expect(useUnlock.getState().asked).toBeNull()
})

function Started({ profiles }: { readonly profiles: typeof someProfiles }) {
  useAskedAtStart(profiles, [])
  return null
}

test('at the start a locked file is asked for when something needs it, and once', async () => {
  const closed = (one: Fake) => closeFor(one, 'keys.prove', true)
  mounted(
    dialogs(<Started profiles={someProfiles.filter((profile) => profile.kind === 'practice')} />),
    closed,
  )
  await waitFor(() => expect(useUnlock.getState().asked).toBeNull())
  mounted(dialogs(<Started profiles={someProfiles} />), closed)
  await waitFor(() => expect(useUnlock.getState().asked?.why).toBe('start'))
  expect(
    (await screen.findByRole('dialog', { name: 'Unlock the passphrase file' })).textContent,
  ).toMatch(/2 profiles need it/)
  press('Later')
  mounted(dialogs(<Started profiles={someProfiles} />), closed)
  await waitFor(() => expect(useUnlock.getState().asked).toBeNull())
})
