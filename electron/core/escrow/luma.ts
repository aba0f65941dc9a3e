/** A grey picture: one byte a pixel, row by row, 255 is white. */
export interface Luma {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

/** The picture as a decoder returns it. `channels`: grey, grey and alpha, RGB, or RGBA. */
export interface Samples {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 2 | 3 | 4
  /** Samples of `depth` bits. Below 8 bits they are packed, and each row begins a new byte. */
  readonly depth: number
  readonly data: Uint8Array | Uint8ClampedArray | Uint16Array
  /** The colours of an indexed picture. */
  readonly palette?: readonly (readonly number[])[] | undefined
}

/** Makes a grey picture. Transparent places become white, as on paper. */
export function lumaOf({ width, height, channels, depth, data, palette }: Samples): Luma {
  const luma = new Uint8Array(width * height)
  const to8 = 255 / (2 ** depth - 1)
  const hasAlpha = channels === 2 || channels === 4
  const grey = palette?.map(([red = 0, green = 0, blue = 0, alpha = 255]) =>
    onWhite(greyOf(red, green, blue), alpha),
  )
  const sample = depth < 8 ? packedSamples(data, width, depth) : (at: number) => data[at] ?? 0
  for (let i = 0; i < luma.length; i++) {
    const at = i * channels
    const first = sample(at)
    const value =
      grey?.[first] ?? to8 * (channels < 3 ? first : greyOf(first, sample(at + 1), sample(at + 2)))
    luma[i] = hasAlpha ? onWhite(value, to8 * sample(at + channels - 1)) : value
  }
  return { width, height, data: luma }
}

/** Reads samples of fewer than 8 bits, one channel a pixel. Each row begins a new byte. */
function packedSamples(
  data: Samples['data'],
  width: number,
  depth: number,
): (at: number) => number {
  const rowBytes = Math.ceil((width * depth) / 8)
  return (at) => {
    const bit = (at % width) * depth
    const byte = data[Math.floor(at / width) * rowBytes + (bit >> 3)] ?? 0
    return (byte >> (8 - depth - (bit & 7))) & (2 ** depth - 1)
  }
}

/** Source  the weights of ITU-R BT.601. */
const greyOf = (red: number, green: number, blue: number): number =>
  0.299 * red + 0.587 * green + 0.114 * blue

/** Units  0 to 255. */
const onWhite = (grey: number, alpha: number): number => (grey * alpha + 255 * (255 - alpha)) / 255

/** Scales a picture. A smaller picture has means of the pixels, a larger one lies between them. */
export function scaled(luma: Luma, factor: number): Luma {
  const width = Math.max(1, Math.round(luma.width * factor))
  const height = Math.max(1, Math.round(luma.height * factor))
  const data = new Uint8Array(width * height)
  const columns = weights(luma.width, width)
  const rows = weights(luma.height, height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let sum = 0
      for (const [row, vertical] of rows[y] ?? [])
        for (const [column, horizontal] of columns[x] ?? [])
          sum += vertical * horizontal * (luma.data[row * luma.width + column] ?? 0)
      data[y * width + x] = Math.round(sum)
    }
  return { width, height, data }
}

/** Returns for each new place the old places that it is made of, and their weights. */
function weights(
  from: number,
  to: number,
): readonly (readonly (readonly [place: number, weight: number])[])[] {
  const step = from / to
  return Array.from({ length: to }, (_, i) => {
    if (step <= 1) {
      const at = Math.min(from - 1, Math.max(0, (i + 0.5) * step - 0.5))
      const low = Math.floor(at)
      return [
        [low, 1 - (at - low)],
        [Math.min(from - 1, low + 1), at - low],
      ] as const
    }
    const [start, end] = [Math.floor(i * step), Math.max(1, Math.floor((i + 1) * step))]
    return Array.from({ length: end - start }, (_, n) => [start + n, 1 / (end - start)] as const)
  })
}
