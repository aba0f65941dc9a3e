import { kindOfWrap } from '../wraps.ts'

/** One argument a line. Empty lines are left out. */
export const argsOf = (text: string): string[] => text.split('\n').filter((line) => line !== '')

/**
 * The name stands in a header of every object. It must differ from the names that RSA and KMS use.
 */
export const isWrapName = (text: string): boolean =>
  /^[\x20-\x7e]{1,64}$/.test(text.trim()) && kindOfWrap(text.trim()) === 'command'

/** Time limits in the list, in seconds. The core accepts any whole number up to the last. */
export const TIME_LIMITS = ['10', '30', '60', '120', '300'] as const
