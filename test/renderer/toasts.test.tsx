// @vitest-environment happy-dom
import { act, fireEvent, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { sayCopied } from '../../renderer/features/toasts/after-copy.ts'
import { sayDeleted } from '../../renderer/features/toasts/after-delete.ts'
import { sayFolder } from '../../renderer/features/toasts/after-folder.ts'
import { ToastBar } from '../../renderer/features/toasts/toast-bar.tsx'
import {
  awaitTransfers,
  dropTransfers,
  noteTransfers,
} from '../../renderer/state/awaited-transfers.ts'
import { dismissToast, showToast, undoToast, useToast } from '../../renderer/state/toast.ts'
import { useUi } from '../../renderer/state/ui.ts'
import { useWork } from '../../renderer/state/work.ts'
import { quantitiesIn } from '../../renderer/text/quantities.ts'
import { textIn } from '../../renderer/text/use-text.tsx'
import { ok } from '../../shared/contract/errors.ts'
import type { ObjectFacts } from '../../shared/contract/models.ts'
import type { Transfer } from '../../shared/contract/models-transfers.ts'
import type { In } from '../../shared/contract/routes/routes.ts'
import { mounted } from './mounted.tsx'

const t = textIn('en')
const q = quantitiesIn('en', 'today')
const PLACE = { profileId: 'p1', bucket: 'bbb', prefix: 'in/' }
const words = { t, q, known: () => undefined }
const shown = () => useToast.getState().toast

afterEach(() => {
  dismissToast()
  vi.useRealTimers()
})

describe('the bar', () => {
  beforeEach(() => {
    mounted(<ToastBar />)
    useUi.setState({ page: 'objects', place: PLACE })
  })

  test('is one status, and its message ends after its time, not under the pointer', () => {
    vi.useFakeTimers()
    act(() => showToast({ text: 'Copied.' }))
    expect(screen.getByRole('status').textContent).toContain('Copied.')
    fireEvent.pointerEnter(screen.getByText('Copied.').parentElement as Element)
    act(() => void vi.advanceTimersByTime(60_000))
    expect(shown()?.text).toBe('Copied.')
    fireEvent.pointerLeave(screen.getByText('Copied.').parentElement as Element)
    act(() => void vi.advanceTimersByTime(8000))
    expect(shown()).toBeNull()
    act(() => showToast({ text: 'Deleted.', undo: async () => undefined }))
    act(() => void vi.advanceTimersByTime(19_999))
    expect(shown()).not.toBeNull()
    act(() => void vi.advanceTimersByTime(1))
    expect(shown()).toBeNull()
  })

  test('Show leads to another folder, and is not there where the thing is', () => {
    act(() => showToast({ text: 'x', shown: { kind: 'objects', place: PLACE, keys: ['in/a'] } }))
    act(() => useUi.setState({ place: { ...PLACE, prefix: 'other/' } }))
    fireEvent.click(screen.getByRole('button', { name: 'Show' }))
    expect(useUi.getState().place).toEqual(PLACE)
    expect(shown()).toBeNull()
  })

  test('Undo runs once, and Esc dismisses', async () => {
    const undo = vi.fn(async () => undefined)
    act(() => showToast({ text: 'x', undo }))
    fireEvent.click(screen.getByRole('button', { name: /^Undo/ }))
    undoToast()
    expect(undo).toHaveBeenCalledTimes(1)
    act(() => showToast({ text: 'y', undo }))
    fireEvent.keyDown(screen.getByText('y'), { key: 'Escape' })
    expect(shown()).toBeNull()
    expect(undo).toHaveBeenCalledTimes(1)
  })

  test('an Undo that fails is a problem above the list', async () => {
    act(() =>
      showToast({
        text: 'x',
        undo: () => Promise.reject(new Error('no')),
      }),
    )
    undoToast()
    await waitFor(() => expect(useWork.getState().notice).not.toBeNull())
    useWork.setState({ notice: null })
  })
})

describe('a deletion', () => {
  test('has an Undo only where a marker stands for every object', async () => {
    const fake = mounted(null)
    sayDeleted(t, q, PLACE, [
      { bucket: 'bbb', keys: ['in/a', 'in/b'], markers: [{ key: 'in/a', versionId: 'v' }] },
    ])
    expect(shown()).toMatchObject({ text: '2 files were deleted for good.' })
    expect(shown()?.undo).toBeUndefined()
    sayDeleted(t, q, PLACE, [
      { bucket: 'bbb', keys: ['in/a'], markers: [{ key: 'in/a', versionId: 'v' }] },
    ])
    expect(shown()?.text).toBe('“a” was deleted.')
    undoToast()
    await waitFor(() => expect(shown()?.text).toBe('“a” was restored.'))
    expect(fake.calls.at(-1)).toEqual({
      name: 'objects.restore',
      input: { profileId: 'p1', bucket: 'bbb', markers: [{ key: 'in/a', versionId: 'v' }] },
    })
    fake.handlers['objects.restore'] = async () => ok({ restored: [], taken: ['in/a'] })
    sayDeleted(t, q, PLACE, [
      { bucket: 'bbb', keys: ['in/a'], markers: [{ key: 'in/a', versionId: 'v' }] },
    ])
    undoToast()
    await waitFor(() => expect(shown()?.text).toMatch(/^0 of 1 restored/))
  })
})

describe('a new folder', () => {
  test.each([
    ['empty', [], 'Folder “new” was removed.', ['in/new/']],
    ['no longer empty', ['in/new/file'], '“new” is not empty any more, so it stays.', null],
  ])('that is %s', async (_what, keys, text, removed) => {
    const fake = mounted(null)
    fake.handlers['objects.list'] = async () =>
      ok({
        rows: keys.map((key) => ({
          key,
          kind: 'file' as const,
          size: 1,
          modified: '',
          etag: '',
          storageClass: '',
        })),
        cursor: null,
      })
    sayFolder(t, PLACE, 'in/new/')
    undoToast()
    await waitFor(() => expect(shown()?.text).toBe(text))
    const call = fake.calls.find(({ name }) => name === 'objects.remove')
    expect(call === undefined ? null : (call.input as In<'objects.remove'>).keys).toEqual(removed)
  })
})

describe('a move', () => {
  const input: In<'copies.start'> = {
    from: { profileId: 'p1', bucket: 'bbb' },
    keys: ['in/a', 'in/b'],
    to: { profileId: 'p1', bucket: 'bbb' },
    toPrefix: 'out/',
    toKey: null,
    move: true,
    existing: 'skip',
  }
  const ended = (...keys: readonly string[]) =>
    keys.map(
      (key) =>
        ({
          id: key,
          phase: 'done',
          outcome: { skipped: false, copied: { key, inside: true } },
        }) as unknown as Transfer,
    )
  /** The objects of the bucket by key; a name that is not here is not found. */
  const facts = (objects: Readonly<Record<string, string>>) =>
    (async ({ key }: { readonly key: string }) =>
      key in objects
        ? ok({ key, etag: objects[key], modified: 'm' } as unknown as ObjectFacts)
        : {
            ok: false as const,
            error: { code: 'not-found' as const, what: 'object' as const, name: key },
          }) as never

  test('is taken back object by object, and never over a name that is taken by now', async () => {
    const fake = mounted(null)
    fake.handlers['objects.facts'] = facts({ 'out/a': '1', 'out/b': '2' })
    await sayCopied(words, input, ended('out/a', 'out/b'))
    expect(shown()?.text).toBe('2 files were moved to out.')
    // Somebody wrote a new in/b meanwhile.
    fake.handlers['objects.facts'] = facts({ 'out/a': '1', 'out/b': '2', 'in/b': '3' })
    fake.handlers['copies.start'] = async () => ok(['back'])
    undoToast()
    await waitFor(() =>
      expect(fake.calls.filter(({ name }) => name === 'copies.start')).toHaveLength(1),
    )
    expect(fake.calls.findLast(({ name }) => name === 'copies.start')?.input).toMatchObject({
      keys: ['out/a'],
      toKey: 'in/a',
      move: true,
      existing: 'fail',
    })
    // It says so when the move has ended, and not before.
    expect(shown()).toBeNull()
    await waitFor(() => {
      noteTransfers([{ id: 'back', phase: 'done' } as Transfer])
      expect(shown()?.text).toMatch(/^1 of 2 files are back/)
    })
  })

  test('of a folder is taken back object by object, and what came into it stays there', async () => {
    const fake = mounted(null)
    const moved = { 'out/f/': '0', 'out/f/x': '1', 'out/f/deep/y': '2', 'out/b': '3' }
    fake.handlers['objects.facts'] = facts(moved)
    fake.handlers['objects.list'] = async () => ok({ rows: [], cursor: null })
    fake.handlers['copies.start'] = async () => ok(['back'])
    await sayCopied(words, { ...input, keys: ['in/f/', 'in/b'] }, ended(...Object.keys(moved)))
    // Something new came into the folder, and one object of it is another one by now.
    fake.handlers['objects.facts'] = facts({ ...moved, 'out/f/new': '4', 'out/f/x': 'other' })
    undoToast()
    const starts = () => fake.calls.filter(({ name }) => name === 'copies.start')
    await waitFor(() => expect(starts()).toHaveLength(3))
    expect(
      starts().map(({ input: one }) => {
        const { keys, itself, toKey, existing } = one as In<'copies.start'>
        return [keys, itself, toKey, existing]
      }),
    ).toEqual([
      [['out/f/'], ['out/f/'], 'in/f/', 'fail'],
      [['out/f/deep/y'], undefined, 'in/f/deep/y', 'fail'],
      [['out/b'], undefined, 'in/b', 'fail'],
    ])
    await waitFor(() => {
      noteTransfers([{ id: 'back', phase: 'done' } as Transfer])
      expect(shown()).toMatchObject({ text: expect.stringMatching(/^3 of 4/) as string })
    })
    expect(shown()?.shown).toMatchObject({ place: PLACE, keys: ['in/f/', 'in/b'] })
  })

  test('that gave a folder another name is taken back under the old one', async () => {
    const fake = mounted(null)
    fake.handlers['objects.facts'] = facts({ 'in/new/x': '1' })
    fake.handlers['copies.start'] = async () => ok(['back'])
    const renamed = { ...input, keys: ['in/old/'], toPrefix: null, toKey: 'in/new/' }
    await sayCopied(words, renamed, ended('in/new/x'))
    fake.handlers['objects.facts'] = facts({ 'in/new/x': '1' })
    undoToast()
    await waitFor(() =>
      expect(fake.calls.findLast(({ name }) => name === 'copies.start')?.input).toMatchObject({
        keys: ['in/new/x'],
        toKey: 'in/old/x',
      }),
    )
  })

  test.each([
    ['copies are removed again', {}, ['out/a', 'out/f/x'], '2 copies were removed again.'],
    ['a copy that changed stays', { 'out/a': 'other' }, ['out/f/x'], '1 of 2 copies'],
    ['changed copies stay', { 'out/a': 'other', 'out/f/x': 'other' }, null, '0 of 2 copies'],
  ])('of copies: %s', async (_what, changed, removed, text) => {
    const fake = mounted(null)
    const copies = { 'out/a': '1', 'out/f/x': '2' }
    fake.handlers['objects.facts'] = facts(copies)
    await sayCopied(
      words,
      { ...input, move: false, keys: ['in/a', 'in/f/'] },
      ended(...Object.keys(copies)),
    )
    fake.handlers['objects.facts'] = facts({ ...copies, ...changed })
    undoToast()
    await waitFor(() => expect(shown()?.text).toContain(text))
    const call = fake.calls.find(({ name }) => name === 'objects.remove')
    expect(call === undefined ? null : (call.input as In<'objects.remove'>).keys).toEqual(removed)
  })

  test('leaves an object that changed meanwhile', async () => {
    const fake = mounted(null)
    fake.handlers['objects.facts'] = facts({ 'out/a': '1', 'out/b': '2' })
    await sayCopied(words, input, ended('out/a', 'out/b'))
    fake.handlers['objects.facts'] = facts({ 'out/a': 'other', 'out/b': 'other' })
    undoToast()
    await waitFor(() => expect(shown()?.text).toMatch(/^0 of 2/))
    expect(fake.calls.some(({ name }) => name === 'copies.start')).toBe(false)
  })

  test.each<[string, Partial<In<'copies.start'>>, readonly string[]]>([
    [
      'a copy that may have replaced something',
      { move: false, existing: 'replace' },
      ['out/a', 'out/b'],
    ],
    ['a move that may have replaced something', { existing: 'replace' }, ['out/a', 'out/b']],
    ['a move of which a part was skipped', {}, ['out/a']],
    ['a move under other names', {}, ['out/a', 'out/b (2)']],
    ['a folder of which nothing is known', { keys: ['in/f/', 'in/b'] }, ['out/b']],
    [
      'more objects than an Undo takes',
      { keys: ['in/f/'] },
      Array.from({ length: 201 }, (_, n) => `out/f/${n}`),
    ],
    ['another account', { to: { profileId: 'p2', bucket: 'ccc' } }, ['out/a', 'out/b']],
  ])('%s has no Undo', async (_what, over, keys) => {
    const fake = mounted(null)
    fake.handlers['objects.facts'] = facts(Object.fromEntries(keys.map((key) => [key, '1'])))
    await sayCopied(words, { ...input, ...over }, ended(...keys))
    expect(shown()?.text).toMatch(/\bout\b/)
    expect(shown()?.undo).toBeUndefined()
  })
})

test('transfers that failed or left the list say nothing', () => {
  const said = vi.fn()
  const one = (id: string, phase: Transfer['phase']) => ({ id, phase }) as Transfer
  awaitTransfers(['a', 'b'], () => undefined, said)
  noteTransfers([one('a', 'done'), one('b', 'failed')])
  noteTransfers([one('b', 'done')])
  awaitTransfers(['c', 'd'], () => undefined, said)
  dropTransfers(['d'])
  noteTransfers([one('c', 'done'), one('d', 'done')])
  expect(said).not.toHaveBeenCalled()
  awaitTransfers(['e', 'f'], (id) => (id === 'e' ? one('e', 'done') : undefined), said)
  noteTransfers([one('f', 'running')])
  expect(said).not.toHaveBeenCalled()
  noteTransfers([one('f', 'done')])
  expect(said.mock.calls[0]?.[0]).toHaveLength(2)
})
