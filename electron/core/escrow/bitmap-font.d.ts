declare module 'oled-font-5x7' {
  /** `fontData`: five columns a character, one byte a column, the lowest bit on top. */
  const font: { readonly lookup: readonly string[]; readonly fontData: readonly number[] }
  export default font
}
