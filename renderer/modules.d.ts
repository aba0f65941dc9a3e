declare module '*.svg?raw' {
  const text: string
  export default text
}
declare module '*.css'
declare module '*?worker&url' {
  const url: string
  export default url
}
declare module '*/libheif-without-unsafe-eval.js' {
  interface HeifImage {
    get_width(): number
    get_height(): number
    /** Writes the pixels into `data`, or calls back with null. */
    display(
      into: { readonly data: Uint8ClampedArray; readonly width: number; readonly height: number },
      done: (shown: unknown) => void,
    ): void
  }
  const build: () => {
    readonly HeifDecoder: new () => {
      decode(file: ArrayBuffer): readonly (HeifImage | undefined)[]
    }
  }
  export default build
}
