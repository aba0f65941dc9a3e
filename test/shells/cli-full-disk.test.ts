import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPractice, type Practice } from '../../electron/practice/start.ts'
import { NO_MOUNT, smallDisk } from '../faults/small-disk.ts'
import { bundleCli, runCli, type Ran } from './cli-process.ts'

/** Every command, with a data folder in which nothing can be written. */

let work: string
let practice: Practice
let cb: (args: readonly string[], data: string) => Promise<Ran>
beforeAll(async () => {
  await bundleCli()
  work = mkdtempSync(join(tmpdir(), 'cipherbucket-full-'))
  practice = await startPractice({ directory: join(work, 'practice') })
  const { endpoint, region, bucket, accessKeyId, accessKeySecret } = practice
  const env = {
    CIPHERBUCKET_SECRETS: 'file',
    HOME: work,
    OSS_ACCESS_KEY_ID: accessKeyId,
    OSS_ACCESS_KEY_SECRET: accessKeySecret,
  }
  cb = (args, data) =>
    runCli(
      [
        ...args,
        '--endpoint',
        endpoint,
        '--region',
        region,
        '--bucket',
        bucket,
        '--secrets-passphrase-file',
        'words',
        '--passphrase-file',
        'words',
      ],
      { cwd: work, env: { ...env, CIPHERBUCKET_DATA: data } },
    )
  for (const name of ['k.pem', 'm.pem'])
    writeFileSync(
      join(work, name),
      generateKeyPairSync('rsa', {
        modulusLength: 2048,
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
        publicKeyEncoding: { type: 'spki', format: 'pem' },
      }).privateKey,
    )
  writeFileSync(join(work, 'words'), 'correct horse battery')
  writeFileSync(join(work, 'in'), 'a secret line')
  copyFileSync(join(import.meta.dirname, '../core/command-program.mjs'), join(work, 'program.mjs'))
  mkdirSync(join(work, 'tree'))
  for (let i = 0; i < 3; i++) writeFileSync(join(work, 'tree', `f${i}`), 'x')
  writeFileSync(join(work, 'large'), Buffer.alloc(300_000, 7))
  const ready = join(work, 'ready')
  for (const args of [
    ['put', 'in', 'large', '--key', 'k.pem'],
    ['get', 'in', '--raw', '--out', 'blob'],
    ['keys', 'import', 'k.pem', '--name', 'K'],
    ['keys', 'generate', 'L', '--bits', '2048'],
    ['profiles', 'add', 'P'],
  ])
    expect([args, await cb(args, ready)]).toMatchObject([args, { code: 0 }])
})
afterAll(async () => {
  await practice.close()
  rmSync(work, { recursive: true, force: true })
})

/**
 * Commands that end with 0 and their work done on any disk, since they store nothing there. `K`:
 * the command needs an earlier stored key.
 */
const DONE: readonly (readonly ['' | 'K', readonly string[]])[] = [
  ['', ['ls']],
  ['', ['ls', '--encryption']],
  ['K', ['ls', '--profile', 'P']],
  ['', ['head', 'in']],
  ['', ['get', 'in', '--key', 'k.pem', '--out', 'out', '--force']],
  ['K', ['get', 'in', '--out', 'out', '--force']],
  ['K', ['get', 'in', '--key', 'K', '--out', 'out', '--force']],
  ['', ['get', 'in', '--raw', '--out', 'raw', '--force']],
  ['', ['decrypt', 'blob', '--key', 'k.pem', '--out', 'out', '--force']],
  ['K', ['decrypt', 'blob', '--key', 'K', '--out', 'out', '--force']],
  ['', ['cp', 'in', 'copied', '--force']],
  ['', ['mv', 'copied', 'moved', '--force']],
  ['', ['set-headers', 'in', '--set', 'content-type=text/plain']],
  ['', ['rm', 'moved']],
  ['', ['keys', 'list']],
  ['K', ['keys', 'export', 'K', '--out', 'k.pub', '--force']],
  ['K', ['keys', 'export', 'K', '--private', '--out', 'k.bak', '--force']],
  ['', ['profiles', 'list']],
]
/** Cannot be done without a place to write: 1, with a sentence that names the folder. */
const refused = (): readonly (readonly ['' | 'K', readonly string[]])[] => [
  ['', ['put', 'in', '--to', 'o1', '--key', 'k.pem', '--force']],
  ['K', ['put', 'in', '--to', 'o2', '--key', 'K', '--force']],
  ['', ['put', 'large', '--to', 'o3', '--key', 'k.pem', '--part-size', '102400', '--force']],
  ['', ['put', 'tree', '--key', 'k.pem', '--existing', 'same']],
  ['', ['keys', 'generate', 'G', '--bits', '2048']],
  ['', ['keys', 'import', 'm.pem']],
  [
    '',
    [
      'keys',
      'add-command',
      'C',
      '--program',
      process.execPath,
      ...[join(work, 'program.mjs'), 'good', work].flatMap((arg) => ['--arg', arg]),
      '--wrap-algorithm',
      'x',
    ],
  ],
  ['K', ['keys', 'test', 'K']],
  ['K', ['keys', 'remove', 'L', '--confirm', 'L']],
  ['', ['profiles', 'add', 'Q']],
  ['K', ['profiles', 'remove', 'P']],
  ['', ['practice']],
]

/** How the disk of the data folder is; `before`: the folder was in use before. */
const DISKS = [
  ['full', true],
  ['full', false],
  ['read-only', true],
  ['read-only', false],
] as const
test.each(DISKS)(
  'the disk of the data folder is %s (in use before: %s): every command ends with its work done, or names the folder',
  async (how, before) => {
    const disk = smallDisk(512)
    if (disk === null) return void console.warn(`skipped: ${NO_MOUNT}`)
    try {
      const data = join(disk.folder, 'data')
      if (before) cpSync(join(work, 'ready'), data, { recursive: true })
      if (how === 'full') disk.fill()
      else execFileSync('mount', ['-o', 'remount,ro', disk.folder])
      // Not even the folder itself can be made.
      const none = how === 'read-only' && !before
      for (const [needs, args] of [...DONE, ...refused()]) {
        if (needs !== '' && !before) continue
        // To remove takes no room.
        const works =
          !none &&
          (DONE.some(([, those]) => those === args) ||
            (how === 'full' && args.join(' ') === 'profiles remove P'))
        rmSync(join(work, 'out'), { force: true })
        const { code, stdout, stderr } = await cb(args, data)
        expect(
          [args, code, works || stderr.includes(disk.folder), /^ {4}at /m.test(stderr)],
          stderr,
        ).toEqual([args, works ? 0 : 1, true, false])
        if (works && args.includes('out'))
          expect(readFileSync(join(work, 'out'), 'utf8')).toBe('a secret line')
        if (works && args[0] === 'ls') expect(stdout).toMatch(/ in$/m)
      }
    } finally {
      disk.remove()
    }
  },
  300_000,
)
