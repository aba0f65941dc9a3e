import { readFileSync } from 'node:fs'

/** A file of test/vectors: a table whose rows all name their source. */
export function rows<Row extends { readonly name: string; readonly source: string }>(
  file: string,
): readonly Row[] {
  return JSON.parse(
    readFileSync(new URL(`../vectors/${file}`, import.meta.url), 'utf8'),
  ) as readonly Row[]
}

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
export const bytesOf = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, 'hex'))
