import { afterEach, describe, expect, test, vi } from 'vitest'
import type { BrowserWindow } from 'electron'
import type { Settings } from '../../shared/contract/models-settings.ts'
import type { Transfer } from '../../shared/contract/models-transfers.ts'
import { drawAttention } from '../../electron/desktop/attention.ts'
import { fakeCore } from '../shells/fake-core.ts'
import { app, Notification } from './double/electron.ts'

vi.mock('electron', () => import('./double/electron.ts'))

afterEach(() => {
  Notification.shown.length = 0
  Notification.isSupported = () => true
  vi.restoreAllMocks()
})

const t = (id: string, phase: Transfer['phase'], done: number, total = 100): Transfer =>
  ({ id, name: `${id}.bin`, phase, done, total, files: null, batchId: null }) as unknown as Transfer

/** The desktop shell beside a core that says what the test wants. */
function shell(change: Partial<Settings> = {}, focused = false) {
  const core = fakeCore()
  const window = {
    progress: [] as number[],
    shows: 0,
    setProgressBar: (value: number) => void window.progress.push(value),
    isFocused: () => focused,
    isMinimized: () => false,
    show: () => void window.shows++,
  }
  let open: typeof window | null = window
  drawAttention({
    core,
    windows: () => (open === null ? [] : [open as unknown as BrowserWindow]),
    settings: () =>
      ({ language: 'en', notifyEnd: true, notifyNames: false, ...change }) as Settings,
  })
  return {
    core,
    window,
    close: () => (open = null),
    said: () => Notification.shown.map(({ title, body }) => `${title} | ${body}`),
  }
}

describe('progress', () => {
  test('of all transfers together, told when it changes, and taken away at the end', () => {
    const { core, window } = shell()
    core.emit('transfers.changed', [t('a', 'waiting', 0, 0)])
    core.emit('transfers.changed', [t('a', 'running', 0, 300), t('b', 'waiting', 0, 100)])
    core.emit('transfers.changed', [t('a', 'running', 100, 300)])
    core.emit('transfers.changed', [t('a', 'running', 101, 300)])
    core.emit('transfers.changed', [t('a', 'finishing', 300, 300), t('b', 'finishing', 100, 100)])
    core.emit('transfers.changed', [t('a', 'done', 300, 300), t('b', 'done', 100, 100)])
    expect(window.progress).toEqual([2, 0, 0.25, 0.99, -1])
  })

  test('goes when the last one is cancelled, and without a window nothing breaks', () => {
    const { core, window, close } = shell()
    core.emit('transfers.changed', [t('a', 'running', 50)])
    core.emit('transfers.removed', ['a'])
    expect(window.progress).toEqual([0.5, -1])
    close()
    core.emit('transfers.changed', [t('b', 'running', 50)])
    core.emit('transfers.changed', [t('b', 'done', 100)])
    expect(window.progress).toEqual([0.5, -1])
    expect(Notification.shown).toHaveLength(1)
  })
})

describe('word of the end', () => {
  test('once, in numbers, without a name', () => {
    const { core, said } = shell()
    core.emit('transfers.changed', [t('secret', 'running', 50), t('b', 'running', 1)])
    core.emit('transfers.changed', [t('secret', 'done', 100)])
    expect(said()).toEqual([])
    core.emit('transfers.changed', [t('b', 'failed', 10)])
    core.emit('transfers.changed', [t('b', 'failed', 10)])
    expect(said()).toEqual(['Transfers ended, 1 needs you | 1 transfer finished.'])
  })

  test.each<readonly [string, Partial<Settings>, boolean, readonly string[]]>([
    [
      'with names, where the user wants that',
      { notifyNames: true },
      false,
      ['All transfers finished | a.bin, b.bin, c.bin and 1 more'],
    ],
    [
      'in Chinese',
      { language: 'zh-CN', notifyNames: true },
      false,
      ['全部传输已完成 | a.bin、b.bin、c.bin 等 4 个文件'],
    ],
    [
      'in the language of the system',
      { language: 'system' },
      false,
      ['全部传输已完成 | 已完成 4 个传输。'],
    ],
    [
      'in English, as it was chosen',
      { language: 'en' },
      false,
      ['All transfers finished | 4 transfers finished.'],
    ],
    ['not while the window is looked at', {}, true, []],
    ['not where the user does not want it', { notifyEnd: false, notifyNames: true }, false, []],
  ])('%s', (_name, change, focused, words) => {
    vi.spyOn(app, 'getPreferredSystemLanguages').mockReturnValue(['zh-Hans-CN', 'en-CN'])
    const { core, said } = shell(change, focused)
    const all = ['a', 'b', 'c', 'd']
    core.emit(
      'transfers.changed',
      all.map((id) => t(id, 'running', 1)),
    )
    core.emit(
      'transfers.changed',
      all.map((id) => t(id, 'done', 100)),
    )
    expect(said()).toEqual(words)
  })

  test('a click shows the window, and the next one takes its place', () => {
    const { core, window } = shell()
    for (const id of ['a', 'b']) {
      core.emit('transfers.changed', [t(id, 'running', 1)])
      core.emit('transfers.changed', [t(id, 'done', 100)])
    }
    expect(Notification.shown.map(({ closed }) => closed)).toEqual([true, false])
    Notification.shown[1]?.emit('click')
    expect(window.shows).toBe(1)
  })

  test('a system without notifications is left alone', () => {
    Notification.isSupported = () => false
    const { core } = shell()
    core.emit('transfers.changed', [t('a', 'running', 1)])
    core.emit('transfers.changed', [t('a', 'done', 100)])
    expect(Notification.shown).toEqual([])
  })
})
