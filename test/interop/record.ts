import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { getRange } from '../../electron/core/oss/objects.ts'
import { openBlob, versionOfBlob, type Cmk } from '../../electron/practice/kms/cmk.ts'
import { canonicalContext } from '../../electron/practice/kms/context.ts'
import type { Practice } from '../../electron/practice/start.ts'
import { toBase64 } from '../../shared/format/base64.ts'
import { kmsBlobs } from '../../shared/format/message/kms-wrap.ts'
import { messageAt } from '../../shared/format/message/message.ts'
import { readHeaders, recognise } from '../../shared/format/recognise.ts'
import type { Case } from './cases.ts'
import type { Written } from './matrix.ts'
import type { Master } from './protocol.ts'
import { plainOss } from './uploads.ts'

/** An object as an SDK wrote it, as test/format/recorded.test.ts reads it. */
export interface Recorded {
  readonly name: string
  readonly source: string
  readonly format: string
  readonly headers: Readonly<Record<string, string>>
  /** Base64. */
  readonly ciphertext: string
  readonly plaintextBytes: number
  readonly plaintextSha256: string
  /** Name of a key in `keys`; null where KMS wrapped. */
  readonly key: string | null
}

export interface Recorder {
  take(written: Written): Promise<void>
  /** Writes `recorded.json` into a folder. */
  save(folder: string): void
}

/** Larger objects prove nothing more, and of those that differ in size alone one is enough. */
const MOST_BYTES = 100
const tellsMore = ({ group, size }: Case): boolean =>
  group === 'messages' || (group === 'sizes' && size === 17) || group === 'descriptions'
const never = new AbortController().signal

/**
 * Keeps the small objects of a run with what opens them. `directory`: of the practice server, whose
 * KMS keys lie there.
 */
export function openRecorder(practice: Practice, directory: string): Recorder {
  const { oss, close } = plainOss(practice)
  const recorded: Recorded[] = []
  const keys = new Map<string, { readonly name: string; readonly text: string }>()
  const blobs: Record<string, string> = {}

  function nameOf(master: Master): string | null {
    if (master.kind === 'kms') return null
    const text = master.kind === 'custom' ? master.secret : master.privatePem
    const known = keys.get(text)?.name
    if (known !== undefined) return known
    const name = `${master.kind} ${[...keys.values()].filter((key) => key.name.startsWith(master.kind)).length + 1}`
    keys.set(text, { name, text })
    return name
  }

  function note(
    blob: string,
    master: Master | null,
    context: Readonly<Record<string, string>>,
  ): void {
    const all = (
      JSON.parse(readFileSync(join(directory, 'kms', `${practice.kms.region}.json`), 'utf8')) as {
        readonly keys: readonly Cmk[]
      }
    ).keys
    const cmk = all.find(({ versionId }) => versionId === versionOfBlob(blob))
    const passphrase = master?.kind === 'kms' ? master.passphrase : null
    const text = JSON.stringify(passphrase === null ? context : { 'x-passphrase': passphrase })
    if (cmk !== undefined)
      blobs[blob] = openBlob(cmk, blob, canonicalContext(text, 'EncryptionContext'))
  }

  return {
    async take({ writer: { hello }, case: one, key, sha256 }) {
      if (
        one.size > MOST_BYTES ||
        !tellsMore(one) ||
        one.master === null ||
        hello.name.startsWith('cipherbucket') ||
        one.op !== 'put'
      )
        return
      // Key files under a passphrase are vectors of their own.
      if (one.master.kind === 'rsa' && one.master.passphrase !== null) return
      const piece = await getRange(
        oss,
        { bucket: practice.bucket, key, offset: 0, length: null, ifMatch: null },
        never,
      )
      const body = await buffer(piece.body)
      const headers = Object.fromEntries(
        [...piece.headers].filter(([name]) => name.startsWith('x-oss-meta-')),
      )
      const found = recognise(readHeaders(Object.entries(headers)))
      if (one.master.kind === 'kms' && found.kind === 'encrypted') {
        for (const wrapped of [found.envelope.wrappedDataKey, found.envelope.wrappedCounter]) {
          note(kmsBlobs(wrapped)[0], one.master, {})
        }
      }
      const message = found.kind === 'message' ? found.message : messageAt(body, body.length)
      if (message !== null && message !== 'more')
        for (const { wrapped } of message.header.dataKeys)
          note(toBase64(wrapped), null, Object.fromEntries(message.header.context))
      recorded.push({
        name: `${hello.name}, ${one.format}, ${one.name}`,
        source: `${hello.sdk} ${hello.version}, recorded by npm run test:interop`,
        format: one.format,
        headers,
        ciphertext: body.toString('base64'),
        plaintextBytes: one.size,
        plaintextSha256: sha256,
        key: nameOf(one.master),
      })
    },
    save(folder) {
      close()
      recorded.sort((a, b) => (a.name < b.name ? -1 : 1))
      const all = {
        keys: Object.fromEntries([...keys.values()].map(({ name, text }) => [name, text])),
        blobs,
        objects: recorded,
      }
      writeFileSync(join(folder, 'recorded.json'), `${JSON.stringify(all, null, 1)}\n`)
    },
  }
}
