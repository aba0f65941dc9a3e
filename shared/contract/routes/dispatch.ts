import { fail, type Result } from '../errors.ts'
import { inputError, notText } from '../errors/input-errors.ts'
import { routes, type Handlers, type RouteName } from './routes.ts'

/**
 * The only door into the core: every shell calls this one function with untrusted values.
 * Errors 'bad-request' for a name that is no route, or an input that is not of its shape,
 * 'too-many' for a list that is too long, 'bad-name' for one that OSS gives to no object; a handler
 * that throws is a bug and is passed on to the caller, which must not show it (see `masked` in
 * app/log.ts).
 */
export async function dispatch(
  handlers: Handlers,
  name: unknown,
  input: unknown,
  signal: AbortSignal,
): Promise<Result<unknown>> {
  if (typeof name !== 'string' || !Object.hasOwn(routes, name))
    return fail({ code: 'bad-request', detail: 'no such route' })
  const known = name as RouteName
  const parsed = routes[known].input.safeParse(input)
  if (!parsed.success) {
    const many = parsed.error.issues.find(
      (issue) => issue.code === 'too_big' && issue.origin === 'array',
    )
    if (many?.code === 'too_big') return fail({ code: 'too-many', limit: Number(many.maximum) })
    return fail(inputError(known, parsed.error.issues))
  }
  const odd = notText(parsed.data)
  if (odd !== null)
    return fail({ code: 'bad-request', detail: `${known}: ${odd}`, rule: 'not-text' })
  if (signal.aborted) return fail({ code: 'cancelled' })
  const handler = handlers[known] as (
    value: unknown,
    signal: AbortSignal,
  ) => Promise<Result<unknown>>
  return handler(parsed.data, signal)
}
