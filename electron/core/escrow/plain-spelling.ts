/** Returns a typed passphrase as a sheet's own is written: lower case, single blanks. */
export const plainSpelling = (typed: string): string =>
  typed.trim().toLowerCase().replace(/\s+/g, ' ')
