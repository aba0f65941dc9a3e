import { caught, Failure, type Result } from '../../shared/contract/errors.ts'
import { textIn } from '../../shared/format/text-bytes.ts'
import { readSmallFile } from '../core/store/small-file.ts'
import { EXIT, Usage } from './exit-codes.ts'

const MAX_PASSPHRASE_BYTES = 4096

/**
 * Returns the first line of a file as a new passphrase. Secrets never come from arguments, which
 * every user of the computer can read. Throws Usage for an empty line, and for bytes that are not
 * text.
 */
export async function passphraseIn(file: string): Promise<string> {
  const { text } = await readingsOf(file)
  if (text === null) throw notText(file)
  if (text === '') throw new Usage(`${file} does not contain a passphrase.`)
  return text
}

/**
 * Opens something with the first line of a file. Earlier versions read every file as UTF-8, took a
 * byte order mark for part of the passphrase, and read other bytes as U+FFFD. That reading is tried
 * second, since files may be encrypted with it.
 * Throws Usage where the bytes are not text, unless the earlier reading opens it.
 */
export async function openedWith<T>(
  file: string,
  open: (passphrase: string) => Promise<Result<T>>,
): Promise<Result<T>> {
  const { text, older } = await readingsOf(file)
  const opened = text === null ? null : await open(text)
  if (opened !== null && (opened.ok || older === text || !isRefused(opened))) return opened
  const again = await open(older)
  if (again.ok) return again
  if (opened === null) throw notText(file)
  return opened
}

/**
 * Returns every reading of the first line of a file, the best one first. A key of KMS tries them
 * later. Throws Usage where the bytes are not text and the earlier reading is empty.
 */
export async function eachPassphraseIn(file: string): Promise<readonly string[]> {
  const { text, older } = await readingsOf(file)
  const readings = [...new Set([text, older])].filter(
    (one): one is string => one !== null && one !== '',
  )
  if (readings.length > 0) return readings
  throw text === null ? notText(file) : new Usage(`${file} does not contain a passphrase.`)
}

function isRefused(result: Result<unknown>): boolean {
  if (result.ok) return false
  const { error } = result
  return (
    error.code === 'wrong-passphrase' ||
    (error.code === 'key-import' &&
      (error.problem === 'wrong-passphrase' || error.problem === 'needs-passphrase'))
  )
}

const notText = (file: string): Usage =>
  new Usage(
    `${file} is not text in UTF-8 or UTF-16, so no passphrase can be read from it. Save it again as UTF-8.`,
  )

/**
 * Reads the first line of a file in both ways. `text`: null for bytes that are not text. `older`:
 * the line as earlier versions read it.
 */
async function readingsOf(
  file: string,
): Promise<{ readonly text: string | null; readonly older: string }> {
  const bytes = await bytesOf(file)
  try {
    const { text, certain } = textIn(bytes)
    const older = bytes.toString('utf8').split(/\r?\n/)[0] ?? ''
    return { text: certain ? (text.split(/\r\n?|\n/)[0] ?? '') : null, older }
  } finally {
    bytes.fill(0)
  }
}

async function bytesOf(file: string): Promise<Buffer> {
  try {
    return await readSmallFile(file, MAX_PASSPHRASE_BYTES, true)
  } catch (cause) {
    const failed = caught(cause)
    if (!failed.ok && failed.error.code === 'too-large')
      throw new Usage(`${file} is too large to be a passphrase file.`)
    throw cause
  }
}

/**
 * Asks on the terminal without showing the typed text. Resolves with null without a terminal.
 * Throws 'cancelled' on Ctrl+C.
 */
export async function askSecret(question: string): Promise<string | null> {
  const { stdin } = process
  if (stdin.isTTY !== true || process.stderr.isTTY !== true) return null
  process.stderr.write(question)
  stdin.setRawMode(true)
  stdin.resume()
  try {
    return await typedLine()
  } finally {
    stdin.setRawMode(false)
    stdin.pause()
    process.stderr.write('\n')
  }
}

/** Asks twice for a new secret. Resolves with null without a terminal. */
export async function askNewSecret(question: string): Promise<string | null> {
  const first = await askSecret(question)
  if (first === null) return null
  if (first === '') throw new Usage('A passphrase cannot be empty.')
  if ((await askSecret('Repeat the passphrase: ')) !== first)
    throw new Usage('The passphrases do not match. Nothing was changed.')
  return first
}

function typedLine(): Promise<string> {
  return new Promise((resolve, reject) => {
    let letters: string[] = []
    const end = (settle: () => void) => {
      process.stdin.off('data', hear)
      settle()
    }
    const hear = (chunk: Buffer): void => {
      for (const letter of chunk.toString('utf8')) {
        if (letter === '\r' || letter === '\n' || letter === '\u0004')
          return end(() => resolve(letters.join('')))
        if (letter === '\u0003') return end(() => reject(new Failure({ code: 'cancelled' })))
        if (letter === '\u007f' || letter === '\b') letters = letters.slice(0, -1)
        else if (letter === '\u0015') letters = []
        else if (letter >= ' ') letters.push(letter)
      }
    }
    process.stdin.on('data', hear)
  })
}

/** Asks for a line that may be seen. Resolves with null without a terminal. */
export async function askLine(question: string): Promise<string | null> {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return null
  const { createInterface } = await import('node:readline/promises')
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  lines.once('SIGINT', () => process.exit(EXIT.cancelled))
  try {
    return await lines.question(question)
  } finally {
    lines.close()
  }
}
