// @vitest-environment happy-dom
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import { Dialogs } from '../../renderer/features/frame/dialogs.tsx'
import {
  changeOf,
  headerFormOf,
  rowFaults,
  valueFault,
  type HeaderForm,
} from '../../renderer/features/objects/dialogs/header-form.ts'
import { ObjectsPage } from '../../renderer/features/objects/objects-page.tsx'
import { resetSelection, useSelection } from '../../renderer/state/selection.ts'
import { setPanes, useUi } from '../../renderer/state/ui.ts'
import { ask } from '../../renderer/state/work.ts'
import { fail, ok, type AppError } from '../../shared/contract/errors.ts'
import type { ObjectFacts } from '../../shared/contract/models.ts'
import { routes } from '../../shared/contract/routes/routes.ts'
import { studioData } from './fake-data.ts'
import { called, choose, isOff, lastCall, mounted, press, type } from './mounted.tsx'

/**
 * Headers of a stored object are edited: only what was changed leaves, and nothing that opens the
 * object is among it.
 */

const C = 'contracts/2026/'
const place = { profileId: 'p1', bucket: 'lanstone-archive', prefix: C }
const SIGNED = `${C}2026-09-14_Master-Services-Agreement_Lanstone-Design_and_Hafenkontor-Logistik-GmbH_v7_signed.pdf`
const { profiles, keys } = studioData()

const facts = (over: Partial<ObjectFacts>): ObjectFacts => ({
  key: 'k',
  size: 1,
  modified: '',
  etag: 'e',
  storageClass: 'Standard',
  crc64: '',
  contentType: 'text/plain',
  metadata: {},
  headers: {},
  encryption: { state: 'plain' },
  ...over,
})
const before = headerFormOf(
  facts({
    headers: { 'cache-control': 'no-store' },
    metadata: {
      mine: '1',
      'reviewed-by': '陈曦',
      blank: '',
      header: 'h',
      my_name: 'x',
      'oss-crypto-key': 'k',
    },
  }),
)
const line = (form: HeaderForm, name: string, fields: object): HeaderForm => ({
  ...form,
  rows: form.rows.map((row) => (row.name === name ? { ...row, ...fields } : row)),
})
const added = (name: string, value: string): HeaderForm => ({
  ...before,
  rows: [...before.rows, { id: 99, name, value }],
})
const standard = (fields: Partial<HeaderForm['standard']>): HeaderForm => ({
  ...before,
  standard: { ...before.standard, ...fields },
})

describe('what is sent', () => {
  test('names of an encryption, and those that OSS takes from nobody, are not in the form', () => {
    expect(before.rows.map(({ name }) => name)).toEqual(['mine', 'reviewed-by', 'blank'])
  })
  test.each<readonly [string, HeaderForm, object]>([
    ['nothing', before, {}],
    [
      'spaces at the ends alone',
      line(standard({ 'Cache-Control': ' no-store ' }), 'mine', { value: '1 ' }),
      {},
    ],
    ['a value', standard({ 'Content-Type': 'image/png' }), { 'content-type': 'image/png' }],
    ['a value taken off', standard({ 'Cache-Control': '' }), { 'cache-control': null }],
    [
      'a line more, as people copy its name',
      added(' X-OSS-Meta-Author ', ' me '),
      { 'x-oss-meta-author': 'me' },
    ],
    ['a line more in which nothing stands', added(' ', ''), {}],
    ['a line less', { ...before, rows: before.rows.slice(1) }, { 'x-oss-meta-mine': null }],
    [
      'another name',
      line(before, 'mine', { name: 'ours' }),
      { 'x-oss-meta-mine': null, 'x-oss-meta-ours': '1' },
    ],
    [
      'a line emptied',
      line(before, 'reviewed-by', { name: '', value: '' }),
      { 'x-oss-meta-reviewed-by': null },
    ],
    [
      'two names changed for each other',
      line(line(before, 'mine', { value: '2' }), 'reviewed-by', { value: 'me' }),
      { 'x-oss-meta-mine': '2', 'x-oss-meta-reviewed-by': 'me' },
    ],
  ])('%s', (_, now, change) => {
    expect(changeOf(before, now)).toEqual(change)
    const input = {
      profileId: 'p',
      bucket: 'bucket',
      key: 'k',
      etag: 'e',
      change: changeOf(before, now),
    }
    expect([
      rowFaults(before, now.rows).every(({ name, value }) => name === null && value === null),
      routes['objects.editHeaders'].input.safeParse(input).success,
    ]).toEqual([true, true])
  })
})

