import { z } from 'zod'
import type { AppError } from '../../../../shared/contract/errors.ts'

/**
 * An error in a stored record. Errors have no schema of their own: each one is plain data with a
 * code.
 */
export const storedError = z.custom<AppError>((value) => typeof Object(value).code === 'string')

/**
 * `true` where a schema takes every value and every field of `Type`, else `never`. Without this
 * check, a schema that takes less would compile. Records would then be set aside as if a later
 * version of the app wrote them.
 */
export type Takes<Type, Schema extends z.ZodType> = [Type, keyof Type] extends [
  z.output<Schema>,
  keyof z.output<Schema>,
]
  ? true
  : never
