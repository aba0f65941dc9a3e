// @vitest-environment happy-dom
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { droppedRows, rowDragIn, startRowDrag } from '../../renderer/features/objects/row-drag.ts'
import { chosenRows, type Chosen } from '../../renderer/queries/chosen.ts'
import { connect } from '../../renderer/queries/core.ts'
import { useRowDrag } from '../../renderer/state/row-drag.ts'
import { ok } from '../../shared/contract/errors.ts'
import { fakeShell, type Fake } from './fake-bridge.ts'

const PLACE = { profileId: 'p', bucket: 'b', prefix: 'a/' }
const row = (key: string) => ({
  key,
  kind: 'file' as const,
  size: 1,
  modified: '',
  etag: '',
  storageClass: '',
})
const CHOSEN = chosenRows(PLACE, [row('a/x'), row('a/y')])

let fake: Fake
let isKnown = true
beforeEach(() => {
  isKnown = true
  fake = fakeShell()
  fake.handlers['drags.take'] = async () => ok(isKnown)
  connect(fake.shell)
  useRowDrag.setState({ own: null })
})

/** Starts a drag, and returns its data. */
function dragged(chosen: Chosen): string {
  let text = ''
  const transfer = { setData: (_type: string, data: string) => (text = data), effectAllowed: '' }
  startRowDrag(transfer as unknown as DataTransfer, chosen)
  expect(transfer.effectAllowed).toBe('copyMove')
  return text
}

describe('dragged rows', () => {
  test('are the same rows in their own window, and are named in another one', async () => {
    const data = dragged(CHOSEN)
    const [offer] = fake.calls.filter(({ name }) => name === 'drags.offer')
    expect(offer?.input).toEqual({ id: rowDragIn(data)?.id })
    expect(await droppedRows(data)).toBe(CHOSEN)
    window.dispatchEvent(new Event('dragend'))
    expect(await droppedRows(data)).toEqual({ ...CHOSEN, rows: [], isMore: null })
  })

  test('of another window are not mistaken for rows of a drag that never ended here', async () => {
    const other = dragged(CHOSEN)
    dragged(chosenRows(PLACE, [row('a/other')]))
    expect(await droppedRows(other)).toEqual({ ...CHOSEN, rows: [], isMore: null })
  })

  test('are refused when no window of this app started the drag', async () => {
    const data = dragged(CHOSEN)
    isKnown = false
    expect(await droppedRows(data)).toBe('foreign')
  })

  test('of a very long selection are for their own window alone', async () => {
    const many = chosenRows(
      PLACE,
      Array.from({ length: 60_000 }, (_, i) => row(`a/${String(i).padStart(20, '0')}`)),
    )
    const data = dragged(many)
    expect(data.length).toBeLessThan(1000)
    expect(await droppedRows(data)).toBe(many)
    window.dispatchEvent(new Event('dragend'))
    expect(await droppedRows(data)).toBe('tooMany')
  })
})

describe('data of another form', () => {
  const sound = () => JSON.parse(dragged(CHOSEN)) as Record<string, unknown>
  test.each<[string, (drag: Record<string, unknown>) => unknown]>([
    ['nothing', () => null],
    ['a list', (drag) => [drag]],
    ['a later version', (drag) => ({ ...drag, version: 2 })],
    ['no id', ({ id: _id, ...drag }) => drag],
    ['a long id', (drag) => ({ ...drag, id: 'x'.repeat(129) })],
    ['no place', (drag) => ({ ...drag, place: null })],
    ['a place without a bucket', (drag) => ({ ...drag, place: { ...PLACE, bucket: 1 } })],
    ['no parts', (drag) => ({ ...drag, parts: [] })],
    ['a part without keys', (drag) => ({ ...drag, parts: [{ bucket: 'b', selection: {} }] })],
    [
      'keys of another kind',
      (drag) => ({ ...drag, parts: [{ bucket: 'b', selection: { keys: [1] } }] }),
    ],
    [
      'a prefix without exceptions',
      (drag) => ({
        ...drag,
        parts: [{ bucket: 'b', selection: { keys: [], under: { prefix: '' } } }],
      }),
    ],
  ])('%s is refused, and the core is not asked', async (_what, broken) => {
    const data = JSON.stringify(broken(sound()))
    expect(await droppedRows(data)).toBe('foreign')
    expect(fake.calls.filter(({ name }) => name === 'drags.take')).toEqual([])
  })

  test('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void rowDragIn(text)))
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        rowDragIn(JSON.stringify(value))
        const drag = { ...sound(), parts: value }
        rowDragIn(JSON.stringify(drag))
      }),
    )
  })
})
