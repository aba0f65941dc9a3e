/** Tells whether `temporaryBeside` gave this file name. A crash can leave such a file. */
export const isTemporaryName = (name: string): boolean =>
  /^\..*\.[0-9a-f]{8}\.cipherbucket-part$/s.test(name)
