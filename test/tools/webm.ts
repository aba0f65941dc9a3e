import { MARK } from './marked.ts'

/** A coded picture of a film. Every one of them is a key frame. */
export type Frame = Buffer

interface Film {
  readonly width: number
  readonly height: number
  /** Milliseconds of one frame. */
  readonly frameMs: number
  /** Frames of a cluster. A player can seek to the start of each cluster. */
  readonly inCluster: number
  /** Bytes of padding after each cluster. They repeat the mark. */
  readonly padding: number
}

/** Makes one element of EBML: id, length in eight bytes, content. Source: RFC 8794. */
function element(id: string, ...parts: readonly (Buffer | string)[]): Buffer {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)))
  const length = Buffer.alloc(8)
  length.writeBigUInt64BE((1n << 56n) | BigInt(content.length))
  return Buffer.concat([Buffer.from(id, 'hex'), length, content])
}
function number(id: string, value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return element(id, bytes)
}
function real(id: string, value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(value)
  return element(id, bytes)
}

/** Makes a WebM of frames in VP8, with an index for seeking. Source: RFC 9559. */
export function webm(frames: readonly Frame[], film: Film): Buffer {
  const { width, height, frameMs, inCluster, padding } = film
  const starts = Array.from({ length: Math.ceil(frames.length / inCluster) }, (_, i) => i)
  const clusters = starts.map((start) =>
    element(
      '1F43B675',
      number('E7', start * inCluster * frameMs),
      ...frames.slice(start * inCluster, (start + 1) * inCluster).map((frame, i) => {
        const head = Buffer.from([0x81, 0, 0, 0x80])
        head.writeInt16BE(i * frameMs, 1)
        return element('A3', head, frame)
      }),
      element('EC', `${MARK} `.repeat(Math.ceil(padding / (MARK.length + 1)))),
    ),
  )
  const info = element(
    '1549A966',
    number('2AD7B1', 1_000_000),
    real('4489', frames.length * frameMs),
    element('4D80', 'test'),
    element('5741', 'test'),
  )
  const video = element('E0', number('B0', width), number('BA', height))
  const track = [number('D7', 1), number('73C5', 1), number('83', 1), element('86', 'V_VP8'), video]
  const tracks = element('1654AE6B', element('AE', ...track))
  const cues = (places: readonly number[]): Buffer =>
    element(
      '1C53BB6B',
      ...places.map((place, i) =>
        element(
          'BB',
          number('B3', i * inCluster * frameMs),
          element('B7', number('F7', 1), number('F1', place)),
        ),
      ),
    )
  // Numbers have one length, so the index has its size before the places are known.
  let at = info.length + tracks.length + cues(starts).length
  const places = clusters.map((cluster) => (at += cluster.length) - cluster.length)
  const head = element('1A45DFA3', element('4282', 'webm'), number('4287', 2), number('4285', 2))
  return Buffer.concat([head, element('18538067', info, tracks, cues(places), ...clusters)])
}
