import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { WRITE_FORMATS } from './our-keys.ts'
import type { Answer, At, Fields, Format, Hello, Master, Op, Peer } from './protocol.ts'

export interface CliOptions {
  /** The bundled command line. */
  readonly bundle: string
  readonly at: Omit<At, 'signature'>
  /** For key files and its data. */
  readonly folder: string
  readonly version: string
}

/** Objects that say nothing in their metadata. */
const MESSAGES: readonly (Format | undefined)[] = ['sdk-message', 'sdk-stream']

function formatOption(format: Format | undefined): readonly string[] {
  const written = format === undefined ? undefined : WRITE_FORMATS[format]
  return written === undefined ? [] : ['--format', written]
}

/**
 * The real command line, one process for each call; keys are files, secrets come from the
 * environment.
 */
export function openCli({ bundle, at, folder, version }: CliOptions): Peer {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  let made = 0
  const run = (args: readonly string[], master: Master | null): Promise<Answer> =>
    new Promise((resolve) => {
      const env = {
        PATH: process.env['PATH'],
        HOME: folder,
        CIPHERBUCKET_DATA: join(folder, 'data'),
        OSS_ACCESS_KEY_ID: at.accessKeyId,
        OSS_ACCESS_KEY_SECRET: at.accessKeySecret,
        ...(master?.kind === 'kms' && {
          ALIBABA_CLOUD_ACCESS_KEY_ID: master.accessKeyId,
          ALIBABA_CLOUD_ACCESS_KEY_SECRET: master.accessKeySecret,
        }),
      }
      const child = spawn(process.execPath, [bundle, ...args, '--force', '--json'], {
        cwd: folder,
        env,
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      let said = ''
      child.stderr.on('data', (chunk: Buffer) => void (said += chunk.toString()))
      child.once('close', (code) =>
        resolve(
          code === 0
            ? { ok: true }
            : { ok: false, error: `exit code ${code}: ${said.trim().slice(-300)}` },
        ),
      )
    })
  const place = ['--endpoint', at.endpoint, '--region', at.region, '--bucket', at.bucket]

  /** Options that name the master key; a key of KMS needs to be named for encrypting alone. */
  function keyOptions(master: Master | null, encrypts: boolean): readonly string[] {
    if (master?.kind === 'kms')
      return [
        '--kms-endpoint',
        master.endpoint,
        '--kms-region',
        master.region,
        ...(encrypts ? ['--kms-key', master.cmkId] : []),
      ]
    if (master?.kind !== 'rsa') return []
    const path = join(folder, `${(made += 1)}.pem`)
    writeFileSync(path, master.privatePem, { mode: 0o600 })
    return ['--key', path]
  }

  const operations: Partial<Record<Op, (fields: Fields) => Promise<Answer>>> = {
    put: ({ key, file = '', master, format }) =>
      run(
        ['put', file, '--to', key, ...formatOption(format), ...keyOptions(master, true), ...place],
        master,
      ),
    get: ({ key, file = '', master, format }) =>
      run(
        [
          'get',
          key,
          '--out',
          file,
          ...(MESSAGES.includes(format) ? ['--message'] : []),
          ...(format === 'plain' ? ['--allow-plain'] : []),
          ...keyOptions(master, false),
          ...place,
        ],
        master,
      ),
    range: ({ key, file = '', master, offset = 0, length = 0 }) =>
      run(
        [
          'get',
          key,
          '--out',
          file,
          '--range',
          `${offset}-${offset + length - 1}`,
          ...keyOptions(master, false),
          ...place,
        ],
        master,
      ),
    async offline({ key, file = '', master, format }) {
      const blob = join(folder, `blob ${(made += 1)}`)
      const fetched = await run(['get', key, '--raw', '--out', blob, ...place], null)
      return fetched.ok
        ? run(
            [
              'decrypt',
              blob,
              ...(MESSAGES.includes(format) ? [] : ['--envelope', `${blob}.ossenv.json`]),
              ...keyOptions(master, false),
              '--out',
              file,
            ],
            master,
          )
        : fetched
    },
  }
  const hello: Hello = {
    name: 'cipherbucket-cli',
    sdk: 'Cipherbucket, command line',
    version,
    runtime: `Node ${process.versions.node}`,
    ops: Object.keys(operations),
    signatures: ['v4'],
  }
  return {
    hello,
    parallel: 1,
    run: (op, fields) =>
      operations[op]?.(fields) ??
      Promise.resolve({ ok: false, unsupported: true, error: 'no such command' }),
    close: () => Promise.resolve(),
  }
}
