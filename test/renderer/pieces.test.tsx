// @vitest-environment happy-dom
import fc from 'fast-check'
import { act, fireEvent, renderHook, screen, waitFor } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import { dispatch } from '../../shared/contract/routes/dispatch.ts'
import { fail, Failure, ok, type AppError } from '../../shared/contract/errors.ts'
import type { Handlers, RouteName } from '../../shared/contract/routes/routes.ts'
import { CopyDialog } from '../../renderer/features/objects/dialogs/copy-dialog.tsx'
import { DeleteDialog } from '../../renderer/features/objects/dialogs/delete-dialog.tsx'
import { useDownload } from '../../renderer/features/objects/downloads.ts'
import { NoticeBar } from '../../renderer/features/objects/list/notice-bar.tsx'
import { chosenOf, chosenRows } from '../../renderer/queries/chosen.ts'
import { inPieces } from '../../renderer/queries/pieces.ts'
import { setPanes, useUi } from '../../renderer/state/ui.ts'
import { notify, useWork } from '../../renderer/state/work.ts'
import type { Fake } from './fake-bridge.ts'
import { row, studioData } from './fake-data.ts'
import { lastCall, mounted, press } from './mounted.tsx'

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

const chosen = chosenRows(
  place,
  MANY.map((key) => row(key, 1, '')),
)
const onClose = () => useWork.setState({ taking: 1 })
const isClosed = () => waitFor(() => expect(useWork.getState().taking).toBe(1))

describe('a list of 20,005', () => {
  test('is deleted by one transfer, and counted from the list', async () => {
    const fake = mounted(<DeleteDialog chosen={chosen} onClose={onClose} />, (one) => {
      one.handlers['deletes.start'] = async () => ok({ ids: ['t'], missing: [] })
    })
    expect(await screen.findByText(/^20,005 objects, /)).toBeTruthy()
    press('Delete')
    await isClosed()
    expect([sizes(fake, 'deletes.start'), sizes(fake, 'objects.count')]).toEqual([[20_005], []])
    expect(useUi.getState().panes.panelOpen).toBe(true)
  })

  test('a refusal is said in the dialog, which stays', async () => {
    mounted(<DeleteDialog chosen={chosen} onClose={onClose} />, (one) => {
      one.handlers['deletes.start'] = async () => fail(busy)
    })
    press('Delete')
    expect(await screen.findByText(/QuotaExceeded/)).toBeTruthy()
    expect(useWork.getState().taking).toBe(null)
  })

  test('is copied by one call', async () => {
    const fake = mounted(
      <CopyDialog chosen={chosen} move={false} profiles={profiles} onClose={onClose} />,
    )
    fireEvent.change(await screen.findByLabelText('Folder'), { target: { value: 'other/' } })
    press('Copy')
    await isClosed()
    expect(sizes(fake, 'copies.start')).toEqual([20_005])
  })

  test('is downloaded by one call', async () => {
    const fake = mounted(<NoticeBar keys={[]} />)
    const download = renderHook(() => useDownload()).result.current
    await act(() => download(chosen, { raw: true }))
    expect(sizes(fake, 'downloads.start')).toEqual([20_005])
  })
})

test('few objects are deleted at once, and no transfer is made', async () => {
  const few = chosenRows(place, [row('many/a', 1, ''), row('many/b', 1, '')])
  const fake = mounted(<DeleteDialog chosen={few} onClose={onClose} />)
  press('Delete')
  await isClosed()
  expect([sizes(fake, 'objects.remove'), sizes(fake, 'deletes.start')]).toEqual([[2], []])
})

test('a folder that is listed in part is chosen as a whole, counted while the dialog is open', async () => {
  const all = chosenOf(
    place,
    { ...place, depth: 'level' },
    { keys: new Set(['many/7']), all: true },
    { total: 20_006, buckets: [] },
  )
  const under = { prefix: 'many/', except: ['many/7'] }
  expect(all.parts).toEqual([{ bucket: place.bucket, selection: { keys: [], under } }])
  let goOn: () => void = () => undefined
  const fake = mounted(<DeleteDialog chosen={all} onClose={onClose} />, (one) => {
    one.handlers['deletes.start'] = async () => ok({ ids: ['t'], missing: [] })
    one.handlers['objects.count'] = ({ cursor }) =>
      cursor === 'next'
        ? new Promise((resolve) => {
            goOn = () => resolve(ok({ objects: 10_004, bytes: 0, cursor: null }))
          })
        : Promise.resolve(ok({ objects: 10_000, bytes: 1000, cursor: 'next' }))
  })
  expect(
    await screen.findByRole('dialog', { name: 'Delete everything in “many” except 1 item?' }),
  ).toBeTruthy()
  expect(await screen.findByText(/^10,000 objects so far, /)).toBeTruthy()
  act(() => goOn())
  expect(await screen.findByText(/^20,004 objects, /)).toBeTruthy()
  press('Delete')
  await isClosed()
  expect(lastCall(fake, 'deletes.start')).toMatchObject({ keys: [], under })
})

test('all rows of a search without a condition are those rows, and not the folder', async () => {
  const scope = { ...place, bucket: null, prefix: '', depth: 'below' } as const
  const all = chosenOf(
    place,
    scope,
    { keys: new Set(), all: true, filter: {} },
    { total: 5000, buckets: ['bbb', 'ccc'] },
  )
  const query = { scope: { ...scope, bucket: 'ccc' }, filter: {}, except: [] }
  expect(all.parts[1]).toEqual({ bucket: 'ccc', selection: { keys: [], query } })
  mounted(<DeleteDialog chosen={all} onClose={onClose} />)
  expect(
    await screen.findByRole('dialog', { name: 'Delete all 5,000 items that match?' }),
  ).toBeTruthy()
})

test.each([
  ['objects.remove', { profileId: 'p', bucket: 'bbb', keys: MANY }],
  ['deletes.start', { profileId: 'p', bucket: 'bbb', keys: MANY, itself: MANY }],
  ['objects.count', { profileId: 'p', bucket: 'bbb', keys: MANY }],
] as const)('%s takes a list of any length', async (name, input) => {
  const handlers = { [name]: async () => ok(null) } as unknown as Handlers
  expect(await dispatch(handlers, name, input, new AbortController().signal)).toEqual(ok(null))
})

test.each([
  ['uploads.plan', { ...place, grants: Array.from({ length: 100_000 }, (_, i) => `g${i}`) }, null],
  ['offline.pair', { grants: Array.from({ length: 100_000 }, (_, i) => `g${i}`) }, null],
  [
    'uploads.plan',
    { ...place, grants: Array.from({ length: 100_001 }, (_, i) => `g${i}`) },
    100_000,
  ],
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
