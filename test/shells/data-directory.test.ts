import { expect, it } from 'vitest'
import {
  dataDirectory,
  secretsPlace,
  type PlatformFacts,
} from '../../electron/host/data-directory.ts'

const rows: readonly (readonly [string, PlatformFacts, string])[] = [
  [
    'linux',
    { platform: 'linux', environment: {}, home: '/home/u' },
    '/home/u/.local/share/cipherbucket',
  ],
  [
    'linux, XDG',
    { platform: 'linux', environment: { XDG_DATA_HOME: '/data' }, home: '/home/u' },
    '/data/cipherbucket',
  ],
  [
    'linux, relative XDG is ignored',
    { platform: 'linux', environment: { XDG_DATA_HOME: 'data' }, home: '/home/u' },
    '/home/u/.local/share/cipherbucket',
  ],
  [
    'mac',
    { platform: 'darwin', environment: { XDG_DATA_HOME: '/data' }, home: '/Users/u' },
    '/Users/u/Library/Application Support/Cipherbucket',
  ],
  [
    'windows',
    { platform: 'win32', environment: { LOCALAPPDATA: 'D:\\Local' }, home: 'C:\\Users\\u' },
    'D:\\Local\\Cipherbucket',
  ],
  [
    'windows without the variable',
    { platform: 'win32', environment: {}, home: 'C:\\Users\\u' },
    'C:\\Users\\u\\AppData\\Local\\Cipherbucket',
  ],
  [
    'named by the user',
    {
      platform: 'linux',
      environment: { CIPHERBUCKET_DATA: '/elsewhere/', XDG_DATA_HOME: '/data' },
      home: '/home/u',
    },
    '/elsewhere',
  ],
  [
    'named by an empty variable',
    { platform: 'linux', environment: { CIPHERBUCKET_DATA: '' }, home: '/home/u' },
    '/home/u/.local/share/cipherbucket',
  ],
]
for (const [name, surroundings, expected] of rows)
  it(`data folder: ${name}`, () => expect(dataDirectory(surroundings)).toBe(expected))

it('the passphrase file is chosen by one exact word', () => {
  expect(secretsPlace({ CIPHERBUCKET_SECRETS: 'file' })).toBe('file')
  expect(secretsPlace({ CIPHERBUCKET_SECRETS: 'File' })).toBe('auto')
  expect(secretsPlace({})).toBe('auto')
})
