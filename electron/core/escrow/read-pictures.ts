import { decodeQRBatch } from 'qr/decode.js'
import { decodeText } from '../../../shared/format/text-bytes.ts'
import { readCodes, type CodeReading } from './code-text.ts'
import { scaled, type Luma } from './luma.ts'
import { picturesIn } from './pictures.ts'
import { rejectSheet } from './refuse-sheet.ts'

/** The longest side that the reader of QR codes takes. */
const LONGEST = 3840
/** More tries than by default. Time is no limit, so that a slow computer reads as well. */
const EFFORT = 4

/**
 * Reads the codes that a file shows: a picture, a PDF, or the texts of codes. Pictures in which
 * codes are missing are enlarged and read again.
 *
 * `name`: for errors. Throws Failure 'recovery-sheet': unreadable, no-code.
 */
export async function codesInFile(bytes: Uint8Array, name: string): Promise<CodeReading> {
  const pictures = await picturesIn(bytes)
  const { text, certain } = decodeText(pictures === null ? bytes : new Uint8Array())
  if (!certain) rejectSheet('unreadable', name)
  const texts = [text, ...(await textsIn(pictures ?? [], (side) => Math.min(1, LONGEST / side)))]
  if (missesCodes(texts))
    texts.push(...(await textsIn(pictures ?? [], (side) => (side * 2 <= LONGEST ? 2 : null))))
  const found = readCodes(texts.join('\n'))
  return found.codes.length + found.damaged > 0 ? found : rejectSheet('no-code', name)
}

function missesCodes(texts: readonly string[]): boolean {
  const { codes } = readCodes(texts.join('\n'))
  const counts = new Map(codes.map(({ sum, count }) => [sum, count]))
  return (
    counts.size === 0 ||
    [...counts].some(
      ([sum, count]) =>
        new Set(codes.filter((code) => code.sum === sum).map(({ number }) => number)).size < count,
    )
  )
}

/**
 * Reads all QR codes of the pictures. `factorOf`: the factor of scaling for the longest side of a
 * picture, or null to leave the picture out.
 */
async function textsIn(
  pictures: readonly Luma[],
  factorOf: (side: number) => number | null,
): Promise<readonly string[]> {
  const texts: string[] = []
  for (const picture of pictures) {
    const factor = factorOf(Math.max(picture.width, picture.height))
    if (factor === null) continue
    // I444 begins with a plane of brightness, which is all that the reader looks at.
    const [results = []] = await decodeQRBatch([factor === 1 ? picture : scaled(picture, factor)], {
      format: 'I444',
      effort: EFFORT,
      timeLimit: Infinity,
    })
    texts.push(...results.filter((result) => typeof result === 'string'))
  }
  return texts
}
