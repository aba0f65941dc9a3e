import { afterEach, expect, test, vi } from 'vitest'
import type { Transfer, TransferPhase } from '../../shared/contract/models-transfers.ts'
import { stayAwake } from '../../electron/desktop/stay-awake.ts'
import { fakeCore } from '../shells/fake-core.ts'
import { powerSaveBlocker } from './double/electron.ts'

vi.mock('electron', () => import('./double/electron.ts'))

afterEach(() => {
  powerSaveBlocker.on.clear()
  powerSaveBlocker.started = 0
})

function shell() {
  const core = fakeCore()
  stayAwake(core)
  return {
    now: (...phases: readonly (readonly [string, TransferPhase])[]) =>
      core.emit(
        'transfers.changed',
        phases.map(([id, phase]) => ({ id, phase }) as Transfer),
      ),
    removed: (...ids: string[]) => core.emit('transfers.removed', ids),
    blockers: () => [...powerSaveBlocker.on.values()],
  }
}

test('while anything moves there is one blocker, and none afterwards', () => {
  const { now, removed, blockers } = shell()
  now(['a', 'waiting'], ['b', 'waiting'])
  expect(blockers()).toEqual([])
  now(['a', 'running'])
  now(['b', 'running'], ['a', 'running'])
  expect(blockers()).toEqual(['prevent-app-suspension'])
  now(['a', 'finishing'])
  now(['b', 'done'])
  expect(blockers()).toEqual(['prevent-app-suspension'])
  now(['a', 'done'])
  expect(blockers()).toEqual([])
  now(['c', 'running'])
  expect([blockers().length, powerSaveBlocker.started]).toEqual([1, 2])
  removed('c', 'unknown')
  expect(blockers()).toEqual([])
})

test.each([
  'waiting',
  'paused',
  'needs-network',
  'needs-user',
  'needs-master-key',
  'needs-credentials',
  'failed',
] as const)('a transfer that is %s keeps nothing awake', (phase) => {
  const { now, blockers } = shell()
  now(['a', 'running'])
  now(['a', phase])
  expect(blockers()).toEqual([])
})
