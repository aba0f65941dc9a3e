import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { eachPassphraseIn, openedWith, passphraseIn } from '../../electron/cli/passphrases.ts'
import { fail, ok } from '../../shared/contract/errors.ts'

const folder = mkdtempSync(join(tmpdir(), 'cb-passphrases-'))
const file = join(folder, 'pass')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const wide = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le')
/**
 * `text`: null where it is refused. `older`: as versions before took it, which opens what they
 * closed.
 */
const rows: readonly (readonly [
  name: string,
  bytes: Buffer,
  text: string | null,
  older: string,
])[] = [
  ['one line', Buffer.from('word\n'), 'word', 'word'],
  ['Windows line ends', Buffer.from('word\r\nmore'), 'word', 'word'],
  ['blanks are part of it', Buffer.from(' a b \n'), ' a b ', ' a b '],
  ['a byte order mark', Buffer.from('\ufeffword\n'), 'word', '\ufeffword'],
  ['UTF-16 LE', wide('word\r\n'), 'word', wide('word\r\n').toString('utf8').split('\n')[0] ?? ''],
  [
    'UTF-16 BE',
    wide('word\r\n').swap16(),
    'word',
    wide('word\r\n').swap16().toString('utf8').split('\n')[0] ?? '',
  ],
  ['Latin-1', Buffer.from('gr\xfcn\n', 'latin1'), null, 'gr\ufffdn'],
  ['Chinese', Buffer.from('\u5bc6\u7801\n'), '\u5bc6\u7801', '\u5bc6\u7801'],
]

test.each(rows)('%s', async (_name, bytes, text, older) => {
  writeFileSync(file, bytes)
  if (text === null)
    await expect(passphraseIn(file)).rejects.toThrow('is not text in UTF-8 or UTF-16')
  else expect(await passphraseIn(file)).toBe(text)
  const readings = [...new Set([text, older])].filter((one) => one !== null)
  expect(await eachPassphraseIn(file)).toEqual(readings)
  const tried: string[] = []
  const opened = await openedWith(file, (passphrase) => {
    tried.push(passphrase)
    return Promise.resolve(
      passphrase === older ? ok(passphrase) : fail({ code: 'wrong-passphrase' }),
    )
  })
  expect([opened, tried]).toEqual([ok(older), readings])
})

test('what fails for another reason is not tried again', async () => {
  writeFileSync(file, '\ufeffword\n')
  let count = 0
  const opened = await openedWith(
    file,
    () => (count++, Promise.resolve(fail({ code: 'cancelled' }))),
  )
  expect([opened, count]).toEqual([fail({ code: 'cancelled' }), 1])
})

test('an empty line and a file that is too large are refused', async () => {
  writeFileSync(file, '\nword\n')
  await expect(passphraseIn(file)).rejects.toThrow('does not contain a passphrase')
  await expect(eachPassphraseIn(file)).rejects.toThrow('does not contain a passphrase')
  writeFileSync(file, Buffer.alloc(4097, 'a'))
  await expect(passphraseIn(file)).rejects.toThrow('is too large')
})

test.runIf(process.platform !== 'win32')('a pipe, as <(command) of a shell is one', async () => {
  const pipe = join(folder, 'pipe')
  execFileSync('mkfifo', [pipe])
  spawn('sh', ['-c', 'echo word > "$0"', pipe])
  expect(await passphraseIn(pipe)).toBe('word')
})
