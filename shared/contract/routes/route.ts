import { z } from 'zod'

/**
 * One call: the shape of its input, checked at run time, and the type of its output, which nothing
 * stores.
 */
export interface Route<Input extends z.ZodType, Output> {
  readonly input: Input
  readonly output?: Output
}
export const route =
  <Output>() =>
  <Input extends z.ZodType>(input: Input): Route<Input, Output> => ({ input })
/** The input of a call that takes nothing. */
export const noInput = z.object({})
