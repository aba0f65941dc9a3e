// @vitest-environment happy-dom
import fc from 'fast-check'
import { act, fireEvent, renderHook, screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import { dispatch } from '../../shared/contract/routes/dispatch.ts'
import { fail, Failure, ok, type AppError } from '../../shared/contract/errors.ts'
import type { Handlers, RouteName } from '../../shared/contract/routes/routes.ts'
import { CopyDialog } from '../../renderer/features/objects/dialogs/copy-dialog.tsx'
import { DeleteDialog } from '../../renderer/features/objects/dialogs/delete-dialog.tsx'
import { useDownload } from '../../renderer/features/objects/downloads.ts'
import { NoticeBar } from '../../renderer/features/objects/list/notice-bar.tsx'
import { inPieces } from '../../renderer/queries/pieces.ts'
import { setPanes } from '../../renderer/state/ui.ts'
import { notify, useWork } from '../../renderer/state/work.ts'
import type { Fake } from './fake-bridge.ts'
import { row, studioData } from './fake-data.ts'
import { mounted, press } from './mounted.tsx'

const place = { profileId: 'p1', bucket: 'lanstone-archive', prefix: 'many/' }
const { profiles } = studioData()
const MANY = Array.from({ length: 20_005 }, (_, i) => `many/${i}`)
const busy: AppError = {
  code: 'oss',
  status: 403,
  ossCode: 'QuotaExceeded',
  ec: '',
  message: '',
  requestId: '',
  retryAfterMs: 0,
}
const sizes = (fake: Fake, name: RouteName): readonly number[] =>
  fake.calls
    .filter((one) => one.name === name)
    .map(({ input }) => (input as { keys: unknown[] }).keys.length)

beforeEach(() =>
  act(() => {
    notify(null)
    useWork.setState({
      target: { id: 'g3', name: 'Downloads', kind: 'folder', size: null },
      taking: null,
      sending: null,
    })
    setPanes({ panelOpen: false })
  }),
)

test('any split: every one once, in order, and what was done before a failure is told', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer(), { maxLength: 60 }),
      fc.integer({ min: 1, max: 9 }),
      fc.option(fc.nat(8)),
      async (all, most, failing) => {
        const sent: number[][] = []
        const { results, done, error } = await inPieces(all, most, async (piece) => {
          if (sent.length === failing) throw new Failure(busy)
          sent.push(piece)
          return piece.length
        })
        expect(sent.every((piece) => piece.length <= most && piece.length > 0)).toBe(true)
        expect(sent.flat()).toEqual(all.slice(0, done))
        expect(results.reduce((sum, one) => sum + one, 0)).toBe(done)
        expect(error).toEqual(done === all.length ? null : busy)
      },
    ),
  )
})

describe('deleting 20,005', () => {
  const open = (prepare: (fake: Fake) => void, keys: readonly string[] = MANY) =>
    mounted(
      <DeleteDialog place={place} keys={keys} onClose={() => useWork.setState({ taking: 1 })} />,
      prepare,
    )

  test('goes in pieces, and ends as one', async () => {
    const fake = open((one) => {
      one.handlers['objects.remove'] = async ({ keys }) => ok({ removed: keys.length, missing: [] })
    })
    press('Delete')
    await waitFor(() => expect(useWork.getState().taking).toBe(1), { timeout: 8000 })
    expect(sizes(fake, 'objects.remove').reduce((sum, one) => sum + one, 0)).toBe(20_005)
    expect(Math.max(...sizes(fake, 'objects.remove'))).toBe(1000)
  })

  test('Stop ends it after what is under way, and says what was done and what not', async () => {
    let release: () => void = () => undefined
    const fake = open((one) => {
      one.handlers['objects.remove'] = ({ keys }) =>
        new Promise((resolve) => {
          const answer = () => resolve(ok({ removed: keys.length, missing: [] }))
          if (sizes(one, 'objects.remove').length < 3) answer()
          else release = answer
        })
    })
    press('Delete')
    expect(await screen.findByText('2,000 of 20,005 deleted')).toBeTruthy()
    press('Stop')
    release()
    expect(
      await screen.findByText(
        'Stopped. 3,000 of 20,005 items were deleted, and the others are still there.',
      ),
    ).toBeTruthy()
    expect(sizes(fake, 'objects.remove')).toHaveLength(3)
    press('Close')
    expect(useWork.getState().taking).toBe(1)
  })

  test('a refusal half-way says the same, and why', async () => {
    open((one) => {
      one.handlers['objects.remove'] = async ({ keys }) =>
        sizes(one, 'objects.remove').length > 4
          ? fail(busy)
          : ok({ removed: keys.length, missing: [] })
    })
    press('Delete')
    expect(
      await screen.findByText(
        '4,000 of 20,005 items were deleted, and the others are still there.',
      ),
    ).toBeTruthy()
    expect(
      screen
        .getAllByRole('alert')
        .map((one) => one.textContent)
        .join(),
    ).toMatch(/QuotaExceeded/)
  })

  test('a folder is given up where it stands, and that it may be half there is said', async () => {
    const fake = open(
      (one) => {
        one.handlers['objects.remove'] = ({ keys }, signal) =>
          keys[0]?.endsWith('/') === true
            ? new Promise((resolve) =>
                signal.addEventListener('abort', () => resolve(fail({ code: 'cancelled' }))),
              )
            : Promise.resolve(ok({ removed: keys.length, missing: [] }))
      },
      ['many/a.txt', 'many/sub/'],
    )
    press('Delete')
    await waitFor(() => expect(sizes(fake, 'objects.remove')).toEqual([1, 1]))
    press('Stop')
    expect(
      await screen.findByText(
        'Stopped. 1 of 2 items were deleted, and the others are still there. Some of the contents of “sub” may be deleted.',
      ),
    ).toBeTruthy()
  })

  test('what is listed is counted from the list, and OSS is asked for folders only', async () => {
    const fake = open((one) => {
      one.data.rows['lanstone-archive/many/'] = []
      one.handlers['objects.count'] = async ({ keys }) =>
        ok({ objects: keys.length, bytes: 10 * keys.length })
    })
    expect(await screen.findByText(/^20,005 objects/)).toBeTruthy()
    expect(sizes(fake, 'objects.count')).toEqual([10_000, 10_000, 5])
  })
})

