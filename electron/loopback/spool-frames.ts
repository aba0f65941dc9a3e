import { Failure } from '../../shared/contract/errors.ts'

/** One small whole file of a drop. Only its shape is checked here. */
export interface SpoolFrame {
  /** The path, as in a request of its own. */
  readonly path: string
  /** 'empty': a folder without content. 'unreadable': a file that the browser could not read. */
  readonly kind: 'file' | 'folder' | 'empty' | 'unreadable'
  /** Milliseconds since 1970. */
  readonly modified: number
  readonly bytes: Buffer
}

/** The largest file in a frame, in bytes. Larger files have a request of their own. */
export const MAX_SMALL_BYTES = 1024 * 1024
const MAX_HEAD_BYTES = 64 * 1024
const KINDS: ReadonlySet<unknown> = new Set([
  'file',
  'folder',
  'empty',
  'unreadable',
] satisfies readonly SpoolFrame['kind'][])

/**
 * Reads many small files from one body. Each frame is the length of its head (four bytes,
 * big-endian), the head as JSON (`path`, `kind`, `size`, `modified`), and `size` bytes. Yields the
 * frames that a chunk completes. At most {@link MAX_SMALL_BYTES} of a further frame are in memory.
 * Throws Failure 'bad-request', and 'cancelled' where the body ends within a frame.
 */
export async function* framesOf(
  body: AsyncIterable<Buffer>,
): AsyncGenerator<readonly SpoolFrame[]> {
  let rest: Buffer = Buffer.alloc(0)
  const pieces: Buffer[] = []
  let [held, wanted] = [0, 4]
  for await (const chunk of body) {
    pieces.push(chunk)
    held += chunk.length
    if (held < wanted) continue
    rest = Buffer.concat(pieces)
    const whole: SpoolFrame[] = []
    let at = 0
    for (;;) {
      const step = frameAt(rest, at)
      wanted = step.end - at
      if (step.frame === null) break
      whole.push(step.frame)
      at = step.end
    }
    rest = rest.subarray(at)
    pieces.splice(0, pieces.length, rest)
    held = rest.length
    if (whole.length > 0) yield whole
  }
  if (held > 0) throw new Failure({ code: 'cancelled' })
}

/**
 * Reads the frame at an offset. `frame` null: the frame is not complete. `end`: where it ends, as
 * far as that is known.
 */
function frameAt(
  bytes: Buffer,
  at: number,
): { readonly frame: SpoolFrame | null; readonly end: number } {
  if (bytes.length < at + 4) return { frame: null, end: at + 4 }
  const head = bytes.readUInt32BE(at)
  if (head > MAX_HEAD_BYTES) throw new Failure({ code: 'bad-request', detail: 'spool: head' })
  const from = at + 4 + head
  if (bytes.length < from) return { frame: null, end: from }
  const { size, ...rest } = headOf(bytes.toString('utf8', at + 4, from))
  const end = from + size
  return bytes.length < end
    ? { frame: null, end }
    : { frame: { ...rest, bytes: bytes.subarray(from, end) }, end }
}

function headOf(text: string): Omit<SpoolFrame, 'bytes'> & { readonly size: number } {
  let head: { readonly [name: string]: unknown } = {}
  try {
    head = Object(JSON.parse(text)) as typeof head
  } catch {
    // The checks below report it.
  }
  const { path, kind, size, modified } = head
  const good =
    typeof path === 'string' &&
    KINDS.has(kind) &&
    Number.isSafeInteger(size) &&
    Number.isSafeInteger(modified)
  if (!good || (size as number) < 0 || (size as number) > (kind === 'file' ? MAX_SMALL_BYTES : 0))
    throw new Failure({ code: 'bad-request', detail: 'spool: head' })
  return {
    path,
    kind: kind as SpoolFrame['kind'],
    size: size as number,
    modified: modified as number,
  }
}
