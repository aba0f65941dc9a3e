import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startLyingOss, type LyingOss } from '../core/lying-oss.ts'
import { isMarked, MARK, markedFiles } from '../tools/marked.ts'
import { bundleCli, records, runCli, type Ran, commandEnvironment } from './cli-process.ts'

/** The command line against a server that is not what it says. */

let work: string
let oss: LyingOss

beforeAll(async () => {
  await bundleCli()
  work = mkdtempSync(join(tmpdir(), 'cipherbucket-untrusted-'))
  oss = await startLyingOss()
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  writeFileSync(join(work, 'key.pem'), privateKey)
  writeFileSync(join(work, 'small'), `${MARK} small`)
  writeFileSync(
    join(work, 'large'),
    Buffer.concat([Buffer.from(MARK), randomBytes(400_000), Buffer.from(MARK)]),
  )
  mkdirSync(join(work, 'folder'))
  for (const name of ['a', 'b', 'c']) writeFileSync(join(work, 'folder', name), `${name} ${MARK}`)
})
afterAll(async () => {
  await oss.close()
  rmSync(work, { recursive: true, force: true })
})
beforeEach(() => {
  oss.objects.clear()
  oss.log.length = 0
  Object.assign(oss, {
    forgets: () => false,
    cuts: 0,
    givesCrc64: true,
    givesEtags: true,
    answersEarly: false,
  })
})

const ACCOUNT = { region: 'cn-hangzhou', accessKeyId: 'id', accessKeySecret: 'secret' }
function cli(...args: readonly string[]): Promise<Ran> {
  const env = commandEnvironment(work, { ...ACCOUNT, endpoint: oss.endpoint })
  return runCli([...args, '--bucket', 'some-bucket'], { env, cwd: work })
}
const put = (...args: readonly string[]): Promise<Ran> => cli('put', ...args, '--key', 'key.pem')

describe('put', () => {
  const theirs = { body: Buffer.from('theirs'), headers: {} }
  test.each([
    [['small', '--to', 'small'], 'small'],
    [['large', '--to', 'large', '--part-size', '102400'], 'large'],
    [['folder', '--to', 'up/'], 'up/folder/b'],
  ])(
    '%s: a name that is taken stays as it is, although the server would replace it',
    async (args, key) => {
      oss.objects.set(key, theirs)
      expect(await put(...args)).toMatchObject({ code: 2 })
      expect(oss.objects.get(key)).toBe(theirs)
      expect(await put(...args, '--force')).toMatchObject({ code: 0 })
      expect(oss.objects.get(key)).not.toBe(theirs)
    },
  )

  test.each([[['small', '--to', 'small']], [['large', '--to', 'large', '--part-size', '102400']]])(
    '%s: an envelope that did not arrive is exit 4, and nothing is called encrypted',
    async (args) => {
      oss.forgets = (name) => name.startsWith('x-oss-meta-')
      const ran = await put(...args)
      expect(ran).toMatchObject({ code: 4, stdout: '' })
      expect(ran.stderr).toContain('envelope-lost')
      expect(oss.objects.size).toBe(0)
    },
  )

  test.each([[['small', '--to', 'small']], [['large', '--to', 'large', '--part-size', '102400']]])(
    '%s: an answer before the bytes were read is no success',
    async (args) => {
      for (const givesCrc64 of [true, false]) {
        Object.assign(oss, { answersEarly: true, givesCrc64 })
        const ran = await put(...args)
        expect([4, 5]).toContain(ran.code)
        expect(ran.stdout).toBe('')
      }
    },
  )

  test('no checksum: it is done with a warning, for people and for programs', async () => {
    oss.givesCrc64 = false
    const ran = await put('small', '--to', 'small', '--json')
    expect(ran).toMatchObject({ code: 0 })
    expect(ran.stderr).toContain('gave no checksum')
    expect(records(ran)).toMatchObject([{ checksum: 'absent', warnings: ['no-checksum'] }])
    oss.givesCrc64 = true
    expect(await put('small', '--to', 'other', '--json')).toMatchObject({ code: 0, stderr: '' })
  })
})

describe('mv', () => {
  test.each([
    ['neither', false, false],
    ['CRC-64', true, false],
    ['ETag', false, true],
  ])(
    'a source goes only where something proves the copy: the server gives %s',
    async (_name, givesCrc64, givesEtags) => {
      await put('small', '--to', 'from')
      Object.assign(oss, { givesCrc64, givesEtags })
      const ran = await cli('mv', 'from', 'to')
      const proven = givesCrc64 || givesEtags
      expect(ran.code).toBe(proven ? 0 : 5)
      if (!proven) expect(ran.stderr).toContain('source-kept')
      expect([...oss.objects.keys()].sort()).toEqual(proven ? ['to'] : ['from', 'to'])
    },
  )
})

describe('a marked plaintext', () => {
  const WAYS: readonly (readonly [string, readonly string[], number])[] = [
    ['a small file', ['put', 'small', '--to', 'k', '--key', 'key.pem'], 0],
    [
      'a file in parts',
      ['put', 'large', '--to', 'k', '--key', 'key.pem', '--part-size', '102400'],
      0,
    ],
    ['a folder', ['put', 'folder', '--to', 'k/', '--key', 'key.pem'], 0],
    ['without a key', ['put', 'small', '--to', 'k'], 3],
    ['with a key that is not there', ['put', 'large', '--to', 'k', '--key', 'gone.pem'], 3],
  ]
  test.each(WAYS)(
    '%s: never crosses the wire, and does not stay here',
    async (_name, args, code) => {
      expect(await cli(...args)).toMatchObject({ code })
      expect(
        oss.log.some(
          ({ body, headers, query }) =>
            isMarked(body) || isMarked(Buffer.from(JSON.stringify([headers, query]))),
        ),
      ).toBe(false)
      expect(await markedFiles(join(work, 'data'))).toEqual([])
      expect(oss.objects.size > 0).toBe(code === 0)
    },
  )

  test('the search finds it in each of its forms', () => {
    for (const text of [
      MARK,
      Buffer.from(MARK).toString('hex'),
      ...['', 'x', 'xy'].map((lead) => Buffer.from(lead + MARK).toString('base64')),
    ])
      expect(isMarked(Buffer.from(`…${text}…`)), text).toBe(true)
  })
})
