import { z } from 'zod'
import type { AppError } from '../../../../shared/contract/errors.ts'

/**
 * An error in a stored record. Errors have no schema of their own: each is plain data with a code.
 */
export const storedError = z.custom<AppError>((value) => typeof Object(value).code === 'string')

/**
 * \`true\` where a schema takes every value and every field of \`Type\`, else \`never\`. A schema
 * that takes less compiles otherwise, and what was stored would be set aside as if a later version
 * wrote it.
 */
export type Takes<Type, Schema extends z.ZodType> = [Type, keyof Type] extends [
  z.output<Schema>,
  keyof z.output<Schema>,
]
  ? true
  : never
