/** What a translation must have: the same keys, but for the singulars Chinese does not know. */
export type Same<T> = { readonly [K in keyof T as K extends `${string}_one` ? never : K]: string }
