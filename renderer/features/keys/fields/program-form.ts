import { kindOfWrap } from '../wraps.ts'

/** One argument a line; empty lines are none. */
export const argsOf = (text: string): string[] => text.split('\n').filter((line) => line !== '')

/** Goes into a header of every object, and must not be what RSA and KMS write there. */
export const isWrapName = (text: string): boolean =>
  /^[\x20-\x7e]{1,64}$/.test(text.trim()) && kindOfWrap(text.trim()) === 'command'

/** Time limits to choose from. The core takes any whole number up to the last. */
export const SECONDS = ['10', '30', '60', '120', '300'] as const
