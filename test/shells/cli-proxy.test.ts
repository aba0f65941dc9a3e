import { randomBytes, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPractice, type Practice } from '../../electron/practice/start.ts'
import { startProxyServer, type ProxyServerOptions } from '../tools/proxy-server.ts'
import { bundleCli, runCli, type Ran, commandEnvironment } from './cli-process.ts'

/** Where nothing listens: only a proxy that is told so finds the practice server behind it. */
const AWAY = '127.0.0.9'
const HOSTS = { [AWAY]: '127.0.0.1' }
const LOGIN = { user: 'user', password: 'MARKER-PASSWORD' }
const WITH_LOGIN = `${LOGIN.user}:${LOGIN.password}@`
const work = mkdtempSync(join(tmpdir(), 'cb-cli-proxy-'))
const small = randomBytes(5000)
const large = randomBytes(450_000)
let practice: Practice

beforeAll(async () => {
  await bundleCli()
  practice = await startPractice({ directory: join(work, 'practice') })
  writeFileSync(join(work, 'small.bin'), small)
  writeFileSync(join(work, 'large.bin'), large)
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  writeFileSync(join(work, 'key.pem'), privateKey)
})
afterAll(async () => {
  await practice.close()
  rmSync(work, { recursive: true, force: true })
})

const away = (endpoint: string): string => endpoint.replace('127.0.0.1', AWAY)

function cli(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ran> {
  return runCli(args, {
    cwd: work,
    env: {
      ...commandEnvironment(work, { ...practice, endpoint: away(practice.endpoint) }),
      ...env,
    },
  })
}

async function done(ran: Promise<Ran>): Promise<void> {
  const { code, stdout, stderr } = await ran
  expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' })
}

describe('everything goes through the proxy: calls, parts, small files, ranges, KMS', () => {
  const WAYS: readonly (readonly [string, ProxyServerOptions, (port: number) => object])[] = [
    [
      'HTTP_PROXY with CONNECT and a login',
      { login: LOGIN },
      (port) => ({ HTTP_PROXY: `http://${WITH_LOGIN}127.0.0.1:${port}` }),
    ],
    [
      'all_proxy with SOCKS5',
      { kind: 'socks5' },
      (port) => ({ all_proxy: `socks5h://127.0.0.1:${port}` }),
    ],
  ]
  test.each(WAYS)('%s', async (_name, options, env) => {
    await using proxy = await startProxyServer({ ...options, hosts: HOSTS })
    const through = (...args: readonly string[]) =>
      done(cli([...args, '--bucket', practice.bucket], env(proxy.port) as NodeJS.ProcessEnv))
    const kms = ['--kms-endpoint', away(practice.kms.endpoint)]
    const parts = ['--part-size', '102400', '--force']
    await through('put', 'large.bin', '--to', 'l', '--key', 'key.pem', ...parts)
    await through('put', 'small.bin', '--to', 's', '--key', 'key.pem', '--force')
    const key = ['--kms-key', practice.kms.cmkId]
    await through(
      'put',
      'small.bin',
      '--to',
      'k',
      '--format',
      'v2-kms-b',
      ...kms,
      ...key,
      '--force',
    )
    for (const [name, master, content] of [
      ['l', ['--key', 'key.pem'], large],
      ['s', ['--key', 'key.pem'], small],
      ['k', kms, small],
    ] as const) {
      await through('get', name, '--out', `${name}.out`, '--force', ...master)
      expect(readFileSync(join(work, `${name}.out`)).equals(content)).toBe(true)
    }
    const hosts = new Set(
      [practice.endpoint, practice.kms.endpoint].map((url) => new URL(url).port),
    )
    expect(new Set(proxy.asked)).toEqual(new Set([...hosts].map((port) => `${AWAY}:${port}`)))
  })
})

describe('a proxy that was asked for is never left out', () => {
  const list = (env: NodeJS.ProcessEnv): Promise<Ran> =>
    cli(['ls', '--bucket', practice.bucket], { OSS_ENDPOINT: practice.endpoint, ...env })

  test.each([
    ['login', { login: { user: 'user', password: 'another' } }, /does not accept the user name/],
    ['refusal', { refuse: 403 }, /does not allow connections to 127\.0\.0\.1 \(403\)/],
  ])(
    'one that refuses: %s; and its password is told to nobody',
    async (_name, options, sentence) => {
      await using proxy = await startProxyServer(options)
      const { code, stdout, stderr } = await list({
        HTTP_PROXY: `http://${WITH_LOGIN}127.0.0.1:${proxy.port}`,
      })
      expect([code, stderr]).toEqual([5, expect.stringMatching(sentence)])
      expect(stdout + stderr).not.toContain(LOGIN.password)
      expect(proxy.asked.length).toBeGreaterThan(0)
    },
  )

  test.each([
    ['nobody listens', { HTTP_PROXY: 'http://127.0.0.1:1' }, 5, /does not answer \(ECONNREFUSED\)/],
    ['no proxy at all', { HTTP_PROXY: `ftp://${WITH_LOGIN}x` }, 2, /proxy is not valid/],
    ['another computer, without TLS', { HTTP_PROXY: 'http://proxy.test:1' }, 2, /NO_PROXY/],
  ])('%s', async (_name, env, expected, sentence) => {
    const { code, stdout, stderr } = await list(env)
    expect([code, stderr]).toEqual([expected, expect.stringMatching(sentence)])
    expect(stdout + stderr).not.toContain(LOGIN.password)
  })

  test('unless NO_PROXY names the host', async () => {
    await done(list({ HTTP_PROXY: 'http://127.0.0.1:1', NO_PROXY: 'localhost,127.0.0.0/8' }))
  })
})
