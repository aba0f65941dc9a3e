/** A picture that a worker decoded: four bytes a pixel, red, green, blue and opacity. */
export interface DecodedPicture {
  /** Pixels. */
  readonly width: number
  readonly height: number
  readonly pixels: Uint8ClampedArray<ArrayBuffer>
}
