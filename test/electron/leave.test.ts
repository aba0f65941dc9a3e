import { EventEmitter } from 'node:events'
import { afterEach, expect, test, vi } from 'vitest'
import type { BrowserWindow } from 'electron'
import type { Transfer, TransferPhase } from '../../shared/contract/models-transfers.ts'
import { ok } from '../../shared/contract/errors.ts'
import { askBeforeLeaving, question } from '../../electron/desktop/leave.ts'
import { fakeCore } from '../shells/fake-core.ts'
import { app, dialog } from './double/electron.ts'

vi.mock('electron', () => import('./double/electron.ts'))

afterEach(() => {
  app.removeAllListeners()
  vi.restoreAllMocks()
  dialog.asked.length = 0
})

/** Presses quit once; answers with whether the app went on to quit, and how often it asked. */
async function quit(phases: readonly TransferPhase[], response: number): Promise<{ left: boolean; asked: number }> {
  const transfers = phases.map((phase) => ({ phase, batchId: null }) as Transfer)
  const left = vi.spyOn(app, 'quit').mockImplementation(() => undefined)
  vi.spyOn(dialog, 'showMessageBox').mockImplementation((options: unknown) => {
    dialog.asked.push(options)
    return Promise.resolve({ response, checkboxChecked: false })
  })
  askBeforeLeaving(fakeCore({ 'transfers.list': () => Promise.resolve(ok(transfers)) }), 'linux')
  let prevented = false
  app.emit('before-quit', { preventDefault: () => (prevented = true) })
  expect(prevented).toBe(true)
  await new Promise((resolve) => setImmediate(resolve))
  return { left: left.mock.calls.length > 0, asked: dialog.asked.length }
}

test.each([
  ['nothing there', [], 0, true, 0],
  ['all is finished', ['done', 'failed'], 0, true, 0],
  ['nothing would go on anyway', ['paused', 'needs-user', 'needs-master-key', 'needs-credentials'], 0, true, 0],
  ['one runs, the user stays', ['done', 'running'], 0, false, 1],
  ['one waits for the network, the user leaves', ['needs-network'], 1, true, 1],
  ['one waits its turn, the user leaves', ['waiting'], 1, true, 1],
] as const)('%s', async (_name, phases, response, left, asked) => {
  expect(await quit(phases, response)).toEqual({ left, asked })
})

test('once agreed, quitting is not held up again; a closing window asks, but not on macOS', async () => {
  await quit(['running'], 1)
  let prevented = false
  app.emit('before-quit', { preventDefault: () => (prevented = true) })
  expect(prevented).toBe(false)

  app.removeAllListeners()
  for (const [platform, expected] of [['linux', true], ['darwin', false]] as const) {
    const window = new EventEmitter()
    askBeforeLeaving(fakeCore(), platform)(window as unknown as BrowserWindow)
    let held = false
    window.emit('close', { preventDefault: () => (held = true) })
    expect(held).toBe(expected)
  }
})

test('files of a transfer of many are not counted beside it', async () => {
  const detail = vi.spyOn(dialog, 'showMessageBox').mockResolvedValue({ response: 0, checkboxChecked: false })
  const transfers = [{ phase: 'running', batchId: null }, { phase: 'running', batchId: 'b' }, { phase: 'waiting', batchId: 'b' }] as unknown as Transfer[]
  askBeforeLeaving(fakeCore({ 'transfers.list': () => Promise.resolve(ok(transfers)) }), 'linux')
  app.emit('before-quit', { preventDefault: () => undefined })
  await new Promise((resolve) => setImmediate(resolve))
  expect(detail.mock.calls).toEqual([[question(1, 'en')]])
})

test('the safe answer is the default, in both languages', () => {
  for (const language of ['en', 'zh-CN'] as const) {
    const asked = question(3, language)
    expect(asked).toMatchObject({ defaultId: 0, cancelId: 0 })
    expect(asked.detail).toContain('3')
    expect(asked.buttons).toHaveLength(2)
  }
})
