import { readReport, writeReport } from '../../electron/core/app/drills/drill-report.ts'
import { signatureOf } from '../../electron/core/app/recover/file-signatures.ts'
import { readSegment, writeSegment } from '../../electron/core/vault/segment.ts'
import { readLines, writeLines } from '../../electron/core/vault/vault-record.ts'
import { must, mustEqual, SECOND, vectors, type Target } from './target.ts'

interface Vault {
  readonly writer: string
  readonly segment: string
}

/** The input is a segment of the vault, and its decrypted lines as well. */
const vault: Target = {
  name: 'vault',
  words: ['CBVAULT1', '{"bucket":"b","key":"k","size":1}\n', '"headers":{', '"crc64":"1"', '\n'],
  limitMs: SECOND,
  seeds(root) {
    const { writer, segment } = vectors<Vault>(root, 'vault.json')
    const bytes = Buffer.from(segment, 'base64url')
    const lines = readSegment(Buffer.from(writer, 'hex'), bytes) ?? ''
    return [Uint8Array.from(bytes), Uint8Array.from(Buffer.from(lines))]
  },
  check(input) {
    const secret = new Uint8Array(32)
    // Nobody here knows the secret of the vector, so no input opens under another one.
    must(readSegment(secret, input) === null, 'a segment opens under a wrong secret')
    const text = Buffer.from(input).toString('utf8')
    mustEqual(readSegment(secret, writeSegment(secret, text)), text, 'other lines')
    const { records } = readLines(text)
    mustEqual(readLines(writeLines(records)).records, records, 'other records')
    signatureOf(input)
  },
}

/** The input is a report of a drill, as JSON or as a page. */
const drill: Target = {
  name: 'drill-report',
  words: ['cipherbucket-drill-1', '"objects":', '"signature":"', '{}', '[]', '<script', '\\u003c'],
  limitMs: SECOND,
  seeds() {
    const none = { objects: 0, bytes: 0 }
    const report = {
      format: 'cipherbucket-drill-1',
      made: '2026-01-01T00:00:00.000Z',
      bucket: 'b',
      prefix: '<p>',
      key: { name: 'k', fingerprint: 'f'.repeat(64), bits: 2048, source: 'file' },
      listed: none,
      opened: none,
      failed: none,
      plain: none,
      ms: 1,
      objects: [],
    } as const
    const json = writeReport({ report, signature: 'AAAA' })
    const page = `<script type="application/json" id="report">${json.replaceAll('<', '\\u003c')}</script>`
    return [json, page].map((text) => Uint8Array.from(Buffer.from(text)))
  },
  check(input) {
    const read = readReport(Buffer.from(input).toString('utf8'))
    mustEqual(readReport(writeReport(read)), read, 'another report')
  },
}

/** The readers of the vault and of drills. */
export const recoveryTargets: readonly Target[] = [vault, drill]
