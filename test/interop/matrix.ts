import { createHash } from 'node:crypto'
import { createReadStream, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { turns } from '../../electron/core/base/turns.ts'
import type { Case, Cell, Reading } from './cases.ts'
import { cellResult, type CellResult, type Tried } from './cells.ts'
import { claimsOf } from './claims.ts'
import type { Answer, Fields, Peer, Signature } from './protocol.ts'

/** Requests under way at the same time over all peers: two cores serve them. */
const TOGETHER = 4
const never = new AbortController().signal

export interface Matrix {
  readonly cells: readonly CellResult[]
}

export interface Written {
  readonly writer: Peer
  readonly case: Case
  readonly key: string
  readonly sha256: string
}

/**
 * Runs every case with every peer that writes its format, and reads it back with every peer that
 * reads it. `folder`: for files.
 */
export async function runMatrix(
  cases: readonly Case[],
  peers: readonly Peer[],
  folder: string,
  onWritten: (written: Written) => Promise<void>,
): Promise<Matrix> {
  const all = turns(TOGETHER)
  const mine = new Map(peers.map((peer) => [peer, turns(peer.parallel)]))
  const take = <T>(peer: Peer, work: () => Promise<T>): Promise<T> =>
    (mine.get(peer) ?? all)(never, () => all(never, work))
  const plain = plaintexts(join(folder, 'plain'))
  const cells: CellResult[] = []
  mkdirSync(join(folder, 'read'), { recursive: true })
  let objects = 0
  let files = 0

  async function write(one: Case, writer: Peer): Promise<void> {
    const { path, sha256 } = plain(one.size)
    const key = keyFor(one, writer, (objects += 1))
    const fields: Fields = {
      master: one.master,
      signature: signatureOf(writer),
      key,
      file: path,
      format: one.format,
      ...one.fields,
    }
    const tried = triedOf(await take(writer, () => writer.run(one.op, fields)))
    if (!tried.ok)
      return void cells.push(
        cellResult(
          {
            writer: writer.hello.name,
            reader: '',
            format: one.format,
            group: one.group,
            name: one.name,
          },
          tried,
        ),
      )
    await onWritten({ writer, case: one, key, sha256 })
    await Promise.all(
      one.readings.flatMap((reading) =>
        readersOf(one, reading, peers).map((reader) => read(one, writer, key, reading, reader)),
      ),
    )
  }

  async function read(
    one: Case,
    writer: Peer,
    key: string,
    reading: Reading,
    reader: Peer,
  ): Promise<void> {
    const cell: Cell = {
      writer: writer.hello.name,
      reader: reader.hello.name,
      format: one.format,
      group: reading.group,
      name: reading.name,
    }
    const file = join(folder, 'read', String((files += 1)))
    const { offset = 0, length = one.size } = reading.fields ?? {}
    const fields: Fields = {
      master: one.master,
      signature: signatureOf(reader),
      key,
      file,
      format: one.format,
      ...kept(one.fields),
      ...reading.fields,
    }
    const answer = await take(reader, () => reader.run(reading.op, fields))
    cells.push(
      cellResult(cell, await verdict(answer, reading, file, plain(one.size).range(offset, length))),
    )
    rmSync(file, { force: true })
  }

  await Promise.all(
    cases.flatMap((one) =>
      peers.filter((peer) => writes(peer, one)).map((writer) => write(one, writer)),
    ),
  )
  return { cells }
}

const triedOf = (answer: Answer): Tried =>
  answer.ok
    ? { ok: true }
    : { ok: false, error: answer.error, unsupported: answer.unsupported === true }

async function verdict(
  answer: Answer,
  { expect }: Reading,
  file: string,
  sha256: string,
): Promise<Tried> {
  const tried = triedOf(answer)
  if (expect === 'refused')
    return answer.ok
      ? { ok: false, error: 'it answered, and should have refused', unsupported: false }
      : tried.ok || tried.unsupported
        ? tried
        : { ok: true }
  if (!tried.ok) return tried
  if (!existsSync(file)) return { ok: false, error: 'it wrote no file', unsupported: false }
  return (await sha256Of(file)) === sha256
    ? { ok: true }
    : { ok: false, error: 'the bytes are others', unsupported: false }
}

function writes(peer: Peer, { format, op, fields, cli, writers }: Case): boolean {
  const { name, ops, signatures } = peer.hello
  if (writers?.includes(name) === false) return false
  if (
    !claimsOf(name).writes.includes(format) ||
    (fields?.signature !== undefined && !signatures.includes(fields.signature))
  )
    return false
  if (!name.startsWith('cipherbucket')) return true
  // Ours sends parts as it likes, and every upload can be resumed.
  return (
    ops.includes(op) && fields?.order === undefined && (name === 'cipherbucket' || cli === true)
  )
}

function readersOf(
  { format }: Case,
  { readers, fields, cli, op }: Reading,
  peers: readonly Peer[],
): readonly Peer[] {
  return peers.filter(({ hello: { name, signatures, ops } }) => {
    const asked = fields?.signature
    if (asked !== undefined && name !== 'cipherbucket' && !signatures.includes(asked)) return false
    if (name === 'cipherbucket-cli')
      return cli === true && ops.includes(op) && claimsOf(name).reads.includes(format)
    if (name === 'cipherbucket' && !ops.includes(op)) return false
    return readers === undefined ? claimsOf(name).reads.includes(format) : readers.includes(name)
  })
}

const signatureOf = ({ hello: { signatures } }: Peer): Signature =>
  signatures.includes('v4') ? 'v4' : 'v1'

/** Fields of the writing that say what the object is. */
function kept(fields: Case['fields']): Partial<Fields> {
  const { form, algorithm, keys, context } = fields ?? {}
  return {
    ...(form && { form }),
    ...(algorithm && { algorithm }),
    ...(keys && { keys }),
    ...(context && { context }),
  }
}

function keyFor({ format, group }: Case, { hello: { name } }: Peer, number: number): string {
  return `interop/${name}/${format}/${number}${group === 'names' ? ' a+b %41&=#? 名前/é~' : ''}`
}

interface Plaintext {
  readonly path: string
  readonly sha256: string
  /** SHA-256 of a piece. */
  range(offset: number, length: number): string
}

/** A file of each size, made when first asked for: the same bytes in every run. */
function plaintexts(folder: string): (size: number) => Plaintext {
  mkdirSync(folder, { recursive: true })
  const made = new Map<number, Plaintext>()
  return (size) => {
    const known = made.get(size)
    if (known !== undefined) return known
    const bytes = Buffer.alloc(size)
    for (let offset = 0; offset < size; offset += 32)
      createHash('sha256').update(`${size} ${offset}`).digest().copy(bytes, offset)
    const path = join(folder, `${size}.bin`)
    writeFileSync(path, bytes)
    const range = (offset: number, length: number) =>
      createHash('sha256')
        .update(bytes.subarray(offset, offset + length))
        .digest('hex')
    const one = { path, sha256: range(0, size), range }
    made.set(size, one)
    return one
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
