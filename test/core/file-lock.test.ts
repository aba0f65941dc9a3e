import { mkdtempSync, rmSync } from 'node:fs'
import { stat, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { underLock } from '../../electron/core/store/file-lock.ts'

const folder = mkdtempSync(join(tmpdir(), 'cb-file-lock-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a process that slept until another took the lock does not end the lock of the other', async () => {
  const path = join(folder, 'a.lock')
  const inside = new Set<string>()
  const met: string[] = []
  const gate = (): { readonly opened: Promise<void>; open(): void } => {
    let open = (): void => undefined
    const opened = new Promise<void>((resolve) => (open = resolve))
    return { opened, open: () => open() }
  }
  const [wake, second] = [gate(), gate()]
  const work = (name: string, until: Promise<void> | null) => async () => {
    inside.add(name)
    await until
    met.push([...inside].join(' '))
    inside.delete(name)
  }
  const sleeper = underLock(path, work('sleeper', wake.opened))
  await expect.poll(() => inside.has('sleeper')).toBe(true)
  await utimes(path, 1, 1)
  const other = underLock(path, work('other', second.opened))
  await expect.poll(() => inside.has('other')).toBe(true)
  wake.open()
  await sleeper
  expect(
    await stat(path).then(
      () => 'locked',
      () => 'open',
    ),
  ).toBe('locked')
  const third = underLock(path, work('third', null))
  second.open()
  await Promise.all([other, third])
  expect(met).toEqual(['sleeper other', 'other', 'third'])
})
