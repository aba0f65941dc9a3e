// @vitest-environment happy-dom
import { screen, waitFor } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { fail } from '../../shared/contract/errors.ts'
import { ProfileDialog } from '../../renderer/features/profiles/profile-dialog.tsx'
import { endpointOf, isBucketName } from '../../renderer/features/profiles/region-endpoint.ts'
import { studioData } from './fake-data.ts'
import { called, isOff, lastCall, mounted, press, type } from './mounted.tsx'

describe('region and endpoint', () => {
  test.each([
    ['cn-hangzhou', 'https://oss-cn-hangzhou.aliyuncs.com'], [' OSS-cn-shanghai ', 'https://oss-cn-shanghai.aliyuncs.com'], ['ap-southeast-1', 'https://oss-ap-southeast-1.aliyuncs.com'],
    ['', ''], ['hangzhou', ''], ['cn-hangzhou.evil.example/', ''], ['cn hangzhou', ''],
  ])('endpointOf(%j)', (region, endpoint) => expect(endpointOf(region)).toBe(endpoint))
  test.each([['eu-nightly', true], ['a'.repeat(63), true], ['a'.repeat(64), false], ['ab', false], ['-ab', false], ['ab-', false], ['Abc', false], ['a_b', false]])('isBucketName(%j)', (name, fits) => expect(isBucketName(name)).toBe(fits))
})

const fill = () => {
  type(screen.getByLabelText('Name'), 'Legal')
  type(screen.getByLabelText('Region'), 'cn-shanghai')
  type(screen.getByLabelText('AccessKey ID'), 'LTAI5tNew')
  type(screen.getByLabelText('AccessKey secret'), 'the-secret')
}

test('a typed profile goes to the core once, whole', async () => {
  let closed = 0
  const fake = mounted(<ProfileDialog onClose={() => closed++} />)
  expect(isOff(/^Add profile$/)).toBe(true)
  fill()
  expect(screen.getByText(/Endpoint: https:\/\/oss-cn-shanghai\.aliyuncs\.com/)).toBeTruthy()
  press('Add an STS token')
  type(screen.getByLabelText('STS token'), 'the-token')
  press('Name buckets it cannot list')
  type(screen.getByLabelText('Extra buckets'), 'Not Fine')
  expect(isOff(/^Add profile$/)).toBe(true)
  type(screen.getByLabelText('Extra buckets'), 'legal-hold\nlegal-hold\narchive-2')
  press('Add profile')
  await waitFor(() => expect(closed).toBe(1))
  expect(lastCall(fake, 'profiles.add')).toEqual({
    name: 'Legal', colour: expect.any(String), endpoint: 'https://oss-cn-shanghai.aliyuncs.com', region: 'cn-shanghai', accessKeyId: 'LTAI5tNew',
    credential: { kind: 'typed', accessKeySecret: 'the-secret', securityToken: 'the-token' }, buckets: ['legal-hold', 'archive-2'],
  })
})

test('a found account fills the fields and its secret never reaches the page', async () => {
  const fake = mounted(<ProfileDialog onClose={() => undefined} />)
  await screen.findByText(/Found on this computer/)
  press('Use ossutil’s')
  expect((screen.getByLabelText('AccessKey ID') as HTMLInputElement).value).toBe('LTAI5tFoundFoundFoun')
  expect(screen.queryByLabelText('AccessKey secret')).toBeNull()
  expect(lastCall(fake, 'profiles.add')).toBeUndefined()
  type(screen.getByLabelText('Name'), 'Found')
  press('Add profile')
  await called(fake, 'profiles.add')
  expect(lastCall(fake, 'profiles.add')).toMatchObject({ credential: { kind: 'found', source: 'ossutil' }, region: 'cn-shanghai' })
})

test('the test’s answer stands under the button until a field changes', async () => {
  mounted(<ProfileDialog onClose={() => undefined} />, (fake) => { fake.handlers['profiles.test'] = async () => fail({ code: 'clock', minutes: 22, requestId: 'R' }) })
  fill()
  press('Test connection')
  expect((await screen.findByRole('alert')).textContent).toBe('This computer’s clock is 22 minutes behind OSS. Set the clock, then try again.')
  type(screen.getByLabelText('Region'), 'cn-beijing')
  expect(screen.queryByRole('alert')).toBeNull()
})

test('editing never shows the secret, and keeps it when nothing is typed', async () => {
  const profile = studioData().profiles[0]
  const fake = mounted(<ProfileDialog profile={profile} onClose={() => undefined} />)
  expect((screen.getByLabelText('AccessKey secret') as HTMLInputElement).value).toBe('')
  expect(screen.getByText('Stored. Leave it empty to keep it.', { exact: false })).toBeTruthy()
  type(screen.getByLabelText('Name'), 'Renamed')
  press('Save')
  await called(fake, 'profiles.update')
  expect(lastCall(fake, 'profiles.update')).toMatchObject({ id: 'p1', name: 'Renamed', credential: { kind: 'keep' } })
})

test('another AccessKey id needs its own secret', () => {
  const profile = studioData().profiles[0]
  mounted(<ProfileDialog profile={profile} onClose={() => undefined} />)
  type(screen.getByLabelText('AccessKey ID'), 'LTAI5tOther')
  expect(isOff(/^Save$/)).toBe(true)
})

test('removing asks, and the safe answer has the focus', async () => {
  const fake = mounted(<ProfileDialog profile={studioData().profiles[0]} onClose={() => undefined} />)
  press('Remove…')
  expect(document.activeElement?.textContent).toBe('Keep the profile')
  press('Remove profile')
  await called(fake, 'profiles.remove')
  expect(lastCall(fake, 'profiles.remove')).toEqual({ id: 'p1' })
})
