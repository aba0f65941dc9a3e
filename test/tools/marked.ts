import { readdir, readFile, stat } from 'node:fs/promises'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'
import { join, sep } from 'node:path'

/** A plaintext that can be found again, and the places that it must not be found in. */

/** Nothing else that is sent or kept could have it in it by chance. */
export const MARK = 'CANARY-7f3a9c51e2-plaintext'

const FORMS = [
  Buffer.from(MARK),
  Buffer.from(Buffer.from(MARK).toString('hex')),
  ...[0, 1, 2].map((shift) =>
    Buffer.from(
      Buffer.from(MARK)
        .subarray(shift, shift + 21)
        .toString('base64'),
    ),
  ),
]
const LONGEST = Math.max(...FORMS.map(({ length }) => length))

/** Is the mark in there, as it is, in hex or in base64? */
export const isMarked = (bytes: Buffer): boolean => FORMS.some((form) => bytes.includes(form))

/** A text of at least `bytes` with the mark in every line. */
export const markedText = (bytes: number): string =>
  Array.from(
    { length: Math.ceil(bytes / (MARK.length + 9)) },
    (_, line) => `${MARK} ${String(line).padStart(7, '0')}\n`,
  ).join('')

/**
 * Files below `folder` that hold the mark, by name. Those below `spool/` may: a page's files lie
 * there until they are encrypted.
 */
export async function markedFiles(folder: string): Promise<readonly string[]> {
  const found: string[] = []
  for (const name of await readdir(folder, { recursive: true })) {
    const path = join(folder, name)
    if (name.startsWith(`spool${sep}`)) continue
    // A file may be gone by now.
    const bytes = await stat(path)
      .then(
        (one) => (one.isFile() ? readFile(path) : null),
        () => null,
      )
      .catch(() => null)
    if (isMarked(Buffer.from(name)) || (bytes !== null && isMarked(bytes))) found.push(name)
  }
  return found
}

export interface WireTap {
  /** `http://127.0.0.1:port`, in the place of the server's. */
  readonly endpoint: string
  /** Bytes that a client sent so far. */
  readonly bytes: number
  /** Has the mark been among them? */
  readonly marked: boolean
  close(): void
}

/**
 * A relay in front of a server on 127.0.0.1 that looks at every byte on its way there, whatever the
 * request is.
 */
export async function tapWire(port: number): Promise<WireTap> {
  const sockets = new Set<Socket>()
  const seen = { bytes: 0, marked: false }
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1')
    let end = Buffer.alloc(0)
    client.on('data', (chunk: Buffer) => {
      const text = Buffer.concat([end, chunk])
      seen.bytes += chunk.length
      seen.marked ||= isMarked(text)
      end = text.subarray(-LONGEST)
    })
    client.pipe(upstream)
    upstream.pipe(client)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      // One side that breaks off breaks the other off.
      socket
        .on('error', () => undefined)
        .on('close', () => {
          sockets.delete(socket)
          client.destroy()
          upstream.destroy()
        })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get bytes() {
      return seen.bytes
    },
    get marked() {
      return seen.marked
    },
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
