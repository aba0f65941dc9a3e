import { afterEach, expect, test, vi } from 'vitest'
import type { EditedCopy } from '../../shared/contract/models-edits.ts'
import type { Transfer, TransferPhase } from '../../shared/contract/models-transfers.ts'
import { ok } from '../../shared/contract/errors.ts'
import { askBeforeLeaving, editQuestion, question } from '../../electron/desktop/leave.ts'
import type { MessageBoxOptions } from 'electron'
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

/** Asks with one changed copy. `phase`: of its upload. The copy is unchanged after "done". */
async function quitWithEdit(response: number, phase: TransferPhase = 'done') {
  const copy = { id: 'e', key: 'a/notes.txt', state: 'changed' } as EditedCopy
  let copies: readonly EditedCopy[] = [copy, { ...copy, id: 'u', state: 'unchanged' }]
  const acts: string[] = []
  const show = vi
    .spyOn(dialog, 'showMessageBox')
    .mockResolvedValue({ response, checkboxChecked: false })
  const transfer = { id: 't', batchId: null } as Transfer
  const core = fakeCore({
    'transfers.list': () => Promise.resolve(ok([])),
    'edits.list': () => Promise.resolve(ok(copies)),
    'edits.discard': ({ id }) => {
      acts.push(`discard ${id}`)
      copies = []
      return Promise.resolve(ok(null))
    },
    'edits.upload': ({ id }) => {
      acts.push(`upload ${id}`)
      setImmediate(() => {
        if (phase === 'done') copies = []
        core.emit('transfers.changed', [{ ...transfer, phase }])
      })
      return Promise.resolve(ok('t'))
    },
  })
  const left = await askBeforeLeaving(core)
  return {
    left,
    acts,
    asked: show.mock.calls.map(([options]) => (options as MessageBoxOptions).buttons?.length ?? 1),
  }
}

test('a changed copy is uploaded, discarded, or left with the app open', async () => {
  expect(await quitWithEdit(0)).toEqual({ left: false, acts: [], asked: [3] })
  vi.restoreAllMocks()
  expect(await quitWithEdit(1)).toEqual({ left: true, acts: ['upload e'], asked: [3] })
  vi.restoreAllMocks()
  expect(await quitWithEdit(2)).toEqual({ left: true, acts: ['discard e'], asked: [3] })
})

test.each(['failed', 'needs-user', 'needs-network', 'paused'] as const)(
  'an upload that ends as %s leaves the app open, and says so',
  async (phase) => {
    expect(await quitWithEdit(1, phase)).toEqual({
      left: false,
      acts: ['upload e'],
      asked: [3, 1],
    })
  },
)

test('the question about copies names them, and staying is the default', () => {
  for (const language of ['en', 'zh-CN'] as const) {
    const copies = Array.from({ length: 7 }, (_, i) => ({ key: `a/${i}.txt` }) as EditedCopy)
    const asked = editQuestion(copies, language)
    expect(asked).toMatchObject({ defaultId: 0, cancelId: 0 })
    expect(asked.detail).toMatch(/0\.txt.*4\.txt.*…/)
    expect(asked.detail).not.toContain('5.txt')
  }
})
