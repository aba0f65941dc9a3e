// @vitest-environment happy-dom
import { fireEvent, screen, waitFor } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { fail } from '../../shared/contract/errors.ts'
import { isBucketName } from '../../shared/contract/bucket-names.ts'
import { ProfileDialog } from '../../renderer/features/profiles/profile-dialog.tsx'
import {
  addressIn,
  endpointOfRegion,
  type Address,
} from '../../renderer/features/profiles/region-endpoint.ts'
import { studioData } from './fake-data.ts'
import { called, isOff, lastCall, mounted, press, type } from './mounted.tsx'

describe('region and endpoint', () => {
  test.each([
    ['cn-hangzhou', 'https://oss-cn-hangzhou.aliyuncs.com'],
    [' OSS-cn-shanghai ', 'https://oss-cn-shanghai.aliyuncs.com'],
    ['ap-southeast-1', 'https://oss-ap-southeast-1.aliyuncs.com'],
    ['', ''],
    ['hangzhou', 'https://oss-cn-hangzhou.aliyuncs.com'],
    ['华东1（杭州）', 'https://oss-cn-hangzhou.aliyuncs.com'],
    ['华东1(杭州)', 'https://oss-cn-hangzhou.aliyuncs.com'],
    ['上海', 'https://oss-cn-shanghai.aliyuncs.com'],
    ['Frankfurt', 'https://oss-eu-central-1.aliyuncs.com'],
    ['oss-cn-beijing-internal', 'https://oss-cn-beijing.aliyuncs.com'],
    ['cn-newtown', 'https://oss-cn-newtown.aliyuncs.com'],
    ['杭州附近', ''],
    ['mars', ''],
    ['cn-hangzhou.evil.example/', ''],
    ['cn hangzhou', ''],
  ])('endpointOf(%j)', (region, endpoint) => expect(endpointOfRegion(region)).toBe(endpoint))
  test.each([
    ['eu-nightly', true],
    ['a'.repeat(63), true],
    ['a'.repeat(64), false],
    ['ab', false],
    ['-ab', false],
    ['ab-', false],
    ['Abc', false],
    ['a_b', false],
  ])('isBucketName(%j)', (name, fits) => expect(isBucketName(name)).toBe(fits))
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
  press('Add buckets that this account cannot list')
  type(screen.getByLabelText('Extra buckets'), 'Not Fine')
  expect(isOff(/^Add profile$/)).toBe(true)
  type(screen.getByLabelText('Extra buckets'), 'legal-hold\nlegal-hold\narchive-2')
  press('Add profile')
  await waitFor(() => expect(closed).toBe(1))
  expect(lastCall(fake, 'profiles.add')).toEqual({
    name: 'Legal',
    colour: expect.any(String),
    endpoint: 'https://oss-cn-shanghai.aliyuncs.com',
    region: 'cn-shanghai',
    accessKeyId: 'LTAI5tNew',
    credential: { kind: 'typed', accessKeySecret: 'the-secret', securityToken: 'the-token' },
    buckets: ['legal-hold', 'archive-2'],
    sealsNew: true,
    sealedOnly: false,
  })
})

test('the rules for seals of a stored profile are shown and changed', async () => {
  const [profile] = studioData().profiles
  if (profile === undefined) throw new Error('no profile')
  const fake = mounted(
    <ProfileDialog
      profile={{ ...profile, sealsNew: false, sealedOnly: true }}
      onClose={() => undefined}
    />,
  )
  const [added, required] = ['Seal new uploads', 'Refuse files without a seal'].map((name) =>
    screen.getByRole<HTMLInputElement>('checkbox', { name }),
  ) as [HTMLInputElement, HTMLInputElement]
  expect([added.checked, required.checked]).toEqual([false, true])
  fireEvent.click(added)
  fireEvent.click(required)
  press('Save')
  await called(fake, 'profiles.update')
  expect(lastCall(fake, 'profiles.update')).toMatchObject({ sealsNew: true, sealedOnly: false })
})

test('a found account fills the fields and its secret never reaches the page', async () => {
  const fake = mounted(<ProfileDialog onClose={() => undefined} />)
  await screen.findByText(/Found on this computer/)
  press('Use the ossutil settings')
  expect((screen.getByLabelText('AccessKey ID') as HTMLInputElement).value).toBe(
    'LTAI5tFoundFoundFoun',
  )
  expect(screen.queryByLabelText('AccessKey secret')).toBeNull()
  expect(lastCall(fake, 'profiles.add')).toBeUndefined()
  type(screen.getByLabelText('Name'), 'Found')
  press('Add profile')
  await called(fake, 'profiles.add')
  expect(lastCall(fake, 'profiles.add')).toMatchObject({
    credential: { kind: 'found', source: 'ossutil' },
    region: 'cn-shanghai',
  })
})

test('the test’s answer stands under the button until a field changes', async () => {
  mounted(<ProfileDialog onClose={() => undefined} />, (fake) => {
    fake.handlers['profiles.test'] = async () =>
      fail({ code: 'clock', minutes: 22, requestId: 'R' })
  })
  fill()
  press('Test connection')
  expect((await screen.findByRole('alert')).textContent).toBe(
    'This computer’s clock is 22 minutes behind OSS. Set the clock, then try again.',
  )
  type(screen.getByLabelText('Region'), 'cn-beijing')
  expect(screen.queryByRole('alert')).toBeNull()
})

