import { createContext, Script } from 'node:vm'
import { Failure } from '../../../shared/contract/errors.ts'

/** The longest time that a regular expression may take for all names, in milliseconds. */
const MOST_MS = 2000

/**
 * Returns a test for a regular expression. Names are given to it in lower case, so the expression
 * does not tell capitals apart. Throws Failure 'bad-filter' for an expression that cannot be read.
 */
export function regexTest(regex: string): (names: readonly string[]) => readonly boolean[] {
  let expression: RegExp
  try {
    expression = new RegExp(regex, 'iu')
  } catch {
    throw new Failure({ code: 'bad-filter', regex, problem: 'invalid' })
  }
  // A regular expression can take for ever on one name. Only a script can be stopped in it.
  const context = createContext({ expression, names: [] as readonly string[] })
  const script = new Script('names.map((name) => expression.test(name))')
  let left = MOST_MS
  return (names) => {
    context['names'] = names
    const began = performance.now()
    try {
      return script.runInContext(context, { timeout: Math.max(1, Math.ceil(left)) }) as boolean[]
    } catch (cause) {
      if ((cause as { readonly code?: string }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw cause
      throw new Failure({ code: 'bad-filter', regex, problem: 'too-slow' })
    } finally {
      left -= performance.now() - began
    }
  }
}
