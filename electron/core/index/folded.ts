/** Returns a name as filters compare it: in NFC and in lower case, a folder without its slash. */
export const folded = (name: string): string => {
  const bare = name.endsWith('/') ? name.slice(0, -1) : name
  return SIMPLE.test(bare) ? bare : bare.normalize('NFC').toLowerCase()
}

/** Names that are folded already. */
const SIMPLE = /^[ -@[-~]*$/
