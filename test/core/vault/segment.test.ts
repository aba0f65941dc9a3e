import { execFileSync, spawnSync } from 'node:child_process'
import { createCipheriv, hkdfSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  readSegment,
  segmentName,
  writerOfSegment,
  writeSegment,
} from '../../../electron/core/vault/segment.ts'
import {
  readLines,
  recordHash,
  writeLines,
  type VaultRecord,
} from '../../../electron/core/vault/vault-record.ts'

/** Segments of the envelope vault, against the vector and a reader in another language. */

const READER = fileURLToPath(new URL('../../tools/independent-vault-reader.py', import.meta.url))
const VECTOR = JSON.parse(
  readFileSync(new URL('../../vectors/vault.json', import.meta.url), 'utf8'),
) as {
  readonly writer: string
  readonly salt: string
  readonly records: readonly object[]
  readonly segment: string
}
const segment = Buffer.from(VECTOR.segment, 'base64url')
const secret = Buffer.from(VECTOR.writer, 'hex')

let work: string
beforeAll(() => void (work = mkdtempSync(join(tmpdir(), 'vault-'))))
afterAll(() => rmSync(work, { recursive: true, force: true }))

const record = (over: Partial<VaultRecord> = {}): VaultRecord => ({
  bucket: 'b',
  key: 'k',
  versionId: null,
  etag: 'E',
  size: 1,
  crc64: '7',
  headers: { 'x-oss-meta-a': 'é' },
  seal: null,
  from: 1,
  to: 2,
  ...over,
})

test('the vector opens, and is written byte by byte', () => {
  const lines = readSegment(secret, segment) ?? ''
  expect(
    lines
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object),
  ).toEqual(VECTOR.records)
  expect(readLines(lines)).toMatchObject({ records: VECTOR.records, unread: 0 })
  expect(writeSegment(secret, lines, Buffer.from(VECTOR.salt, 'hex'))).toEqual(segment)
})

test('an independent reader prints the lines of the vector, and of a segment of ours', () => {
  const ours = writeSegment(secret, writeLines([record(), record({ key: '文件 2' })]))
  for (const one of [segment, ours]) {
    const path = join(work, segmentName(one))
    writeFileSync(path, one)
    expect(execFileSync('python3', ['-B', READER, path, VECTOR.writer], { encoding: 'utf8' })).toBe(
      readSegment(secret, one),
    )
  }
  const changed = Buffer.from(ours)
  changed[90] = (changed[90] ?? 0) ^ 1
  const path = join(work, segmentName(changed))
  writeFileSync(path, changed)
  const ran = spawnSync('python3', ['-B', READER, path, VECTOR.writer], { encoding: 'utf8' })
  expect(ran).toMatchObject({ status: 1, stdout: '', stderr: 'the segment is damaged\n' })
})

test('no other bytes and no other secret open it', () => {
  const other = Buffer.alloc(32, 7)
  expect(readSegment(other, segment)).toBeNull()
  for (const wrong of [Buffer.alloc(0), segment.subarray(0, 95), Buffer.alloc(200, 1)])
    expect(readSegment(secret, wrong)).toBeNull()
  fc.assert(
    fc.property(fc.nat(segment.length - 1), fc.integer({ min: 1, max: 255 }), (at, bits) => {
      const changed = Buffer.from(segment)
      changed[at] = (changed[at] ?? 0) ^ bits
      // The id of the writer secret chooses the secret, and the tag covers it too.
      expect(readSegment(secret, changed)).toBeNull()
    }),
  )
  fc.assert(
    fc.property(fc.nat(segment.length), (length) => {
      expect(readSegment(secret, segment.subarray(0, length)) === null).toBe(
        length < segment.length,
      )
    }),
  )
})

test('a commitment that does not fit opens nothing, though the tag fits', () => {
  const salt = Buffer.alloc(32, 3)
  const key = Buffer.from(hkdfSync('sha256', secret, salt, 'vault 1', 64)).subarray(0, 32)
  const head = Buffer.concat([segment.subarray(0, 16), salt, Buffer.alloc(32, 9)])
  const cipher = createCipheriv('aes-256-gcm', key, Buffer.alloc(12)).setAAD(head)
  const box = Buffer.concat([cipher.update('lines\n'), cipher.final()])
  expect(readSegment(secret, Buffer.concat([head, box, cipher.getAuthTag()]))).toBeNull()
})

test('two segments of the same lines differ, and have other names', () => {
  const [a, b] = [writeSegment(secret, 'x\n'), writeSegment(secret, 'x\n')]
  expect(a).not.toEqual(b)
  expect(segmentName(a)).not.toBe(segmentName(b))
  expect(writerOfSegment(a)).toBe('071d893d80a92fde')
  expect(writerOfSegment(Buffer.from('CBVAULT1'))).toBeNull()
})

test('lines that are no record are counted and left out', () => {
  const text = `${writeLines([record()])}{"bucket":"b"}\nno json\n{"bucket":"b","key":"k","size":-1}\n`
  expect(readLines(text)).toEqual({ records: [record()], unread: 3 })
  // A field of a later version is no reason to lose the envelope.
  expect(readLines('{"bucket":"b","key":"k","size":3,"later":[1]}\n').records).toMatchObject([
    { bucket: 'b', key: 'k', size: 3, headers: {}, seal: null },
  ])
})

test('a record has one hash, whatever its times and the order of its headers', () => {
  const a = record({ headers: { x: '1', y: '2' } })
  const same = record({ headers: { y: '2', x: '1' }, from: 8, to: 9 })
  expect(recordHash(a)).toEqual(recordHash(same))
  for (const other of [{ seal: 's' }, { crc64: null }, { versionId: 'v' }, { headers: {} }])
    expect(recordHash({ ...a, ...other })).not.toEqual(recordHash(a))
})
