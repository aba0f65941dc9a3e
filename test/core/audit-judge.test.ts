import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvRow } from '../../electron/core/audit/csv.ts'
import { judgeObject, type AuditFacts } from '../../electron/core/audit/judge-object.ts'
import { isInShard } from '../../electron/core/audit/shard.ts'
import { headFacts } from '../../electron/core/app/objects/head-text.ts'
import { mergedSums, NO_SUMS, sumsOf } from '../../shared/contract/audit-sums.ts'
import type { AuditedObject, Finding } from '../../shared/contract/models-audit.ts'
import type { Encryption } from '../../shared/contract/models.ts'
import { findingSentence } from '../../shared/contract/sentences/finding-sentences.ts'
import { readHeaders } from '../../shared/format/recognise.ts'

interface Vector {
  readonly name: string
  readonly headers: Readonly<Record<string, string>>
}
const vectors = ['envelopes', 'objects'].flatMap(
  (name) =>
    JSON.parse(
      readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'),
    ) as readonly Vector[],
)
const headersOf = (name: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(vectors.find((one) => one.name === name)?.headers ?? {}).map(
      ([header, value]) => [header.toLowerCase(), value],
    ),
  )

/** The encryption that headers show, where `key` opens everything; null for no key here. */
function encryptionOf(headers: Readonly<Record<string, string>>, key: string | null): Encryption {
  const found = headFacts(readHeaders(new Map(Object.entries(headers))))
  switch (found.kind) {
    case 'plain':
      return { state: 'plain' }
    case 'broken':
      return { ...found, state: 'broken' }
    case 'later':
      return { ...found, state: 'later' }
    default:
      return key === null
        ? { state: 'nokey', facts: found.facts }
        : { state: 'encrypted', keyId: key, keyName: key, keyKind: 'rsa', facts: found.facts }
  }
}

const facts = (change: Partial<AuditFacts>): AuditFacts => ({
  size: 100,
  encryption: { state: 'plain' },
  isMessage: false,
  sharedWith: null,
  acl: 'not-asked',
  brokenKeys: new Set(),
  ...change,
})
const V2 = 'x-oss-meta-client-side-encryption-'
/** The envelope of a Go SDK, as under an RSA key of so many bits. */
const wrapped = (bits: number) => ({
  ...headersOf('gov2-simple'),
  [`${V2}key`]: Buffer.alloc(bits / 8, 1).toString('base64'),
  [`${V2}start`]: Buffer.alloc(bits / 8, 2).toString('base64'),
})
const simple = wrapped(2048)
const parts = (dataSize: number, partSize: number) => ({
  ...simple,
  [`${V2}data-size`]: String(dataSize),
  [`${V2}part-size`]: String(partSize),
})
const other = { bucket: 'b', key: 'other' }
const seal = (headers: Readonly<Record<string, string>>, change: Partial<AuditFacts> = {}) =>
  facts({ encryption: encryptionOf(headers, 'k'), ...change })

