// @vitest-environment happy-dom
import { QueryClientProvider } from '@tanstack/react-query'
import { act, cleanup, render } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Frame } from '../../renderer/features/frame/frame.tsx'
import { followEvents } from '../../renderer/features/frame/follow.ts'
import { appQuery } from '../../renderer/queries/app.ts'
import { connect, createClient } from '../../renderer/queries/core.ts'
import { settingsQuery } from '../../renderer/queries/settings.ts'
import { go } from '../../renderer/state/ui.ts'
import type { Settings } from '../../shared/contract/models-settings.ts'
import { fakeShell } from './fake-bridge.ts'
import { transfer } from './fake-data.ts'

/** The notifications that the browser showed, oldest first. */
let shown: {
  title: string
  body: string | undefined
  onclick: (() => void) | null
  close(): void
}[] = []

function browser(permission: NotificationPermission, focused: boolean) {
  class Fake {
    static permission = permission
    onclick: (() => void) | null = null
    readonly title: string
    readonly body: string | undefined
    constructor(title: string, options: NotificationOptions = {}) {
      this.title = title
      this.body = options.body
      shown.push(this)
    }
    close() {}
  }
  vi.stubGlobal('Notification', Fake)
  vi.spyOn(document, 'hasFocus').mockReturnValue(focused)
}

beforeEach(() => void (shown = []))
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

async function started(shell: 'loopback' | 'desktop', change: Partial<Settings> = {}) {
  const fake = fakeShell()
  fake.data.app = { ...fake.data.app, shell }
  fake.data.settings = { ...fake.data.settings, ...change }
  connect(fake.shell)
  const client = createClient()
  const stop = followEvents(client, fake.shell.bridge)
  await Promise.all([client.fetchQuery(settingsQuery), client.fetchQuery(appQuery)])
  const run = (name: string) => {
    fake.emit('transfers.changed', [
      transfer({ id: 'a', name, phase: 'running', done: 45, total: 100 }),
    ])
    fake.emit('transfers.changed', [
      transfer({ id: 'a', name, phase: 'done', done: 100, total: 100 }),
    ])
  }
  return { fake, client, stop, run }
}

describe('word of the end in a browser', () => {
  test.each<
    readonly [
      string,
      'loopback' | 'desktop',
      NotificationPermission,
      boolean,
      Partial<Settings>,
      readonly (readonly [string, string])[],
    ]
  >([
    [
      'numbers',
      'loopback',
      'granted',
      false,
      {},
      [['All transfers finished', '1 transfer finished.']],
    ],
    [
      'names, where the user wants them',
      'loopback',
      'granted',
      false,
      { notifyNames: true },
      [['All transfers finished', 'payroll.xlsx']],
    ],
    [
      'in Chinese',
      'loopback',
      'granted',
      false,
      { language: 'zh-CN' },
      [['全部传输已完成', '已完成 1 个传输。']],
    ],
    ['not where the browser was not asked', 'loopback', 'default', false, {}, []],
    ['not where it refused', 'loopback', 'denied', false, {}, []],
    ['not while the page is looked at', 'loopback', 'granted', true, {}, []],
    ['not where the user does not want it', 'loopback', 'granted', false, { notifyEnd: false }, []],
    ['not in the desktop app, which says it itself', 'desktop', 'granted', false, {}, []],
  ])('%s', async (_name, shell, permission, focused, change, words) => {
    browser(permission, focused)
    const { run, stop } = await started(shell, change)
    run('payroll.xlsx')
    expect(shown.map(({ title, body }) => [title, body])).toEqual(words)
    stop()
  })

  test('a click brings the page to the front', async () => {
    browser('granted', false)
    const { run } = await started('loopback')
    run('a')
    const focus = vi.spyOn(window, 'focus').mockImplementation(() => undefined)
    shown[0]?.onclick?.()
    expect(focus).toHaveBeenCalledOnce()
  })
})

test('the title of the page begins with the percentage while something goes on', async () => {
  const { fake, client } = await started('loopback')
  go({ page: 'settings' })
  render(
    <QueryClientProvider client={client}>
      <Frame />
    </QueryClientProvider>,
  )
  expect(document.title).toBe('Settings – Cipherbucket')
  act(() =>
    fake.emit('transfers.changed', [
      transfer({ id: 'a', name: 'a', phase: 'running', done: 45, total: 100 }),
      transfer({ id: 'b', name: 'b', phase: 'waiting', done: 0, total: 100 }),
    ]),
  )
  expect(document.title).toBe('22% · Settings – Cipherbucket')
  act(() => fake.emit('transfers.removed', ['b']))
  expect(document.title).toBe('45% · Settings – Cipherbucket')
  act(() =>
    fake.emit('transfers.changed', [
      transfer({ id: 'a', name: 'a', phase: 'done', done: 100, total: 100 }),
    ]),
  )
  expect(document.title).toBe('Settings – Cipherbucket')
})
