import { fail, type Result } from '../errors.ts'
import { inputError, notText } from '../errors/input-errors.ts'
import { routes, type Handlers, type RouteName, type Session } from './routes.ts'

/**
 * Checks an untrusted call and runs its handler. Every shell reaches the core through this one
 * function.
 * Errors: 'bad-request' for an unknown route or an input that breaks its shape, 'too-many' for a
 * list that is too long. 'bad-name': OSS gives the name to no object. A handler that throws is a
 * bug. The caller gets the thrown value and must not show it (see `masked` in app/log.ts).
 */
export async function dispatch(
  handlers: Handlers,
  name: unknown,
  input: unknown,
  signal: AbortSignal,
  session?: Session,
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
    session?: Session,
  ) => Promise<Result<unknown>>
  return handler(parsed.data, signal, session)
}
