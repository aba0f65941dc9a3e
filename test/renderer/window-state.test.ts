// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Place } from '../../renderer/queries/objects.ts'
import { desktopShell, type DesktopApi } from '../../renderer/shell/shell-desktop.ts'
import {
  dispatchSelection,
  expectKeys,
  resetSelection,
  selectArrived,
  useSelection,
} from '../../renderer/state/selection.ts'
import { go, setFilter, sortBy, useUi } from '../../renderer/state/ui.ts'
import { ask, goOn, notify, useWork } from '../../renderer/state/work.ts'
import { quantitiesIn } from '../../renderer/text/quantities.ts'
import type { Grant } from '../../shared/contract/models-transfers.ts'

const PLACE: Place = { profileId: 'p', bucket: 'b', prefix: '' }
const selected = () => [...useSelection.getState().keys]

describe('what the user made is selected when it is listed', () => {
  beforeEach(() => {
    useUi.setState({ place: PLACE })
    resetSelection()
  })

  test('as it comes, one after the other', () => {
    expectKeys(PLACE, ['a', 'b/'])
    selectArrived(PLACE, ['b/'])
    expect(selected()).toEqual(['b/'])
    selectArrived(PLACE, ['a', 'b/'])
    expect(selected()).toEqual(['a', 'b/'])
  })

  test('not in another folder, and not once the user chose something else or went on', () => {
    expectKeys(PLACE, ['a'])
    selectArrived({ ...PLACE, prefix: 'other/' }, ['a'])
    expect(selected()).toEqual([])
    dispatchSelection({ type: 'point', key: 'x', toggle: false })
    selectArrived(PLACE, ['a'])
    expect(selected()).toEqual(['x'])
    expectKeys(PLACE, ['a'])
    go({ place: { ...PLACE, prefix: 'below/' } })
    go({ place: PLACE })
    selectArrived(PLACE, ['a'])
    expect(selected()).not.toContain('a')
  })
})

// Source: owncloud/core 6049.
describe('a message goes with the next act', () => {
  const said = { about: null, error: null, text: 'Only files.' }
  test.each<[string, () => void]>([
    ['another folder', () => go({ place: { ...PLACE, prefix: `${Math.random()}/` } })],
    ['another page', () => go({ page: useUi.getState().page === 'keys' ? 'settings' : 'keys' })],
    ['another order', () => sortBy('size')],
    ['the filter', () => setFilter(String(Math.random()))],
    ['a dialog', () => ask({ kind: 'shortcuts' })],
    ['an intent', goOn],
  ])('by %s', (_what, act) => {
    ask(null)
    notify(said)
    act()
    expect(useWork.getState().notice).toBeNull()
  })

  test('and what asks for an answer stays', () => {
    notify({ ...said, object: { place: PLACE, key: 'a' } })
    sortBy('name')
    expect(useWork.getState().notice).not.toBeNull()
    notify(null)
  })
})

describe('on the desktop, what has no path is refused by name', () => {
  // The double of the preload: files that are named in `onDisk` have a path.
  const shell = (onDisk: readonly string[]) =>
    desktopShell({
      onMessage: () => undefined,
      send: () => undefined,
      dropped: async (files: readonly File[]) =>
        files
          .filter(({ name }) => onDisk.includes(name))
          .map(
            ({ name }): Grant => ({ id: name, name, kind: 'file', size: 0 }) as unknown as Grant,
          ),
    } as unknown as DesktopApi).files
  const transfer = (...names: readonly string[]) => ({
    types: ['Files'],
    files: names.map((name) => new File(['x'], name)),
  })

  // Source: FineUploader/fine-uploader 193; marckohlbrugge/wip-menubar 11.
  test.each([
    [['image.png'], [], ['image.png']],
    [['a.txt', 'image.png'], ['a.txt'], ['image.png']],
    [['1', '2', '3', '4'], [], ['1', '2', '3']],
  ])('%j, of which %j are on the disk', async (names, onDisk, refused) => {
    const { grants, arrived } = shell(onDisk).dropping(transfer(...names), () => undefined)
    expect((await grants).map(({ name }) => name)).toEqual(onDisk)
    await expect(arrived).rejects.toMatchObject({ error: { code: 'not-on-disk', names: refused } })
    await expect(shell(onDisk).dropped(transfer(...names), () => undefined)).rejects.toMatchObject({
      error: { code: 'not-on-disk' },
    })
  })

  test('files with a path are taken', async () => {
    const { arrived } = shell(['a.txt']).dropping(transfer('a.txt'), () => undefined)
    await arrived
  })
})

// Source: tachiyomiorg/tachiyomi 2290.
describe('the day', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('is another one right after midnight, and whoever shows it is told; also by a look at the window', async () => {
    vi.setSystemTime(new Date(2026, 2, 28, 23, 59, 30))
    vi.resetModules()
    const { renderHook, act } = await import('@testing-library/react')
    const { useToday } = await import('../../renderer/text/clock.ts')
    const { result } = renderHook(useToday)
    expect(result.current).toMatch(/^2026-3-28 /)
    // The clocks change in that night in many places: midnight is asked of the calendar.
    act(() => {
      vi.advanceTimersByTime(30_000)
    })
    expect(result.current).toMatch(/^2026-3-29 /)
    vi.setSystemTime(new Date(2026, 2, 31, 12))
    act(() => {
      window.dispatchEvent(new Event('focus'))
    })
    expect(result.current).toMatch(/^2026-3-31 /)
  })
})

test('another day gives other quantities, so that what is kept by them is made again', () => {
  expect(quantitiesIn('en', 'a')).toBe(quantitiesIn('en', 'a'))
  expect(quantitiesIn('en', 'b')).not.toBe(quantitiesIn('en', 'a'))
})
