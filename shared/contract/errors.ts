/** Errors and how they travel. Other rooms import errors from this file alone. */
export type { AppError } from './errors/app-error.ts'
export type * from './errors/problems.ts'
export * from './errors/result.ts'
