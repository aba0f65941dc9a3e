import { createContext, Script } from 'node:vm'
import { Failure } from '../../../../shared/contract/errors.ts'

/** The longest time that a regular expression may take for all names, in milliseconds. */
const MOST_MS = 2000

/** A test for names in lower case, and the only place where it may be called. */
export interface NameTest {
  test(name: string): boolean
  /** Runs work that calls the test. Throws Failure 'bad-filter' for work that takes too long. */
  within<T>(work: () => T): T
}

/**
 * Returns a test for a regular expression. It does not tell capitals apart. Throws Failure
 * 'bad-filter' for an expression that cannot be read.
 */
export function regexTest(regex: string): NameTest {
  const expression = expressionOf(regex, 'iu', regex)
  return {
    test: (name) => expression.test(name),
    within(work) {
      // A regular expression can take for ever on one name. Only a script can be stopped in it.
      const context = createContext({ work })
      try {
        return new Script('work()').runInContext(context, { timeout: MOST_MS }) as ReturnType<
          typeof work
        >
      } catch (cause) {
        if ((cause as { readonly code?: string }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT')
          throw cause
        throw new Failure({ code: 'bad-filter', regex, problem: 'too-slow' })
      }
    },
  }
}

/** Returns a test for a folded glob. Throws Failure 'bad-filter' for one that cannot be read. */
export function globTest(glob: string): (name: string) => boolean {
  const parts: string[] = ['']
  for (const token of glob.match(/\*|\?|\[[!^]?\]?[^\]]*\]|[^*?[]|\[/gu) ?? [])
    if (token === '*') parts.push('')
    else parts.push(`${parts.pop() ?? ''}${sourceOf(token)}`)
  const [begin = '', ...others] = parts
  const end = others.pop()
  // The first place of a part will do. So no place of it is tried again when a later part fails.
  const middle = others.map((part, at) => `(?=([^]*?${part}))\\${at + 1}`)
  const source = end === undefined ? begin : `${begin}${middle.join('')}[^]*${end}`
  const expression = expressionOf(`^${source}$`, 'u', glob)
  return (name) => expression.test(name)
}

/** Returns one character or one bracket of a glob as a regular expression. */
function sourceOf(token: string): string {
  if (token === '?') return '[^]'
  // An open bracket without its end matches nothing, as in SQLite.
  if (token === '[') return '[^\\0-\\u{10ffff}]'
  if (!token.startsWith('[')) return token.replace(/[\\^$.*+?()[\]{}|/-]/gu, '\\$&')
  const isNot = /^\[[!^]/.test(token)
  const inside = token.slice(isNot ? 2 : 1, -1).replace(/[\\\][^]/gu, '\\$&')
  return `[${isNot ? '^' : ''}${inside}]`
}

/** Returns the longest part of a glob that every matching name has; '' without one. */
export const textInGlob = (glob: string): string =>
  /[[\]]/.test(glob)
    ? ''
    : glob.split(/[*?]+/).reduce((longest, one) => (one.length > longest.length ? one : longest))

function expressionOf(source: string, flags: string, shown: string): RegExp {
  try {
    return new RegExp(source, flags)
  } catch {
    throw new Failure({ code: 'bad-filter', regex: shown, problem: 'invalid' })
  }
}
