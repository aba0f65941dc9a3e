import { afterEach, expect, test, vi } from 'vitest'
import type { Transfer, TransferPhase } from '../../shared/contract/models-transfers.ts'
import { ok } from '../../shared/contract/errors.ts'
import { askBeforeLeaving, question } from '../../electron/desktop/leave.ts'
import { fakeCore } from '../shells/fake-core.ts'
import { dialog } from './double/electron.ts'

vi.mock('electron', () => import('./double/electron.ts'))

afterEach(() => vi.restoreAllMocks())

/** Asks once; answers with whether the app may quit, and how often the user was asked. */
async function quit(
  phases: readonly TransferPhase[],
  response: number,
): Promise<{ left: boolean; asked: number }> {
  const transfers = phases.map((phase) => ({ phase, batchId: null }) as Transfer)
  const show = vi
    .spyOn(dialog, 'showMessageBox')
    .mockResolvedValue({ response, checkboxChecked: false })
  const left = await askBeforeLeaving(
    fakeCore({ 'transfers.list': () => Promise.resolve(ok(transfers)) }),
  )
  return { left, asked: show.mock.calls.length }
}

test.each([
  ['nothing there', [], 0, true, 0],
  ['all is finished', ['done', 'failed'], 0, true, 0],
  [
    'nothing would go on anyway',
    ['paused', 'needs-user', 'needs-master-key', 'needs-credentials'],
    0,
    true,
    0,
  ],
  ['one runs, the user stays', ['done', 'running'], 0, false, 1],
  ['one waits for the network, the user leaves', ['needs-network'], 1, true, 1],
  ['one waits its turn, the user leaves', ['waiting'], 1, true, 1],
] as const)('%s', async (_name, phases, response, left, asked) => {
  expect(await quit(phases, response)).toEqual({ left, asked })
})

test('files of a transfer of many are not counted beside it', async () => {
  const detail = vi
    .spyOn(dialog, 'showMessageBox')
    .mockResolvedValue({ response: 0, checkboxChecked: false })
  const transfers = [
    { phase: 'running', batchId: null },
    { phase: 'running', batchId: 'b' },
    { phase: 'waiting', batchId: 'b' },
  ] as unknown as Transfer[]
  await askBeforeLeaving(fakeCore({ 'transfers.list': () => Promise.resolve(ok(transfers)) }))
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
