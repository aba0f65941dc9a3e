/** Errors and how they travel: the one place that other rooms import them from. */
export type { AppError } from './errors/app-error.ts'
export type * from './errors/problems.ts'
export * from './errors/result.ts'
