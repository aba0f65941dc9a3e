import { z } from 'zod'
import type { AppError } from '../errors.ts'
import { brokenNameRule, isText, type NameRule } from '../object-names.ts'

/** The rule that an input breaks, as far as people can read it. */
type InputRule = NonNullable<Extract<AppError, { readonly code: 'bad-request' }>['rule']>

type Issue = z.core.$ZodIssue

/**
 * Returns the shape of an object's name or, with `orEmpty`, of a prefix: see {@link
 * brokenNameRule}.
 */
export function nameShape(orEmpty: boolean) {
  return z.string().superRefine((name, context) => {
    const rule = orEmpty && name === '' ? null : brokenNameRule(name)
    if (rule !== null) context.addIssue({ code: 'custom', message: rule, params: { name, rule } })
  })
}

/**
 * Returns the error for an input of `route`: the broken rule of names, else the field and its rule.
 * The error never holds a value, because a value may be a secret.
 */
export function inputError(route: string, issues: readonly Issue[]): AppError {
  for (const issue of issues) {
    const { name, rule } = (issue.code === 'custom' ? issue.params : undefined) ?? {}
    if (typeof name === 'string') return { code: 'bad-name', name, rule: rule as NameRule }
  }
  const [first] = issues
  const detail = `${route}: ${issues.map(({ path }) => path.join('.')).join(', ')}`
  return { code: 'bad-request', detail, ...(first === undefined ? {} : ruleOf(first)) }
}

function ruleOf(issue: Issue): { readonly rule?: InputRule; readonly limit?: number } {
  if (issue.code === 'too_big')
    return {
      rule:
        issue.origin === 'string'
          ? 'too-long'
          : issue.origin === 'array'
            ? 'too-many'
            : 'too-large',
      limit: Number(issue.maximum),
    }
  if (issue.code !== 'too_small') return {}
  if (issue.origin === 'number') return { rule: 'too-small', limit: Number(issue.minimum) }
  return Number(issue.minimum) === 1
    ? { rule: 'empty' }
    : { rule: 'too-short', limit: Number(issue.minimum) }
}

/**
 * Returns the path to the first text in a value that cannot be encoded as UTF-8, or null. No file,
 * object or header can have such a name. A text that passed this check by mistake would fail later
 * as a bug.
 */
export function notText(value: unknown, at = ''): string | null {
  if (typeof value === 'string') return isText(value) ? null : at
  if (typeof value !== 'object' || value === null) return null
  for (const [name, inside] of Object.entries(value)) {
    const found = isText(name) ? notText(inside, at === '' ? name : `${at}.${name}`) : at
    if (found !== null) return found
  }
  return null
}
