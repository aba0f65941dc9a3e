// @vitest-environment happy-dom
import { fireEvent, screen } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TransfersPage } from '../../renderer/features/transfers/transfers-page.tsx'
import { SettingsPage } from '../../renderer/features/settings/settings-page.tsx'
import { profilesQuery } from '../../renderer/queries/profiles.ts'
import { isForSupport, supportText } from '../../renderer/text/support.ts'
import type { AppError } from '../../shared/contract/errors.ts'
import { transfer } from './fake-data.ts'
import { mounted } from './mounted.tsx'

const busy: AppError = {
  code: 'oss',
  status: 503,
  ossCode: 'ServerBusy',
  ec: '0010-00000101',
  message: 'https://secret.example/?Signature=abc',
  requestId: '6740F3B1A2C84E3937C1D20E',
  retryAfterMs: 0,
}
const at = new Date('2026-11-28T10:20:30Z')

describe('an error as text', () => {
  test('has the sentence, then a line for each fact', () => {
    const lines = supportText(busy, {
      language: 'en',
      at,
      endpoint: 'https://oss-cn-hangzhou.aliyuncs.com/',
    }).split('\n')
    expect(lines.slice(0, -1)).toEqual([
      'OSS had an internal error (503). Wait a minute, then try again.',
      'Code: oss',
      'Status: 503',
      'Server code: ServerBusy',
      'EC: 0010-00000101',
      'Request ID: 6740F3B1A2C84E3937C1D20E',
      'Host: oss-cn-hangzhou.aliyuncs.com',
    ])
    expect(lines.at(-1)).toMatch(/^Time: 2026-11-2\d \d\d:\d\d:30 [+-]\d\d:\d\d$/)
    expect(supportText(busy, { language: 'zh-CN', at }).split('\n')[0]).toMatch(/OSS/)
  })

  test.each<readonly [string, AppError, string, readonly string[]]>([
    [
      'no answer',
      { code: 'unreachable', host: 'b.oss-cn-hangzhou.aliyuncs.com', reason: 'ETIMEDOUT' },
      'x',
      ['Code: unreachable / ETIMEDOUT', 'Host: b.oss-cn-hangzhou.aliyuncs.com'],
    ],
    [
      'refused',
      {
        code: 'access-denied',
        action: 'oss:GetObject',
        ossCode: 'AccessDenied',
        ec: '0003-00000001',
        requestId: 'R',
      },
      'oss-cn-hangzhou.aliyuncs.com',
      [
        'Code: access-denied',
        'Server code: AccessDenied',
        'EC: 0003-00000001',
        'Request ID: R',
        'Action: oss:GetObject',
        'Host: oss-cn-hangzhou.aliyuncs.com',
      ],
    ],
    [
      'KMS',
      { code: 'kms', status: 400, kmsCode: 'Rejected', requestId: 'K' },
      'oss-cn-hangzhou.aliyuncs.com',
      ['Code: kms', 'Status: 400', 'Server code: Rejected', 'Request ID: K'],
    ],
    [
      'credentials of KMS',
      { code: 'bad-credentials', reason: 'expired', requestId: '', service: 'kms' },
      'oss-cn-hangzhou.aliyuncs.com',
      ['Code: bad-credentials / expired'],
    ],
    [
      'a bug',
      { code: 'unexpected', reference: 'a1b2' },
      'oss-cn-hangzhou.aliyuncs.com',
      ['Code: unexpected', 'Reference: a1b2'],
    ],
    [
      'an endpoint that holds a password',
      { code: 'checksum' },
      'https://user:hunter2@oss-cn-hangzhou.aliyuncs.com/?token=t',
      ['Code: checksum'],
    ],
    ['IPv6', { code: 'checksum' }, 'http://[::1]:8080', ['Code: checksum', 'Host: [::1]:8080']],
  ])('%s', (_name, error, endpoint, facts) => {
    const lines = supportText(error, { language: 'en', at, endpoint }).split('\n')
    expect(lines.slice(1, -1)).toEqual(facts)
    expect(lines.join()).not.toContain('hunter2')
  })

  test('what a server wrote besides its codes is never in it', () => {
    for (const language of ['en', 'zh-CN'] as const)
      expect(supportText(busy, { language, at })).not.toMatch(/Signature|secret\.example/)
  })

  test('what the user alone can mend is none for others', () => {
    expect(isForSupport(busy)).toBe(true)
    for (const error of [
      { code: 'wrong-passphrase' },
      { code: 'no-master-key' },
      { code: 'target-exists', path: '/x' },
      { code: 'disk-full', path: '/x', needed: 1 },
    ] as const)
      expect(isForSupport(error)).toBe(false)
  })
})

