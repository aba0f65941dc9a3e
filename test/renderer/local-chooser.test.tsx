// @vitest-environment happy-dom
import { fireEvent, screen, waitFor } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import { fail, ok } from '../../shared/contract/errors.ts'
import { LocalChooser } from '../../renderer/features/local-chooser/local-chooser.tsx'
import { crumbsOf, joinPath, lastName } from '../../renderer/features/local-chooser/local-paths.ts'
import { choose, useChooser, type ChooserWant } from '../../renderer/shell/chooser.ts'
import { lastCall, mounted, press } from './mounted.tsx'

beforeEach(() => useChooser.setState({ request: null }))

describe('paths', () => {
  test.each([
    ['/home/x', ['/', '/home', '/home/x'], '/home/x/a'],
    ['/', ['/'], '/a'],
    ['C:\\', ['C:\\'], 'C:\\a'],
    ['C:\\Users\\x', ['C:\\', 'C:\\Users', 'C:\\Users\\x'], 'C:\\Users\\x\\a'],
  ])('%s', (path, crumbs, joined) => {
    expect(crumbsOf(path).map((crumb) => crumb.path)).toEqual(crumbs)
    expect(joinPath(path, 'a')).toBe(joined)
  })
  test('the last name', () => expect([lastName('/home/x'), lastName('/')]).toEqual(['x', '/']))
})

const entry = (name: string, kind: 'file' | 'folder') => ({
  name,
  kind,
  size: kind === 'file' ? 10 : null,
  modified: '2026-11-01T10:00:00Z',
})
const asked = async (want: ChooserWant) => {
  const fake = mounted(<LocalChooser />, (one) => {
    one.handlers['local.list'] = async ({ path }) => {
      if (path === '/home/x/closed')
        return fail({ code: 'source-unreadable', path, reason: 'EACCES' })
      const entries =
        path === '/home/x/docs'
          ? [entry('deep.pdf', 'file')]
          : [
              entry('.hidden', 'file'),
              entry('closed', 'folder'),
              entry('docs', 'folder'),
              entry('a.pdf', 'file'),
              entry('b.pdf', 'file'),
            ]
      return ok({
        path: path ?? '/home/x',
        parent: path === '/' ? null : (path ?? '/home/x').replace(/\/[^/]+$/, '') || '/',
        entries,
      })
    }
  })
  const answer = choose(want)
  const list = await screen.findByRole('listbox')
  await waitFor(() => expect(screen.getAllByRole('option').length).toBeGreaterThan(1))
  return { fake, answer, list }
}
const names = () =>
  screen.getAllByRole('option').map((option) => option.querySelector('.mid')?.getAttribute('title'))

test('files are chosen by keyboard; hidden ones are not shown until asked for', async () => {
  const { fake, answer, list } = await asked('files')
  expect(document.activeElement).toBe(list)
  expect(names()).toEqual(['closed', 'docs', 'a.pdf', 'b.pdf'])
  fireEvent.click(screen.getByRole('checkbox', { name: 'Hidden files' }))
  expect(names()).toContain('.hidden')
  fireEvent.click(screen.getByRole('checkbox', { name: 'Hidden files' }))
  fireEvent.keyDown(list, { key: 'a' })
  fireEvent.keyDown(list, { key: 'ArrowDown', shiftKey: true })
  press('Choose 2 files')
  expect((await answer)?.map((grant) => grant.name)).toEqual(['a.pdf', 'b.pdf'])
  expect(lastCall(fake, 'local.grant')).toEqual({
    paths: ['/home/x/a.pdf', '/home/x/b.pdf'],
    write: false,
  })
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
})

test('Enter goes into a folder, Backspace comes back, and the list keeps the focus', async () => {
  const { list } = await asked('files')
  fireEvent.keyDown(list, { key: 'd' })
  fireEvent.keyDown(list, { key: 'Enter' })
  await waitFor(() => expect(names()).toEqual(['deep.pdf']))
  expect(document.activeElement).toBe(screen.getByRole('listbox'))
  fireEvent.keyDown(screen.getByRole('listbox'), { key: 'Backspace' })
  await waitFor(() => expect(names()).toContain('docs'))
})

test('a target is one folder, with files left out, and may be written to', async () => {
  const { fake, answer } = await asked('target')
  expect(names()).toEqual(['closed', 'docs'])
  fireEvent.click(screen.getByText('docs'))
  press('Save in “docs”')
  expect((await answer)?.length).toBe(1)
  expect(lastCall(fake, 'local.grant')).toEqual({ paths: ['/home/x/docs'], write: true })
})

test('a folder that cannot be read says so; Cancel answers null', async () => {
  const { answer, list } = await asked('files')
  fireEvent.keyDown(list, { key: 'c' })
  fireEvent.keyDown(list, { key: 'Enter' })
  expect((await screen.findByRole('alert')).textContent).toContain(
    '/home/x/closed cannot be read (EACCES)',
  )
  press('Cancel')
  expect(await answer).toBeNull()
})
