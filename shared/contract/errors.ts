/** Errors and how they travel: the one place that other rooms import them from. */
export type { AppError } from './app-error.ts'
export type * from './problems.ts'
export * from './result.ts'
