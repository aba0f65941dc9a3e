import { readFile, stat } from 'node:fs/promises'
import { Failure } from '../../shared/contract/errors.ts'
import { EXIT, Usage } from './exit-codes.ts'

const MAX_PASSPHRASE_BYTES = 4096

/** The first line of a file; secrets never come from the arguments, which every user of the computer can read. */
export async function passphraseIn(file: string): Promise<string> {
  let text: string
  try {
    if ((await stat(file)).size > MAX_PASSPHRASE_BYTES) throw new Usage(`${file} is too large to be a passphrase file.`)
    text = await readFile(file, 'utf8')
  } catch (cause) {
    if (cause instanceof Usage) throw cause
    throw new Failure({ code: 'source-unreadable', path: file, reason: (cause as NodeJS.ErrnoException).code ?? 'unknown' })
  }
  const [line = ''] = text.split(/\r?\n/)
  if (line === '') throw new Usage(`${file} does not contain a passphrase.`)
  return line
}

/** Asks on the terminal without showing what is typed; null where there is no terminal to ask on. Throws 'cancelled' on Ctrl+C. */
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

/** Twice the same, for a secret that is chosen. Null where there is no terminal. */
export async function askNewSecret(question: string): Promise<string | null> {
  const first = await askSecret(question)
  if (first === null) return null
  if (first === '') throw new Usage('A passphrase cannot be empty.')
  if ((await askSecret('Repeat the passphrase: ')) !== first) throw new Usage('The passphrases do not match. Nothing was changed.')
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
        if (letter === '\r' || letter === '\n' || letter === '\u0004') return end(() => resolve(letters.join('')))
        if (letter === '\u0003') return end(() => reject(new Failure({ code: 'cancelled' })))
        if (letter === '\u007f' || letter === '\b') letters = letters.slice(0, -1)
        else if (letter === '\u0015') letters = []
        else if (letter >= ' ') letters.push(letter)
      }
    }
    process.stdin.on('data', hear)
  })
}

/** Asks for a line that may be seen; null where there is no terminal. */
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
