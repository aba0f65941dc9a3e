/** Flat keys, i18next interpolation {{x}} and _one/_other plurals; see common.ts. */
export const offline = {} as const
