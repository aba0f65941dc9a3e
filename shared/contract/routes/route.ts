import { z } from 'zod'

/**
 * One call: the shape of its input and the type of its output. The input is checked at run time.
 * Nothing stores the output.
 */
export interface Route<Input extends z.ZodType, Output> {
  readonly input: Input
  readonly output?: Output
}
export const route =
  <Output>() =>
  <Input extends z.ZodType>(input: Input): Route<Input, Output> => ({ input })
/** The input of a call without arguments. */
export const noInput = z.object({})
