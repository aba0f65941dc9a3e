import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { restoreCommand } from '../../electron/core/escrow/sheet-texts.ts'
import { bundleCli, commandEnvironment, records, runCli } from './cli-process.ts'

/** Recovery sheets on the command line: what is shown where, and the exit codes. */

const PEM = fileURLToPath(new URL('../vectors/format-example.pem', import.meta.url))
let work: string
beforeAll(async () => {
  await bundleCli()
  work = mkdtempSync(join(tmpdir(), 'cipherbucket-escrow-'))
  writeFileSync(join(work, 'secrets-pass'), 'the secrets of this computer\n')
})
afterAll(() => rmSync(work, { recursive: true, force: true }))

const path = (name: string) => join(work, name)
const cli = (...args: readonly string[]) =>
  runCli([...args, '--secrets-passphrase-file', 'secrets-pass'], {
    cwd: work,
    env: commandEnvironment(work, null),
  })

test('a key from its sheet to the computer that lost it', async () => {
  expect(await cli('keys', 'import', PEM, '--name', 'arch')).toMatchObject({ code: 0 })
  const before = (await cli('keys', 'list')).stdout

  // Nobody is at a terminal here, so the passphrase needs a file of its own.
  const refused = await cli('keys', 'escrow', 'arch', '--out', 'sheet.html')
  expect(refused).toMatchObject({ code: 2, stdout: '' })
  expect(refused.stderr).toContain('--passphrase-out')
  expect(existsSync(path('sheet.html'))).toBe(false)

  const escrow = ['keys', 'escrow', 'arch', '--passphrase-out', 'words', '--out']
  const sheet = await cli(...escrow, 'sheet.png', '--json')
  expect(sheet).toMatchObject({ code: 0 })
  const [said] = records(sheet)
  expect(said).toMatchObject({
    name: 'arch',
    savedAs: [path('sheet.png')],
    codes: 2,
    passphraseFile: 'words',
  })
  const words = readFileSync(path('words'), 'utf8')
  expect(words).toMatch(/^[a-z-]+( [a-z-]+){5}\n$/)
  expect(statSync(path('words')).mode & 0o777).toBe(0o600)
  for (const word of words.trim().split(' '))
    expect(sheet.stdout + sheet.stderr).not.toMatch(new RegExp(`\\b${word}\\b`))

  // A second passphrase never replaces the first, and no sheet is written without one.
  expect(await cli(...escrow, 'again.png')).toMatchObject({ code: 2, stdout: '' })
  expect(existsSync(path('again.png'))).toBe(false)
  expect(readFileSync(path('words'), 'utf8')).toBe(words)

  expect(before).toMatch(/ {2}no recovery sheet\n$/)
  expect((await cli('keys', 'list')).stdout).toMatch(/ {2}sheet of \d{4}-\S+ never read back\n$/)
  const asked = await cli('keys', 'unescrow', 'sheet.png')
  expect(asked).toMatchObject({ code: 3, stdout: '' })
  const back = await cli('keys', 'unescrow', 'sheet.png', '--passphrase-file', 'words', '--json')
  expect(back.code).toBe(0)
  const today = new Date().toISOString().slice(0, 4)
  expect(records(back)).toMatchObject([{ name: 'arch', checkWords: said?.['checkWords'] }])
  expect((await cli('keys', 'list')).stdout).toMatch(new RegExp(`sheet read back on ${today}-`))
  const [listed] = records(await cli('keys', 'list', '--json'))
  expect(listed?.['escrowed']).toMatch(/^\d{4}-/)
  expect(listed).toMatchObject({ sheetState: 'current', sheets: { count: 1 } })

  expect(await cli('keys', 'remove', 'arch', '--confirm', 'arch')).toMatchObject({ code: 0 })
  const restore = ['keys', 'unescrow', 'sheet.png', '--passphrase-file', 'words']
  expect(await cli(...restore)).toMatchObject({ code: 3, stdout: '' })
  expect(await cli(...restore, '--import')).toMatchObject({ code: 2, stdout: '' })
  // The command as a sheet prints it, with what stands on the sheet.
  const description = '{"desc":"arch"}'
  const onSheet = new Map([
    ['SCAN.png', 'sheet.png'],
    ['NAME', 'arch'],
    ['DESCRIPTION', description],
  ])
  const facts = { name: 'arch', description, fingerprint: '', bits: 2048, made: '' }
  const [, ...printed] = restoreCommand(facts).split(' ')
  const typed = printed.map((word) => onSheet.get(word) ?? word)
  expect(await cli(...typed, '--passphrase-file', 'words')).toMatchObject({ code: 0 })
  expect(records(await cli('keys', 'list', '--json'))).toMatchObject([
    { name: 'arch', description: '{"desc":"arch"}', fingerprint: listed?.['fingerprint'] },
  ])
}, 480_000)

test('shares on the command line', async () => {
  const escrow = ['keys', 'escrow', 'arch', '--out', 'set.pdf', '--shares', '3', '--threshold']
  for (const args of [
    [...escrow, '4'],
    escrow.slice(0, -1),
    [...escrow, '2', '--passphrase-out', 'set-words'],
    ['keys', 'escrow', 'arch', '--out', 'set.txt', '--passphrase-out', 'set-words'],
    ['keys', 'unescrow'],
  ])
    expect(await cli(...args)).toMatchObject({ code: 2, stdout: '' })
  expect(await cli(...escrow, '2')).toMatchObject({ code: 0 })
  expect(await cli('keys', 'unescrow', '--share', 'set-1.pdf')).toMatchObject({ code: 3 })
  expect(await cli('keys', 'unescrow', '--share', 'set-3.pdf', 'set-1.pdf')).toMatchObject({
    code: 0,
  })
}, 480_000)
