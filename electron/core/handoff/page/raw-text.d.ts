/** A file as its text. The bundler reads it. */
declare module '*?raw' {
  const text: string
  export default text
}
