import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { keepOffTheNetwork, refuseDebugging } from '../../electron/desktop/switches.ts'
import { app, dialog } from './double/electron.ts'

vi.mock('electron', () => import('./double/electron.ts'))

let exited: unknown[] = []
beforeEach(() => {
  exited = []
  vi.spyOn(app, 'exit').mockImplementation((code) => void exited.push(code))
  vi.spyOn(console, 'error').mockReturnValue(undefined)
})
afterEach(() => {
  app.isPackaged = false
  app.switches.clear()
  dialog.errors.length = 0
  vi.restoreAllMocks()
})

test.each([
  'remote-debugging-port',
  'remote-debugging-pipe',
  'remote-debugging-address',
  'remote-debugging-targets',
  'remote-allow-origins',
])('the packaged app does not start with --%s, and says so', (name) => {
  app.isPackaged = true
  app.switches.set(name, '9222')
  refuseDebugging()
  expect(exited).toEqual([1])
  expect(app.switches.has(name)).toBe(false)
  expect(dialog.errors.join()).toContain(`does not start with --${name}`)
  expect(dialog.errors.join()).toMatch(/\p{Script=Han}/u)
})

test('other switches are nobody’s business, and in development all are', () => {
  app.isPackaged = true
  app.switches.set('force-device-scale-factor', '2')
  refuseDebugging()
  app.isPackaged = false
  app.switches.set('remote-debugging-port', '0')
  refuseDebugging()
  expect([exited, dialog.errors]).toEqual([[], []])
})

test('Chromium finds no host', () => {
  keepOffTheNetwork()
  expect(app.switches.get('host-resolver-rules')).toBe('MAP * ~NOTFOUND')
})