test.each<readonly [string, AuditFacts, string, readonly Finding[]]>([
  ['plain', facts({}), 'plain', [{ name: 'plain' }]],
  ['plain and private', facts({ acl: 'private' }), 'plain', [{ name: 'plain' }]],
  [
    'plain and public',
    facts({ acl: 'public-read' }),
    'plain',
    [{ name: 'plain' }, { name: 'public-plain', acl: 'public-read' }],
  ],
  [
    'plain and public for writers',
    facts({ acl: 'public-read-write' }),
    'plain',
    [{ name: 'plain' }, { name: 'public-plain', acl: 'public-read-write' }],
  ],
  ['plain, ACL unread', facts({ acl: null }), 'plain', [{ name: 'plain' }, { name: 'acl-unread' }]],
  [
    'plain in the place of an encrypted object',
    facts({ encryption: { state: 'plain', wasEncrypted: true } }),
    'plain',
    [{ name: 'replaced-by-plain' }],
  ],
  ['a whole message', facts({ isMessage: true }), 'sdk-message', []],
  ['not read', facts({ encryption: null }), 'unread', [{ name: 'unread' }]],
  ['V2 under 2048 bits', seal(simple), 'v2', []],
  ['V2 of the Python SDK', seal(headersOf('oss2-rsa')), 'v2', [{ name: 'weak-key', bits: 1024 }]],
  ['V2 under OAEP', seal(headersOf('V2, OAEP')), 'v2-oaep', []],
  ['V2 under KMS', seal(headersOf('pyv2-kms-form-a')), 'v2-kms', []],
  ['a split message', seal(headersOf('encsdk-py-alg2-1keys-0ctx-split')), 'sdk-split', []],
  [
    'V1 under RSA, with the MD5 of the plaintext',
    seal(headersOf('V1, RSA')),
    'v1',
    [{ name: 'old-format' }, { name: 'plaintext-md5' }],
  ],
  [
    'an envelope without its counter',
    seal(Object.fromEntries(Object.entries(simple).filter(([name]) => !/start$/i.test(name)))),
    'damaged',
    [{ name: 'damaged', header: 'client-side-encryption-start', problem: 'missing' }],
  ],
  [
    'no key with the description',
    facts({
      encryption: encryptionOf({ ...simple, [`${V2}matdesc`]: '{"team":"payroll"}' }, null),
    }),
    'v2',
    [{ name: 'unknown-description', description: '{"team":"payroll"}' }],
  ],
  [
    'an RSA key of 1024 bits',
    seal(headersOf('gov2-simple')),
    'v2',
    [{ name: 'weak-key', bits: 1024 }],
  ],
  ['2040 bits', seal(wrapped(2040)), 'v2', [{ name: 'weak-key', bits: 2040 }]],
  ['a broken key', seal(simple, { brokenKeys: new Set(['k']) }), 'v2', [{ name: 'broken-key' }]],
  ['another broken key', seal(simple, { brokenKeys: new Set(['l']) }), 'v2', []],
  ['an upload in parts', seal(parts(300_000, 102_400), { size: 300_000 }), 'v2', []],
  [
    'an object that was cut off',
    seal(parts(300_000, 102_400), { size: 299_999 }),
    'v2',
    [{ name: 'inconsistent-size', declared: 300_000, size: 299_999 }],
  ],
  [
    'the parts of a Java SDK',
    seal(parts(1_100_000_000, 102_400), { size: 1_100_000_000 }),
    'v2',
    [{ name: 'java-damage' }],
  ],
  ['9,999 parts', seal(parts(102_400 * 9_999, 102_400), { size: 102_400 * 9_999 }), 'v2', []],
  [
    'one data key for two contents',
    seal(simple, { sharedWith: { ...other, isSame: false } }),
    'v2',
    [{ name: 'shared-data-key', with: other }],
  ],
  [
    'a copy',
    seal(simple, { sharedWith: { ...other, isSame: true } }),
    'v2',
    [{ name: 'copied-data-key', with: other }],
  ],
])('an audit of %s', (_what, given, form, findings) => {
  expect(judgeObject(given)).toMatchObject({ form, findings })
  for (const finding of findings)
    for (const language of ['en', 'zh-CN'] as const)
      expect(findingSentence(finding, language)).toMatch(/[.。]$/)
})

test.each([
  ['=1+1', `"'=1+1"`],
  ['+1', `"'+1"`],
  ['-1', `"'-1"`],
  ['@SUM(A1)', `"'@SUM(A1)"`],
  ['\t=1', `"'\t=1"`],
  ['\r=1', `"'\r=1"`],
  ['  =1', `"'  =1"`],
  ['＝1', `"'＝1"`],
  ['a=1', '"a=1"'],
  ['a"b', '"a""b"'],
  ['a,b\r\nc', '"a,b\r\nc"'],
])('the cell %j is safe in a spreadsheet', (cell, written) => {
  expect(csvRow([cell, 7])).toBe(`${written},7\r\n`)
})

test('each object is in exactly one shard', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 50 }), (key, of) => {
      const shards = Array.from({ length: of }, (_, at) => ({ index: at + 1, of }))
      expect(shards.filter((shard) => isInShard(key, shard))).toHaveLength(1)
    }),
  )
})

const audited = (change: Partial<AuditedObject>): AuditedObject => ({
  key: 'k',
  size: 1,
  modified: '2026-11-30T00:00:00.000Z',
  storageClass: 'Standard',
  form: 'plain',
  keyId: null,
  keyName: null,
  findings: [],
  ...change,
})

test('sums of pages are the sums of all, wherever the pages end', () => {
  const object = fc.record({
    size: fc.nat(),
    storageClass: fc.constantFrom('Standard', '__proto__', '7', ''),
    modified: fc.constantFrom('', '2026-11-30T00:00:00.000Z', '2026-12-01T00:00:00.000Z'),
    keyId: fc.constantFrom(null, 'k1'),
    findings: fc.subarray<Finding>([{ name: 'plain' }, { name: 'unread' }]),
  })
  fc.assert(
    fc.property(fc.array(object), fc.nat(), (some, at) => {
      const objects = some.map(audited)
      const [one, two] = [objects.slice(0, at), objects.slice(at)]
      const merged = mergedSums(mergedSums(NO_SUMS, sumsOf(one)), sumsOf(two))
      expect(merged).toEqual(mergedSums(NO_SUMS, sumsOf(objects)))
      expect(merged.objects).toBe(objects.length)
    }),
  )
})

test('a finding that an object has twice counts once, and names have a limit', () => {
  const twice = [{ name: 'plain' }, { name: 'plain' }] as const
  expect(sumsOf([audited({ findings: twice })]).findings).toEqual({
    plain: { objects: 1, bytes: 1 },
  })
  const many = Array.from({ length: 1500 }, (_, n) => audited({ storageClass: `class ${n}` }))
  const { classes, objects } = mergedSums(NO_SUMS, sumsOf(many))
  expect([objects, Object.keys(classes).length]).toEqual([1500, 1001])
  expect(classes['']).toEqual({ objects: 500, bytes: 500 })
})