describe('what cannot be sent is said at its place', () => {
  // Source: OSS documentation, "Manage object metadata"; the names are those of the SDKs'
  // encryption.
  test.each([
    ['', 'x', 'name.empty'],
    ['my_name', 'x', 'name.letters'],
    ['名', 'x', 'name.letters'],
    ['a b', 'x', 'name.letters'],
    ['a:b', 'x', 'name.letters'],
    ['client-side-encryption-key', 'x', 'name.reserved'],
    ['x-oss-meta-client-side-encryption-start', 'x', 'name.reserved'],
    ['Client-Side-Encryption-Matdesc', 'x', 'name.reserved'],
    ['oss-crypto-key', 'x', 'name.reserved'],
    ['oss-wrap-alg', 'x', 'name.reserved'],
    ['header', 'x', 'name.reserved'],
    ['iv', 'x', 'name.reserved'],
    ['authtag', 'x', 'name.reserved'],
    ['x-oss-meta-x-oss-meta-iv', 'x', 'name.reserved'],
    ['mine', 'x', 'name.twice'],
    ['MINE', 'x', 'name.twice'],
    ['new', '', 'value.empty'],
    ['new', '中', 'value.ascii'],
    ['new', 'a\tb', 'value.ascii'],
    ['new', 'a\r\nb: c', 'value.ascii'],
    ['new', 'a\x7f', 'value.ascii'],
    ['new', 'x'.repeat(2049), 'value.long'],
  ] as const)('%j: %j', (name, value, fault) => {
    const found = rowFaults(before, added(name, value).rows).at(-1)
    expect(found?.name ?? found?.value).toBe(fault)
  })
  test.each([
    ['', 'text/plain', null],
    ['text/plain; charset=utf-8', '', null],
    ['附件', '', 'value.ascii'],
    ['附件', '附件', null],
    ['x'.repeat(2049), '', 'value.long'],
  ] as const)('the value %j, which was %j', (value, was, fault) => {
    expect(valueFault(value, was)).toBe(fault)
  })
})

beforeEach(() => {
  act(() => {
    useUi.setState({ page: 'objects', place, filter: '', sort: { by: 'name', down: false } })
    resetSelection()
    ask(null)
    setPanes({ detailsOpen: true, panelOpen: false })
  })
})
const open = () =>
  mounted(
    <>
      <ObjectsPage place={place} profile={profiles[0]} profiles={profiles} keys={keys} />
      <Dialogs profiles={profiles} keys={keys} />
    </>,
  )
const select = async (...keys: readonly string[]) => {
  await screen.findByRole('row', { name: /README/ })
  act(() => useSelection.setState({ keys: new Set(keys), active: keys[0] ?? null, anchor: null }))
}

test('from the details: filled with what the object has, and only the changes are sent', async () => {
  const fake = open()
  await select(SIGNED)
  fireEvent.click(await screen.findByRole('button', { name: 'Edit headers…' }))
  const dialog = within(await screen.findByRole('dialog'))
  expect((await dialog.findByLabelText<HTMLInputElement>('Content-Type')).value).toBe(
    'application/pdf',
  )
  expect(
    ['Content-Disposition', 'Cache-Control', 'Name 1', 'Value 1', 'Name 2', 'Value 2'].map(
      (name) => dialog.getByLabelText<HTMLInputElement>(name).value,
    ),
  ).toEqual(['', 'no-store', 'client', 'hafenkontor', 'reviewed-by', '陈曦'])
  expect(isOff(/^Save$/)).toBe(true)
  type(dialog.getByLabelText('Cache-Control'), '')
  fireEvent.click(dialog.getByRole('button', { name: 'Remove metadata 1' }))
  expect(document.activeElement).toBe(dialog.getByLabelText('Name 1'))
  press('Add metadata')
  expect(document.activeElement).toBe(dialog.getByLabelText('Name 2'))
  type(dialog.getByLabelText('Name 2'), 'header')
  type(dialog.getByLabelText('Value 2'), 'x')
  expect([isOff(/^Save$/), dialog.getByLabelText('Name 2').getAttribute('aria-invalid')]).toEqual([
    true,
    'true',
  ])
  dialog.getByText('This name belongs to an encryption format. Choose another one.')
  type(dialog.getByLabelText('Name 2'), 'author')
  press('Save')
  await called(fake, 'objects.editHeaders')
  expect(lastCall(fake, 'objects.editHeaders')).toMatchObject({
    key: SIGNED,
    change: { 'cache-control': null, 'x-oss-meta-client': null, 'x-oss-meta-author': 'x' },
  })
  await waitFor(() => expect(screen.queryByRole('dialog')).toBe(null))
})

