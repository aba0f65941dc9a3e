import { constants, sign, verify, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import { Failure } from '../../../../shared/contract/errors.ts'
import type { DrillReport } from '../../../../shared/contract/models-drills.ts'

/** A report and the base64 of its signature. */
export interface SignedReport {
  readonly report: DrillReport
  readonly signature: string
}

const SALT_BYTES = 32

/** Signs a report with the drilled key. Source  FORMAT.md 15. */
export const signReport = (report: DrillReport, key: KeyObject): SignedReport => ({
  report,
  signature: sign('sha256', canonical(report), pss(key)).toString('base64'),
})

/** Says whether the holder of the private half signed exactly this report. */
export const isSignedBy = ({ report, signature }: SignedReport, key: KeyObject): boolean =>
  verify('sha256', canonical(report), pss(key), Buffer.from(signature, 'base64'))

const pss = (key: KeyObject) => ({
  key,
  padding: constants.RSA_PKCS1_PSS_PADDING,
  saltLength: SALT_BYTES,
})

/** Writes a signed report as JSON. */
export const writeReport = ({ report, signature }: SignedReport): string =>
  `${JSON.stringify({ ...report, signature }, null, 2)}\n`

/**
 * Reads a signed report, also out of the page that shows it. Fields that are not known are kept,
 * because the signature covers them. Throws Failure 'drill-report'.
 */
export function readReport(text: string): SignedReport {
  const inPage = /<script type="application\/json" id="report">([^<]*)<\/script>/.exec(text)
  const read = shape.safeParse(jsonOf(inPage?.[1] ?? text))
  if (!read.success) throw new Failure({ code: 'drill-report', problem: 'unreadable' })
  const { signature, ...report } = read.data
  return { report: report as unknown as DrillReport, signature }
}

const sum = z.object({ objects: z.number(), bytes: z.number() })
const shape = z.looseObject({
  format: z.literal('cipherbucket-drill-1'),
  made: z.string(),
  bucket: z.string(),
  prefix: z.string(),
  key: z.looseObject({ name: z.string(), fingerprint: z.string(), source: z.string() }),
  listed: z.looseObject(sum.shape),
  opened: z.looseObject(sum.shape),
  failed: z.looseObject(sum.shape),
  plain: z.looseObject(sum.shape),
  ms: z.number(),
  objects: z.array(z.looseObject({ key: z.string(), state: z.string() })),
  signature: z.string(),
})

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text, (_, value: unknown) => {
      // Two texts of such a number can be one value, and one signature would cover both.
      if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new RangeError()
      return value
    })
  } catch {
    return null
  }
}

/**
 * Returns the bytes that are signed: the JSON without blanks, with the names of each object sorted
 * by their UTF-16 units. Source  RFC 8785; the numbers of a report are whole.
 */
export const canonical = (value: unknown): Buffer => Buffer.from(canonicalText(value))

function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([name, one]) => `${JSON.stringify(name)}:${canonicalText(one)}`).join(',')}}`
}
