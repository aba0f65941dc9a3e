import { z } from 'zod'
import type { AuditLook, AuditPage, AuditSums } from '../models-audit.ts'
import { route } from './route.ts'
import * as s from './shapes.ts'

/** The objects of one step, behind the key `after`; '' for the first step. */
const step = {
  ...s.place,
  prefix: s.prefix,
  shard: s.shard.nullable(),
  after: z.string().max(1023),
  count: z.number().int().min(1).max(1000),
}

/**
 * The audit of the objects that the index lists below a prefix. A caller syncs first, then calls
 * `audit.look` step by step, and then `audit.page` step by step.
 */
export const auditRoutes = {
  /**
   * Sends a HEAD for each object of one step that the index does not know by key, ETag and time.
   * The answers are stored in the index, so an audit that was killed continues where it was.
   * `requests`: so many HEADs at most. Objects that the index knows cost none.
   */
  'audit.look': route<AuditLook>()(
    z.object({ ...step, requests: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER) }),
  ),
  /**
   * Judges the objects of one step by what the index knows. `acl`: also asks for the ACL of each
   * plain object, with one request each.
   */
  'audit.page': route<AuditPage>()(z.object({ ...step, acl: z.boolean() })),
  /**
   * Judges all objects as `audit.page` does, and writes those with findings into a file. 'csv': one
   * row for each finding. 'html': a report to print, which names the first objects alone.
   * Without `existing`, a file of that name stays, and the new file's name gets a number.
   */
  'audit.export': route<{ readonly savedAs: string; readonly sums: AuditSums }>()(
    z.object({
      ...s.place,
      prefix: s.prefix,
      shard: s.shard.nullable(),
      acl: z.boolean(),
      form: z.enum(['csv', 'html']).default('csv'),
      target: s.id,
      fileName: s.text.min(1),
      existing: s.existingFile.optional(),
      language: z.enum(['en', 'zh-CN']),
    }),
  ),
} as const