test('it is offered for one object, never for a folder or for several', async () => {
  open()
  await select(`${C}README.txt`)
  await choose('Actions for the selection', 'Edit headers…', 'menuitem')
  await screen.findByRole('dialog', { name: /^Edit headers of/ })
  act(() => ask(null))
  for (const keys of [[`${C}signed/`], [`${C}README.txt`, SIGNED]]) {
    await select(...keys)
    fireEvent.keyDown(screen.getByRole('button', { name: 'Actions for the selection' }), {
      key: 'Enter',
    })
    await screen.findByRole('menuitem', { name: 'Move to…' })
    expect(screen.queryByRole('menuitem', { name: 'Edit headers…' })).toBe(null)
    fireEvent.keyDown(screen.getByRole('menu'), { key: 'Escape' })
    await waitFor(() => expect(screen.queryByRole('menu')).toBe(null))
  }
})

const FAILURES: readonly (readonly [AppError, RegExp])[] = [
  [
    { code: 'copy-differs', key: 'k', what: 'x-oss-meta-a' },
    /different x-oss-meta-a\. The original was not changed/,
  ],
  [{ code: 'headers-differ', key: 'k', kept: 'k.kept' }, /A complete copy is kept as k\.kept/],
  [
    { code: 'metadata-too-large', key: 'k', size: 9000, limit: 8192 },
    /would have 9000 bytes, and OSS allows 8192/,
  ],
  [
    {
      code: 'bad-request',
      detail: 'objects.editHeaders: change.content-type',
      rule: 'too-long',
      limit: 2048,
    },
    /^A header has more than 2048 characters\. Check it/,
  ],
]
test.each(FAILURES)('%j is said in the dialog, and what was typed stays', async (error, said) => {
  const fake = open()
  await select(`${C}README.txt`)
  act(() => ask({ kind: 'headers', place, key: `${C}README.txt` }))
  type(await screen.findByLabelText('Content-Language'), 'zh-CN')
  fake.refuse('objects.editHeaders', error)
  press('Save')
  expect((await screen.findByRole('alert')).textContent).toMatch(said)
  expect([
    screen.getByLabelText<HTMLInputElement>('Content-Language').value,
    isOff(/^Save$/),
  ]).toEqual(['zh-CN', false])
})

test('an object that was replaced meanwhile is told, and only asking again changes the new one', async () => {
  const fake = open()
  await select(`${C}README.txt`)
  act(() => ask({ kind: 'headers', place, key: `${C}README.txt` }))
  type(await screen.findByLabelText('Content-Language'), 'zh-CN')
  const asked: string[] = []
  fake.handlers['objects.facts'] = async () => ok(facts({ contentType: 'image/png', etag: 'new' }))
  fake.handlers['objects.editHeaders'] = async (input) => (
    asked.push(input.etag),
    input.etag === 'new' ? ok(null) : fail({ code: 'object-changed', key: 'README.txt' })
  )
  press('Save')
  await screen.findByText(/was replaced by another object/)
  screen.getByText('Your edits are still here. Save again to apply them to the new object.')
  expect([asked.length, asked.includes('new')]).toEqual([1, false])
  press('Save')
  await waitFor(() => expect(screen.queryByRole('dialog')).toBe(null))
  // Its type is another one, and nobody changed that.
  expect([asked.at(-1), lastCall(fake, 'objects.editHeaders')]).toMatchObject([
    'new',
    { change: { 'content-language': 'zh-CN' } },
  ])
})

test('Cancel while it is under way gives it up and keeps the form; then it closes', async () => {
  const fake = open()
  await select(`${C}README.txt`)
  act(() => ask({ kind: 'headers', place, key: `${C}README.txt` }))
  type(await screen.findByLabelText('Content-Language'), 'zh-CN')
  fake.handlers['objects.editHeaders'] = (_input, signal) =>
    new Promise((resolve) =>
      signal.addEventListener('abort', () => resolve(fail({ code: 'cancelled' }))),
    )
  press('Save')
  await screen.findByRole('button', { name: 'Saving…' })
  press('Cancel')
  await screen.findByRole('button', { name: 'Save' })
  expect(screen.getByLabelText<HTMLInputElement>('Content-Language').value).toBe('zh-CN')
  press('Cancel')
  await waitFor(() => expect(screen.queryByRole('dialog')).toBe(null))
})
