import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { viewStates } from '../../electron/core/app/view-states.ts'
import { fileTexts } from '../../electron/core/store/text-store.ts'
import type { ViewState } from '../../shared/contract/models-settings.ts'

/** As version 1 is written: this text has to be read by every later version. */
const VERSION_1 =
  '{"version":1,"place":{"profileId":"p1","bucket":"b","prefix":"a/"},"panes":{"side":240,"details":300,"panel":200,"sideOpen":true,"detailsOpen":false,"panelOpen":true},"sort":{"by":"size","down":true}}'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'views-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('each shell keeps its own, over starts', async () => {
  const view = JSON.parse(VERSION_1) as ViewState
  await viewStates(fileTexts(folder), 'desktop').set(view)
  expect(await readFile(join(folder, 'view-desktop.json'), 'utf8')).toBe(VERSION_1)
  expect(await viewStates(fileTexts(folder), 'desktop').get()).toEqual(view)
  expect(await viewStates(fileTexts(folder), 'loopback').get()).toBeNull()
})

test('tabs are stored with it, and a text without them has one tab', async () => {
  const view = JSON.parse(VERSION_1) as ViewState
  expect(view.tabs).toBeUndefined()
  const place = { profileId: 'p1', bucket: 'b', prefix: 'a/' }
  const tabs = {
    list: [{ page: 'objects', place } as const, { page: 'keys', place: null } as const],
    shown: 1,
  }
  await viewStates(fileTexts(folder), 'desktop').set({ ...view, tabs })
  expect(await viewStates(fileTexts(folder), 'desktop').get()).toEqual({ ...view, tabs })
})

test.each([
  [
    'too many tabs',
    VERSION_1.replace(
      '}}',
      `},"tabs":{"shown":0,"list":${JSON.stringify(Array(41).fill({ page: 'keys', place: null }))}}}`,
    ),
  ],
  [
    'a page of a later version',
    VERSION_1.replace('}}', '},"tabs":{"shown":0,"list":[{"page":"audit","place":null}]}}'),
  ],
  ['nothing', ''],
  ['no JSON', '{'],
  ['a later version', VERSION_1.replace('"version":1', '"version":2')],
  ['a part of one', '{"version":1}'],
  ['another kind', '[]'],
])('%s is a window that opens as the first time', async (_what, text) => {
  await writeFile(join(folder, 'view-desktop.json'), text)
  expect(await viewStates(fileTexts(folder), 'desktop').get()).toBeNull()
})