describe('the button', () => {
  let copied: string[] = []
  beforeEach(() => {
    copied = []
    // happy-dom has no clipboard: what a browser does on execCommand('copy').
    document.execCommand = () =>
      document.dispatchEvent(
        Object.assign(new Event('copy', { cancelable: true }), {
          clipboardData: { setData: (_type: string, text: string) => void copied.push(text) },
        }),
      )
  })
  afterEach(() => Reflect.deleteProperty(document, 'execCommand'))

  const page = () =>
    mounted(<TransfersPage />, (fake) => {
      const profileId = fake.data.profiles[0]?.id ?? ''
      fake.data.transfers = [
        transfer({
          id: 'a',
          name: 'busy.bin',
          profileId,
          phase: 'failed',
          error: busy,
          changed: '2026-11-28T10:20:30.000Z',
        }),
        transfer({
          id: 'b',
          name: 'taken.bin',
          profileId,
          phase: 'failed',
          error: { code: 'target-exists', path: '/x' },
        }),
        transfer({ id: 'c', name: 'fine.bin', profileId, phase: 'running' }),
      ]
    })

  test('of a transfer copies its error, with the endpoint of its profile and the time it failed', async () => {
    const { client, data } = page()
    await client.fetchQuery(profilesQuery)
    expect((await screen.findByRole('row', { name: /busy/ })).textContent).toContain(
      'oss · 503 · ServerBusy · 0010-00000101 · 6740F3B1A2C84E3937C1D20E',
    )
    expect((await screen.findByRole('row', { name: /taken/ })).textContent).not.toContain(
      'target-exists',
    )
    const buttons = screen.getAllByRole('button', { name: 'Copy details' })
    expect(buttons).toHaveLength(1)
    fireEvent.click(buttons[0] as HTMLElement)
    expect(copied).toEqual([
      supportText(busy, {
        language: 'en',
        at: new Date('2026-11-28T10:20:30Z'),
        endpoint: data.profiles[0]?.endpoint,
      }),
    ])
    expect(copied[0]).toContain('Host: ')
  })

  test('has its keys in the list', async () => {
    const { client } = page()
    await client.fetchQuery(profilesQuery)
    await screen.findByRole('row', { name: /busy/ })
    const list = screen.getByRole('grid', { name: 'All transfers' })
    fireEvent.keyDown(list, { key: 'c', ctrlKey: true })
    fireEvent.keyDown(list, { key: 'ArrowDown' })
    fireEvent.keyDown(list, { key: 'c', ctrlKey: true })
    expect(copied).toHaveLength(1)
    expect(copied[0]).toContain('ServerBusy')
  })

  test('stands beside a failed action', async () => {
    mounted(<SettingsPage />, (fake) =>
      fake.refuse('settings.update', { code: 'unexpected', reference: 'r-1' }),
    )
    fireEvent.click(await screen.findByRole('radio', { name: 'Dark' }))
    fireEvent.click(await screen.findByRole('button', { name: 'Copy details' }))
    expect(copied[0]).toContain('Reference: r-1')
  })
})
