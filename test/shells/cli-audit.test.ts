import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHttpClient } from '../../electron/core/net/http-client.ts'
import { openOss } from '../../electron/core/oss/client.ts'
import { ok } from '../../shared/contract/errors.ts'
import { startPractice, type Practice } from '../tools/practice.ts'
import { bundleCli, commandEnvironment, records, runCli, type Ran } from './cli-process.ts'

/** Audits as a script runs them: over every kind of object, and over a killed audit. */

const MADE_UP = 2500
let work: string
let practice: Practice

const run = (...args: readonly string[]): Promise<Ran> =>
  runCli([...args, '--bucket', practice.bucket], {
    cwd: work,
    env: commandEnvironment(work, practice),
  })
const stored = (...args: readonly string[]): Promise<Ran> =>
  run(...args, '--profile', 'Studio', '--secrets-passphrase-file', 'pass')
const heads = (): readonly string[] =>
  practice.log.entries().flatMap(({ method, key }) => (method === 'HEAD' ? [key] : []))

interface Line {
  readonly key: string
  readonly form: string
  readonly keyName: string | null
  readonly findings: readonly { readonly name: string; readonly sentence: string }[]
}
/** The lines of an audit, and its last line. */
const linesOf = (ran: Ran) => {
  const all = records(ran)
  const last = all.at(-1)?.['summary'] as Readonly<Record<string, unknown>>
  return { lines: all.slice(0, -1) as unknown as readonly Line[], summary: last }
}

/** Stores an object as another program does. */
async function put(key: string, text: string, headers: Readonly<Record<string, string>>) {
  const http = openHttpClient()
  const { endpoint, region, accessKeyId, accessKeySecret, bucket } = practice
  const credentials = async () => ok({ accessKeyId, accessKeySecret, securityToken: null })
  const oss = openOss({ endpoint, region, credentials }, http)
  const request = { action: 'oss:PutObject', method: 'PUT', bucket, key, headers }
  await oss.call({ ...request, body: Buffer.from(text) }, new AbortController().signal)
  http.close()
}
const vector = (file: string, name: string): Readonly<Record<string, string>> =>
  (
    JSON.parse(
      readFileSync(new URL(`../vectors/${file}.json`, import.meta.url), 'utf8'),
    ) as readonly { readonly name: string; readonly headers: Record<string, string> }[]
  ).find((one) => one.name === name)?.headers ?? {}

beforeAll(async () => {
  await bundleCli()
  work = mkdtempSync(join(tmpdir(), 'cipherbucket-audit-'))
  practice = await startPractice({ directory: join(work, 'practice'), madeUp: MADE_UP })
  writeFileSync(join(work, 'pass'), 'correct horse\n')
  writeFileSync(join(work, 'note.txt'), 'a note')
  for (const args of [
    ['profiles', 'add', 'Studio'],
    ['keys', 'generate', 'Backups', '--bits', '2048'],
    ['put', 'note.txt', '--key', 'Backups', '--to', 'all/encrypted'],
    ['cp', 'all/encrypted', 'all/copy'],
  ])
    expect(await stored(...args)).toMatchObject({ code: 0 })
  await put('all/=HYPERLINK("x")', 'plain', {})
  await put('all/public', 'plain', { 'x-oss-object-acl': 'public-read' })
  await put('all/weak', '12', vector('objects', 'gov2-simple'))
  await put('all/reused', '34', vector('objects', 'gov2-simple'))
  await put('all/old', '12', vector('envelopes', 'V1, RSA'))
  await put('all/damaged', '12', { 'x-oss-meta-oss-crypto-start': 'x' })
})
afterAll(async () => {
  await practice.close()
  rmSync(work, { recursive: true, force: true })
})

test('an audit names each finding, and its last line has the sums', async () => {
  const ran = await stored('audit', 'all/', '--acl', '--json')
  expect(ran).toMatchObject({ code: 0 })
  const { lines, summary } = linesOf(ran)
  const findings = Object.fromEntries(
    lines.map(({ key, form, keyName, findings: some }) => [
      key,
      [form, keyName, ...some.map(({ name }) => name)],
    ]),
  )
  expect(findings).toEqual({
    'all/=HYPERLINK("x")': ['plain', null, 'plain'],
    'all/public': ['plain', null, 'plain', 'public-plain'],
    'all/weak': ['v2', null, 'unknown-description', 'weak-key', 'shared-data-key'],
    'all/reused': ['v2', null, 'unknown-description', 'weak-key', 'shared-data-key'],
    // Neither the key nor the object has a description.
    'all/old': ['v1', 'Backups', 'old-format', 'plaintext-md5'],
    'all/damaged': ['damaged', null, 'damaged'],
    'all/encrypted': ['v2', 'Backups', 'copied-data-key'],
    'all/copy': ['v2', 'Backups', 'copied-data-key'],
  })
  expect(lines.find(({ key }) => key === 'all/weak')?.findings[2]).toMatchObject({
    severity: 'error',
    with: { key: 'all/reused' },
  })
  expect(summary).toMatchObject({
    objects: 8,
    forms: { plain: { objects: 2 }, v2: { objects: 4 }, v1: { objects: 1 } },
    keys: [{ name: 'Backups', objects: 3 }],
    findings: { 'shared-data-key': { objects: 2 } },
  })
})