test('editing never shows the secret, and keeps it when nothing is typed', async () => {
  const profile = studioData().profiles[0]
  const fake = mounted(<ProfileDialog profile={profile} onClose={() => undefined} />)
  expect((screen.getByLabelText('AccessKey secret') as HTMLInputElement).value).toBe('')
  expect(screen.getByText('Stored. Leave empty to keep it.', { exact: false })).toBeTruthy()
  type(screen.getByLabelText('Name'), 'Renamed')
  press('Save')
  await called(fake, 'profiles.update')
  expect(lastCall(fake, 'profiles.update')).toMatchObject({
    id: 'p1',
    name: 'Renamed',
    credential: { kind: 'keep' },
  })
})

test('another AccessKey id needs its own secret', () => {
  const profile = studioData().profiles[0]
  mounted(<ProfileDialog profile={profile} onClose={() => undefined} />)
  type(screen.getByLabelText('AccessKey ID'), 'LTAI5tOther')
  expect(isOff(/^Save$/)).toBe(true)
})

test('removing asks, and the safe answer has the focus', async () => {
  const fake = mounted(
    <ProfileDialog profile={studioData().profiles[0]} onClose={() => undefined} />,
  )
  press('Remove…')
  expect(document.activeElement?.textContent).toBe('Keep the profile')
  press('Remove profile')
  await called(fake, 'profiles.remove')
  expect(lastCall(fake, 'profiles.remove')).toEqual({ id: 'p1' })
})

describe('what is pasted', () => {
  test.each<[string, Address | null]>([
    [
      'lanstone-archive.oss-cn-hangzhou.aliyuncs.com',
      { region: 'cn-hangzhou', endpoint: '', bucket: 'lanstone-archive' },
    ],
    [
      'https://lanstone-archive.oss-cn-hangzhou.aliyuncs.com/a/b.txt',
      { region: 'cn-hangzhou', endpoint: '', bucket: 'lanstone-archive' },
    ],
    [
      'https://lanstone-archive.oss-cn-hangzhou-internal.aliyuncs.com',
      {
        region: 'cn-hangzhou',
        endpoint: 'https://oss-cn-hangzhou-internal.aliyuncs.com',
        bucket: 'lanstone-archive',
      },
    ],
    [
      'lanstone-archive.oss-accelerate.aliyuncs.com',
      { region: '', endpoint: 'https://oss-accelerate.aliyuncs.com', bucket: 'lanstone-archive' },
    ],
    ['oss://lanstone-archive/a/b/', { region: '', endpoint: '', bucket: 'lanstone-archive' }],
    ['OSS://lanstone-archive', { region: '', endpoint: '', bucket: 'lanstone-archive' }],
    ['oss://No_Bucket/a', null],
    ['https://oss-cn-hangzhou.aliyuncs.com', null],
    ['cn-hangzhou', null],
    ['http://127.0.0.1:9000', null],
    ['', null],
  ])('%s', (text, address) => expect(addressIn(text)).toEqual(address))

  test('a bucket domain in the region field fills region and bucket, and says so', async () => {
    const fake = mounted(<ProfileDialog onClose={() => undefined} />)
    fill()
    const region = screen.getByLabelText('Region')
    fireEvent.focus(region)
    type(region, 'https://legal-hold.oss-cn-beijing.aliyuncs.com/x')
    fireEvent.blur(region)
    expect((region as HTMLInputElement).value).toBe('cn-beijing')
    expect(screen.getByText('The bucket legal-hold was added below.')).toBeTruthy()
    press('Add profile')
    await called(fake, 'profiles.add')
    expect(lastCall(fake, 'profiles.add')).toMatchObject({
      region: 'cn-beijing',
      endpoint: 'https://oss-cn-beijing.aliyuncs.com',
      buckets: ['legal-hold'],
    })
  })

  test.each([
    ['mars', /“mars” is not a region/],
    ['杭州附近', /is not a region/],
  ])('a region that is none, %s, is named when it is left', (text, words) => {
    mounted(<ProfileDialog onClose={() => undefined} />)
    fill()
    const region = screen.getByLabelText('Region')
    fireEvent.focus(region)
    type(region, text)
    expect(screen.queryByText(words)).toBeNull()
    fireEvent.blur(region)
    expect(screen.getByText(words)).toBeTruthy()
    expect(isOff(/^Add profile$/)).toBe(true)
  })

  test('a name of a region becomes its id, and the list has all of them by name', async () => {
    const fake = mounted(<ProfileDialog onClose={() => undefined} />)
    fill()
    const region = screen.getByLabelText<HTMLInputElement>('Region')
    type(region, 'hangzhou')
    fireEvent.blur(region)
    expect(region.value).toBe('cn-hangzhou')
    expect(
      Array.from(document.querySelectorAll('datalist option')).map(
        (one) => `${one.getAttribute('value')} ${one.textContent}`,
      ),
    ).toContain('cn-hangzhou China (Hangzhou)')
    press('Add profile')
    await called(fake, 'profiles.add')
    expect(lastCall(fake, 'profiles.add')).toMatchObject({ region: 'cn-hangzhou' })
  })

  test('an endpoint with a path is named, not turned off without a word', () => {
    mounted(<ProfileDialog onClose={() => undefined} />)
    fill()
    press('Change')
    const endpoint = screen.getByLabelText('Endpoint')
    type(endpoint, 'https://oss-cn-hangzhou.aliyuncs.com/a b')
    fireEvent.blur(endpoint)
    expect(screen.getByText(/is not a valid endpoint/)).toBeTruthy()
  })
})
