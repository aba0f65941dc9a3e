/** The shape of a translation: the same keys, without singulars, which Chinese does not have. */
export type Same<T> = { readonly [K in keyof T as K extends `${string}_one` ? never : K]: string }
