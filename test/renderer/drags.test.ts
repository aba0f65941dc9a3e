// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  dropIntoFolders,
  useDropTarget,
} from '../../renderer/features/objects/upload/drop-target.ts'
import type { Place } from '../../renderer/queries/objects.ts'
import { addDropZone, ROWS_TYPE } from '../../renderer/ui/drop/drop-zones.ts'

const HERE: Place = { profileId: 'p', bucket: 'b', prefix: '' }
const NODE: Place = { profileId: 'p', bucket: 'b', prefix: 'node/' }

let dropped: string[] = []
let takes = false
let stop = () => {}
beforeEach(() => {
  dropped = []
  document.body.innerHTML = `<div class="mid-pane"><p id="row" data-folder="letters/"></p><p id="empty"></p></div><p id="node"></p><aside id="details"></aside>`
  document.getElementById('node')?.setAttribute('data-place', JSON.stringify(NODE))
  stop = dropIntoFolders({
    here: () => HERE,
    onDrop: (place) => dropped.push(place.prefix),
    onRefused: (why) => dropped.push(why),
    takesRows: () => takes,
    onRows: (place, copy, data) =>
      dropped.push(`${copy ? 'copy' : 'move'} ${data} to ${place.prefix}`),
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
    getData: (type: string) => (type === ROWS_TYPE ? 'data' : ''),
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
  const said = useDropTarget.getState().target?.prefix ?? null
  fire('drop', id, 1000)
  expect(dropped).toEqual(expected)
  if (said !== null) expect(dropped.at(-1)).toBe(said)
  expect(useDropTarget.getState().target).toBeNull()
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

test('an inner zone comes before the page, and lets go when the pointer leaves it', () => {
  document.body.insertAdjacentHTML('beforeend', '<div id="zone"><p id="in-zone"></p></div>')
  const log: string[] = []
  const remove = addDropZone(document.getElementById('zone') as Element, {
    over: () => log.push('over') > 0,
    left: () => log.push('left'),
    drop: () => log.push('drop'),
    refuse: (why) => log.push(why),
  })
  expect(fire('dragover', 'in-zone', 0).dropEffect).toBe('copy')
  fire('dragover', 'empty', 10)
  fire('drop', 'in-zone', 20)
  fire('drop', 'in-zone', 30, ['text/plain'])
  expect(log).toEqual(['over', 'left', 'drop', 'left', 'notFiles', 'left'])
  expect(dropped).toEqual([])
  remove()
  fire('drop', 'in-zone', 40)
  expect(dropped).toEqual(['elsewhere'])
})

test('while a dialog is open, a zone in it takes files, and a zone behind it takes none', () => {
  document.body.insertAdjacentHTML(
    'beforeend',
    '<div id="behind"></div><div role="dialog"><p id="inside"></p></div>',
  )
  const log: string[] = []
  const zones = ['behind', 'inside'].map((id) =>
    addDropZone(document.getElementById(id) as Element, {
      over: () => true,
      left: () => undefined,
      drop: () => log.push(id),
      refuse: (why) => log.push(`${id} ${why}`),
    }),
  )
  fire('drop', 'behind', 0)
  fire('drop', 'inside', 0)
  expect([...dropped, ...log]).toEqual(['dialog', 'inside'])
  for (const remove of zones) remove()
})

test('rows go to a folder at once, and to the open folder where it takes them', () => {
  const rows = (type: string, id: string) => fire(type, id, 0, [ROWS_TYPE]).dropEffect
  expect(rows('dragover', 'row')).toBe('move')
  expect(useDropTarget.getState().folder?.prefix).toBe('letters/')
  rows('drop', 'row')
  rows('drop', 'node')
  expect(rows('dragover', 'empty')).toBe('none')
  rows('drop', 'empty')
  takes = true
  expect(rows('dragover', 'empty')).toBe('move')
  expect(useDropTarget.getState()).toEqual({ target: null, folder: HERE })
  rows('drop', 'empty')
  expect(rows('dragover', 'details')).toBe('none')
  rows('drop', 'details')
  expect(dropped).toEqual(['move data to letters/', 'move data to node/', 'move data to '])
  takes = false
})
