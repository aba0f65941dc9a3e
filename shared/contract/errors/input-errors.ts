import { z } from 'zod'
import type { AppError } from '../errors.ts'
import { brokenNameRule, isText, type NameRule } from '../object-names.ts'

/** How an input breaks its shape, as far as people can be told. */
type InputRule = NonNullable<Extract<AppError, { readonly code: 'bad-request' }>['rule']>

type Issue = z.core.$ZodIssue

/** A text that is the name of an object, or (`orEmpty`) a prefix: see {@link brokenNameRule}. */
export function nameShape(orEmpty: boolean) {
  return z.string().superRefine((name, context) => {
    const rule = orEmpty && name === '' ? null : brokenNameRule(name)
    if (rule !== null) context.addIssue({ code: 'custom', message: rule, params: { name, rule } })
  })
}

/**
 * What is wrong with an input of `route`: the rule of names in words, else the field and its rule.
 * Values are never in it: they may be secrets.
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
 * The way to the first text in a value that has no UTF-8, or null. No file, object or header can be
 * called so: what is not found here would fail somewhere below as a bug.
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