test('copying 20,005 goes in pieces', async () => {
  const fake = mounted(
    <CopyDialog
      place={place}
      keys={MANY}
      move={false}
      profiles={profiles}
      onClose={() => useWork.setState({ taking: 1 })}
    />,
  )
  const folder = await screen.findByLabelText('Folder')
  fireEvent.change(folder, { target: { value: 'other/' } })
  press('Copy')
  await waitFor(() => expect(useWork.getState().taking).toBe(1), { timeout: 8000 })
  expect(sizes(fake, 'copies.start')).toEqual([10_000, 10_000, 5])
})

describe('downloading 20,005', () => {
  const rows = MANY.map((key) => row(key, 1, ''))
  const starter = () => renderHook(() => useDownload()).result.current

  test('goes in pieces, with its progress and Stop above the list', async () => {
    const held: (() => void)[] = []
    const fake = mounted(<NoticeBar keys={[]} />, (one) => {
      one.handlers['downloads.start'] = ({ keys }) =>
        new Promise((resolve) => held.push(() => resolve(ok(keys.slice(0, 1)))))
    })
    const download = starter()
    const under = download(place, rows, { raw: false })
    expect(await screen.findByText('0 of 20,005 added')).toBeTruthy()
    held[0]?.()
    expect(await screen.findByText('10,000 of 20,005 added')).toBeTruthy()
    press('Stop')
    held[1]?.()
    await under
    expect(
      await screen.findByText('Stopped. 20,000 of 20,005 were added to the transfers.'),
    ).toBeTruthy()
    expect(sizes(fake, 'downloads.start')).toEqual([10_000, 10_000])
  })

  test('a refusal of the second piece says what was begun', async () => {
    mounted(<NoticeBar keys={[]} />, (one) => {
      one.handlers['downloads.start'] = async ({ keys }) =>
        sizes(one, 'downloads.start').length > 1
          ? fail({ code: 'disk-full', path: '/d', needed: 0 })
          : ok(keys.slice(0, 1))
    })
    const download = starter()
    await act(() => download(place, rows, { raw: true }))
    const notice = (await screen.findByText(/10,000 of 20,005 were added/)).closest<HTMLElement>(
      '.note',
    )
    expect(within(notice ?? document.body).getByText(/The disk of \/d is full/)).toBeTruthy()
  })
})

test.each([
  ['uploads.plan', { ...place, grants: Array.from({ length: 100_000 }, (_, i) => `g${i}`) }, null],
  ['offline.pair', { grants: Array.from({ length: 100_000 }, (_, i) => `g${i}`) }, null],
  [
    'uploads.plan',
    { ...place, grants: Array.from({ length: 100_001 }, (_, i) => `g${i}`) },
    100_000,
  ],
  ['objects.remove', { profileId: 'p', bucket: 'bbb', keys: MANY }, 10_000],
  [
    'keys.addCommand',
    {
      name: 'a',
      description: '',
      style: 'compact',
      program: 'g',
      args: Array.from({ length: 101 }, () => 'x'),
      wrapAlgorithm: 'a',
      timeoutSeconds: 1,
    },
    100,
  ],
] as const)('%s: a list that is too long is named with its limit', async (name, input, limit) => {
  const handlers = { [name]: async () => ok(null) } as unknown as Handlers
  const answer = await dispatch(handlers, name, input, new AbortController().signal)
  expect(answer).toEqual(limit === null ? ok(null) : fail({ code: 'too-many', limit }))
})

test('12,000 paths chosen in the page are granted', async () => {
  mounted(<></>, (one) => {
    one.handlers['local.grant'] = async ({ paths }) =>
      ok(paths.map((path) => ({ id: path, name: path, kind: 'file' as const, size: 1 })))
  })
  const { useGrantPaths } = await import('../../renderer/queries/local.ts')
  const { QueryClientProvider } = await import('@tanstack/react-query')
  const { createClient } = await import('../../renderer/queries/core.ts')
  const client = createClient()
  const { result } = renderHook(() => useGrantPaths(false), {
    wrapper: ({ children }) => (
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    ),
  })
  const grants = await act(() =>
    result.current.mutateAsync(Array.from({ length: 12_000 }, (_, i) => `/f/${i}`)),
  )
  expect(grants).toHaveLength(12_000)
})