test('a second audit sends no HEAD, and a changed object costs one', async () => {
  expect((await stored('audit', 'all/', '--json')).code).toBe(0)
  practice.log.clear()
  const again = await stored('audit', 'all/', '--json')
  expect([again.code, heads(), linesOf(again).summary['requests']]).toEqual([0, [], 0])
  await put('all/public', 'changed', {})
  practice.log.clear()
  expect((await stored('audit', 'all/', '--json')).code).toBe(0)
  expect(heads()).toEqual(['all/public'])
})

test('the ledger counts the objects of a key, which is deleted only with their number', async () => {
  const told = records(await stored('keys', 'ledger', 'Backups', '--json'))
  expect(told).toMatchObject([
    { keyName: 'Backups', objects: 3, buckets: [{ bucket: practice.bucket, isWhole: false }] },
  ])
  expect(told[0]?.['uncounted']).toEqual([practice.bucket])
  expect((await stored('keys', 'ledger')).stdout).toContain('3 or more')
  const refused = await stored('keys', 'remove', 'Backups', '--confirm', 'Backups', '--json')
  expect([refused.code, records(refused)]).toMatchObject([
    2,
    [{ error: { code: 'key-opens-objects', objects: 3 } }],
  ])
  expect(refused.stderr).toContain('--objects')
  const wrong = ['--confirm', 'Backups', '--objects', '4']
  expect((await stored('keys', 'remove', 'Backups', ...wrong)).code).toBe(2)
  expect(records(await stored('keys', 'list', '--json'))).toHaveLength(1)
})

test('a CSV file has a row for each finding, and no formula', async () => {
  const ran = await stored('audit', 'all/', '--csv', 'audit.csv')
  expect(ran).toMatchObject({ code: 0 })
  const rows = readFileSync(join(work, 'audit.csv'), 'utf8').split('\r\n')
  expect(rows[0]).toContain('"Name","Bytes"')
  expect(rows.filter((one) => one.startsWith('"all/weak"'))).toHaveLength(3)
  await put('=1+1', 'plain', {})
  expect((await stored('audit', '=', '--csv', 'audit.csv')).code).toBe(2)
  expect((await stored('audit', '=', '--csv', 'audit.csv', '--force')).code).toBe(0)
  expect(readFileSync(join(work, 'audit.csv'), 'utf8')).toContain(`\r\n"'=1+1",5,`)
})

test('a report to print has tables, bars and sentences in both languages, and no name as HTML', async () => {
  await put('all/<img src=x>', 'plain', {})
  expect(await stored('audit', 'all/', '--html', 'report.html')).toMatchObject({ code: 0 })
  const report = readFileSync(join(work, 'report.html'), 'utf8')
  for (const text of [
    '加密审计报告',
    '>Backups<',
    'all/&lt;img src=x&gt;',
    'An RSA key of 1024 bits protects the data key.',
    '数据密钥由 1024 位的 RSA 密钥保护。',
    '<rect width="100" height="8"/>',
  ])
    expect(report).toContain(text)
  expect(report).not.toMatch(/<(?:img|script)/)
  const ran = await stored('audit', 'all/', '--html', 'report.html', '--csv', 'both.csv', '--json')
  expect(ran.code).toBe(2)
  const both = ['--html', 'report.html', '--csv', 'audit.csv', '--force', '--json']
  const { summary } = linesOf(await stored('audit', 'all/', ...both))
  expect([summary['savedAs'], summary['report']]).toEqual([
    join(work, 'audit.csv'),
    join(work, 'report.html'),
  ])
})

