import { execFileSync } from 'node:child_process'
import {
  createPrivateKey,
  publicEncrypt,
  randomBytes,
  createCipheriv,
  constants,
} from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { joinCodes, readCodes } from '../../electron/core/escrow/code-text.ts'
import { recoverySheet, type SheetShare } from '../../electron/core/escrow/recovery-sheet.ts'
import { sheetHtml } from '../../electron/core/escrow/sheet-html.ts'
import { sheetPages } from '../../electron/core/escrow/sheet-page.ts'
import { SHEETS } from './escrow-kit.ts'

/** The sheet on the day when this app is gone: its printed programs, and OpenSSL. */

const { sheet, shares } = SHEETS
const PEM = fileURLToPath(new URL('../vectors/format-example.pem', import.meta.url))
const READER = fileURLToPath(new URL('../tools/independent-sheet-reader.py', import.meta.url))
const facts = {
  name: '<b>a & "b"',
  description: '',
  fingerprint: sheet.fingerprint,
  bits: 2048,
  made: '2026-11-21T14:35:00.000Z',
}
const contentOf = (kind: 'CB1' | 'CBS1' | 'CBK1', texts: readonly string[]) =>
  joinCodes(kind, readCodes(texts.join(' ')).codes)[0]?.content ?? new Uint8Array()
const share: SheetShare = {
  number: 2,
  count: 3,
  threshold: 2,
  share: contentOf('CBS1', shares.shares.slice(1, 2)),
  facts: contentOf('CBK1', shares.facts),
}
const plainSheet = recoverySheet(facts, contentOf('CB1', sheet.codes), null)
const shareSheet = recoverySheet(facts, contentOf('CB1', shares.codes), share)

let work: string
beforeAll(() => void (work = mkdtempSync(join(tmpdir(), 'recipe-'))))
afterAll(() => rmSync(work, { recursive: true, force: true }))

const run = (command: string, args: readonly string[], input = '') =>
  execFileSync(command, args, { cwd: work, input, encoding: 'utf8' })
/** The programs of a page of HTML, with the marks of HTML undone. */
const programsOf = (html: string) =>
  [...html.matchAll(/<pre>([^<]*)<\/pre>/g)].map(([, text = '']) =>
    text.replace(
      /&(lt|gt|quot|amp);/g,
      (_, name: string) => ({ lt: '<', gt: '>', quot: '"', amp: '&' })[name] ?? '',
    ),
  )

describe.each([
  ['a sheet with a passphrase', plainSheet, sheet.codes, sheet.passphrase],
  [
    'two sheets of a set',
    shareSheet,
    [...shares.codes, ...shares.shares.slice(1), ...shares.facts],
    shares.secret,
  ],
])('%s', (_, one, codes, passphrase) => {
  const [program = '', openKey = '', openObject = ''] = programsOf(sheetHtml(one, 'en'))

  test('its program reads the codes, and OpenSSL opens the key and an object', () => {
    // Codes come as phones send them: out of order, doubled, some in lower case.
    writeFileSync(
      join(work, 'codes.txt'),
      [...codes]
        .reverse()
        .concat(codes[0]?.toLowerCase() ?? '')
        .join('\n\n'),
    )
    writeFileSync(join(work, 'sheet.py'), program)
    const [first = '', second = '', third = ''] = openKey.split('\n')
    const said = run('sh', ['-c', first])
    if (one.share !== null) expect(said).toContain(passphrase)
    run('sh', ['-c', `${second} -passin stdin`], `${passphrase}\n`)
    expect(run('sh', ['-c', third])).toContain(sheet.fingerprint)

    const [dataKey, start] = [randomBytes(32), randomBytes(16)]
    const key = { key: createPrivateKey(readFileSync(PEM)), padding: constants.RSA_PKCS1_PADDING }
    const cipher = createCipheriv('aes-256-ctr', dataKey, start)
    writeFileSync(
      join(work, 'object'),
      Buffer.concat([cipher.update('plain words'), cipher.final()]),
    )
    for (const [name, value] of [
      ['key', dataKey],
      ['start', start],
    ] as const)
      writeFileSync(join(work, `${name}.txt`), publicEncrypt(key, value).toString('base64'))
    run('sh', ['-c', openObject])
    expect(readFileSync(join(work, 'file'), 'utf8')).toBe('plain words')
  })

  test('an independent reader opens the same key', () => {
    writeFileSync(join(work, 'texts.txt'), codes.join('\n'))
    writeFileSync(join(work, 'passphrase'), `${passphrase}\n`)
    const pem = run('python3', [READER, 'texts.txt', 'passphrase'])
    expect(createPrivateKey(pem).equals(createPrivateKey(readFileSync(PEM)))).toBe(true)
  })

  test('PDF and PNG print the same programs', () => {
    const printed = sheetPages(one).flatMap(({ marks }) =>
      marks.flatMap((mark) => (mark.kind === 'text' && mark.mono ? [mark.text] : [])),
    )
    for (const line of `${program}\n${openKey}\n${openObject}`.split('\n'))
      expect(printed).toContain(line)
  })

  test('the program is short, and a wrong letter stops it', () => {
    expect(program.split('\n').length).toBeLessThanOrEqual(one.share === null ? 15 : 30)
    const [wrong = '', ...rest] = codes
    writeFileSync(
      join(work, 'codes.txt'),
      [`${wrong.slice(0, 50)}${wrong[50] === 'A' ? 'B' : 'A'}${wrong.slice(51)}`, ...rest].join(
        '\n',
      ),
    )
    writeFileSync(join(work, 'sheet.py'), program)
    expect(() => run('sh', ['-c', 'python3 sheet.py 2>&1'])).toThrow()
  })
})

test('the page has no script, no address, and neither passphrase nor secret', () => {
  for (const one of [plainSheet, shareSheet]) {
    const html = sheetHtml(one, 'zh-CN')
    expect(html).toContain(`default-src 'none'; style-src 'sha256-`)
    expect(html).not.toMatch(/<script|javascript:|\son\w+=|src=|href=|url\(|@import/i)
    expect(html.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:/)
    expect(html).toContain('&lt;b&gt;a &amp; &quot;b&quot;')
    for (const word of [...sheet.passphrase.split(' '), shares.secret])
      expect(html).not.toContain(word)
  }
})
