import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Failure } from '../../../../shared/contract/errors.ts'
import { replaceFile } from '../../base/replace-file.ts'
import { fileStateOf, identifyAtRest, REST_TRIES } from '../../files/file-source.ts'

const record = z.object({
  version: z.literal(1),
  profileId: z.string(),
  bucket: z.string(),
  key: z.string(),
  /** The ETag of the object that the copy was decrypted from, or that it became. */
  etag: z.string(),
  /** The master key of that object; null: the object is not encrypted. */
  keyId: z.string().nullable(),
  /** The file name of the copy. */
  name: z.string(),
  /** The content of that object in bytes and as a hash; null: the copy differs from it. */
  content: z.object({ size: z.number(), sha256: z.string() }).nullable(),
})

/**
 * The record of an edited copy, `record.json` beside the folder of the copy. It is written before a
 * program can open the copy. A copy without a record is therefore unchanged.
 */
export type EditRecord = z.output<typeof record>
export type CopyContent = NonNullable<EditRecord['content']>

const RECORD = 'record.json'

/** Returns the path of the copy of an edit. `folder`: of this edit. */
export const copyPath = (folder: string, name: string): string => join(folder, 'copy', name)

/** Writes the record of an edit as a whole. Rejects with the errors of the system. */
export const writeEditRecord = (folder: string, edit: EditRecord): Promise<void> =>
  replaceFile(join(folder, RECORD), join(folder, `${RECORD}.new`), (file) =>
    file.writeFile(JSON.stringify(edit)),
  )

/**
 * Reads the record of an edit. Resolves with null without a record, and with 'damaged' for a record
 * that cannot be read.
 */
export async function readEditRecord(folder: string): Promise<EditRecord | 'damaged' | null> {
  let text: string
  try {
    text = await readFile(join(folder, RECORD), 'utf8')
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'ENOENT' ? null : 'damaged'
  }
  try {
    return record.safeParse(JSON.parse(text)).data ?? 'damaged'
  } catch {
    return 'damaged'
  }
}

/** The content of a copy, and a text that names this state of its file. */
export interface CopyLook {
  readonly content: CopyContent
  readonly state: string
}

/**
 * Reads the content of a copy. `known`: the answer of an earlier look, which is right while the
 * state of the file is the same. Null: no file is there. Throws Failure 'source-unreadable'.
 */
export async function lookAtCopy(path: string, known: CopyLook | null): Promise<CopyLook | null> {
  for (let tries = 0; ; tries++) {
    try {
      const state = fileStateOf(await identifyAtRest(path))
      if (state === known?.state) return known
      const content = await contentOf(path)
      const isSame = fileStateOf(await identifyAtRest(path)) === state
      // A file that is written to all the time is looked at again after the next change.
      if (isSame || tries === REST_TRIES) return { content, state: isSame ? state : '' }
    } catch (cause) {
      if (isGone(cause)) return null
      throw cause
    }
  }
}

async function contentOf(path: string): Promise<CopyContent> {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    size += chunk.length
  }
  return { size, sha256: hash.digest('hex') }
}

const isGone = (cause: unknown): boolean =>
  cause instanceof Failure
    ? cause.error.code === 'source-unreadable' && cause.error.reason === 'ENOENT'
    : (cause as NodeJS.ErrnoException).code === 'ENOENT'