test('an object that cannot be read is named, and the command does not end with 0', async () => {
  const key = 'camera/IMG_00000003.jpg'
  const denied = { kind: 'status', status: 403, code: 'AccessDenied' } as const
  practice.faults.add({ match: { method: 'HEAD', key }, do: denied, times: Infinity })
  const ran = await run('audit', 'camera/IMG_0000000', '--json')
  const { lines, summary } = linesOf(ran)
  expect(ran).toMatchObject({ code: 5 })
  expect(lines.find((line) => line.key === key)).toMatchObject({ form: 'unread' })
  expect(summary).toMatchObject({ objects: 10, findings: { unread: { objects: 1 } } })
  expect(ran.stderr).toContain('Objects that were not read: 1.')
  practice.faults.clear()
  const acl = { method: 'GET', query: 'acl', key } as const
  practice.faults.add({ match: acl, do: denied, times: Infinity })
  const acls = await run('audit', key, '--acl', '--json')
  expect([acls.code, linesOf(acls).lines[0]?.findings.map(({ name }) => name)]).toEqual([
    5,
    ['plain', 'acl-unread'],
  ])
  practice.faults.clear()
})

describe('a limit of HEAD requests for ten objects', () => {
  test.each([
    [9, 9, 1, 5],
    [10, 10, 0, 0],
    [11, 10, 0, 0],
  ])('%i requests', async (most, requests, unread, code) => {
    const ran = await run('audit', 'camera/IMG_0000000', '--requests', `${most}`, '--json')
    const { summary } = linesOf(ran)
    expect([ran.code, summary['requests'], summary['limited']]).toEqual([
      code,
      requests,
      unread > 0,
    ])
    expect(ran.stderr.includes('The limit of')).toBe(unread > 0)
    const { findings } = summary as { findings: Record<string, { objects: number }> }
    expect(findings['unread']?.objects ?? 0).toBe(unread)
  })

  test('of a shard count its objects alone', async () => {
    const shard = async (most: number) => {
      const ran = await run(
        'audit',
        'camera/IMG_0000000',
        '--shard',
        '1/2',
        '--requests',
        `${most}`,
        '--json',
      )
      return linesOf(ran).summary
    }
    const all = await shard(10)
    const objects = Number(all['objects'])
    expect(all).toMatchObject({ requests: objects, limited: false })
    expect(await shard(objects)).toMatchObject({ requests: objects, limited: false })
    expect(await shard(objects - 1)).toMatchObject({ requests: objects - 1, limited: true })
  })
})

test('shards have each object once', async () => {
  const parts = await Promise.all(
    [1, 2].map((index) => run('audit', 'camera/IMG_000000', '--shard', `${index}/2`, '--json')),
  )
  const keys = parts.flatMap((ran) => linesOf(ran).lines.map(({ key }) => key))
  expect([keys.length, new Set(keys).size]).toEqual([100, 100])
  for (const wrong of ['0/3', '4/3'])
    expect(await run('audit', '--shard', wrong)).toMatchObject({ code: 2 })
})

test('an audit that is killed continues where it was', async () => {
  const slow = { kind: 'delay', ms: 600_000 } as const
  practice.faults.add({ match: { method: 'HEAD', key: /^photos\// }, do: slow, times: Infinity })
  practice.log.clear()
  const args = ['--bucket', practice.bucket, '--profile', 'Studio']
  const secrets = ['--secrets-passphrase-file', 'pass']
  const killed = runCli(['audit', ...args, ...secrets, '--json'], {
    cwd: work,
    env: commandEnvironment(work, practice),
    started: (child) => {
      const look = setInterval(() => {
        if (heads().some((key) => key.startsWith('photos/'))) child.kill('SIGKILL')
      }, 50)
      child.on('close', () => clearInterval(look))
    },
  })
  expect((await killed).code).toBe(null)
  const before = heads().length
  expect(before).toBeGreaterThan(1000)
  practice.faults.clear()
  practice.log.clear()
  const ran = await stored('audit', '--json')
  expect(ran).toMatchObject({ code: 0 })
  const { lines, summary } = linesOf(ran)
  // The steps before the kill are stored: only the last one may come again.
  expect(heads().length).toBeLessThanOrEqual(MADE_UP + 20 - 1000)
  expect(summary['objects']).toBe(MADE_UP + 10)
  expect(new Set(lines.map(({ key }) => key)).size).toBe(lines.length)
  const [ledger] = records(await stored('keys', 'ledger', 'Backups', '--json'))
  expect(ledger).toMatchObject({ objects: 3, buckets: [{ isWhole: true }], uncounted: [] })
  const confirmed = ['--confirm', 'Backups', '--objects', '3']
  expect((await stored('keys', 'remove', 'Backups', ...confirmed)).code).toBe(0)
})

test('objects that the index knows are beyond no limit', async () => {
  expect((await stored('audit', 'camera/IMG_000000', '--json')).code).toBe(0)
  const ran = await stored('audit', 'camera/IMG_000000', '--requests', '1', '--json')
  expect(linesOf(ran).summary).toMatchObject({ objects: 100, requests: 0, limited: false })
})
