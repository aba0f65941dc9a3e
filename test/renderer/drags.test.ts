// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test } from 'vitest'
import { useDrag, watchDrags } from '../../renderer/features/objects/list/drags.ts'
import type { Place } from '../../renderer/queries/objects.ts'

const HERE: Place = { profileId: 'p', bucket: 'b', prefix: '' }
const NODE: Place = { profileId: 'p', bucket: 'b', prefix: 'node/' }

let dropped: string[] = []
let stop = () => {}
beforeEach(() => {
  dropped = []
  document.body.innerHTML = `<div class="mid-pane"><p id="row" data-folder="letters/"></p><p id="empty"></p></div><p id="node"></p><aside id="details"></aside>`
  document.getElementById('node')?.setAttribute('data-place', JSON.stringify(NODE))
  stop = watchDrags(window, {
    here: () => HERE,
    onDrop: (place) => dropped.push(place.prefix),
    onRefused: (why) => dropped.push(why),
    onOpen: (place) => dropped.push(`opened ${place.prefix}`),
  })
})
afterEach(() => stop())

function fire(
  type: string,
  id: string,
  at: number,
  types: readonly string[] = ['Files'],
): DataTransfer {
  const event = new Event(type, { bubbles: true, cancelable: true })
  const dataTransfer = {
    types,
    items: types.map((type) => ({ kind: type === 'Files' ? 'file' : 'string' })),
    dropEffect: '',
  } as unknown as DataTransfer
  Object.defineProperties(event, {
    timeStamp: { value: at },
    dataTransfer: { value: dataTransfer },
  })
  document.getElementById(id)?.dispatchEvent(event)
  return dataTransfer
}
const over = (id: string, ...times: readonly number[]) =>
  times.forEach((at) => fire('dragover', id, at))

test.each([
  // Source: the design's section 7: a folder is the target after 300 ms, and opens after 800 ms.
  ['on the empty list', 'empty', [0, 50], ['']],
  ['on a folder that was only passed over: where the card said', 'row', [0, 299], ['']],
  ['on a folder after 300 ms', 'row', [0, 300], ['letters/']],
  ['on a folder that opened', 'row', [0, 300, 800], ['opened letters/', 'letters/']],
  ['on a node of the tree, at once', 'node', [0], ['node/']],
  ['on the details', 'details', [0, 900], ['elsewhere']],
] as const)('dropped %s', (_, id, times, expected) => {
  over(id, ...times)
  const said = useDrag.getState().target?.prefix ?? null
  fire('drop', id, 1000)
  expect(dropped).toEqual(expected)
  if (said !== null) expect(dropped.at(-1)).toBe(said)
  expect(useDrag.getState().target).toBeNull()
})

test('text is refused, and the details take nothing', () => {
  fire('drop', 'empty', 0, ['text/plain'])
  expect(dropped).toEqual(['notFiles'])
  expect(fire('dragover', 'details', 0).dropEffect).toBe('none')
})

// Source: FineUploader/fine-uploader 193; element-hq/element-web 17428.
test('an empty drop, and a drop under a dialog, are refused with the reason', () => {
  const empty = new Event('drop', { bubbles: true, cancelable: true })
  Object.defineProperty(empty, 'dataTransfer', { value: { types: ['Files'], items: [] } })
  document.getElementById('empty')?.dispatchEvent(empty)
  document.body.insertAdjacentHTML('beforeend', '<div role="dialog"><p id="inside"></p></div>')
  fire('drop', 'inside', 0)
  fire('drop', 'empty', 0)
  expect(dropped).toEqual(['notFiles', 'dialog', 'dialog'])
  expect(fire('dragover', 'inside', 0).dropEffect).toBe('copy')
})

test('a file over a field is not the field’s: the browser would leave the page for it; text is', () => {
  document.body.insertAdjacentHTML('beforeend', '<div class="mid-pane"><input id="field"></div>')
  fire('drop', 'field', 0)
  expect(dropped).toEqual([''])
  fire('drop', 'field', 0, ['text/plain'])
  expect(dropped).toEqual([''])
})
