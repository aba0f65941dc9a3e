import { createHash } from 'node:crypto'
import { Failure, valueOf } from '../../../../shared/contract/errors.ts'
import type { In } from '../../../../shared/contract/routes/routes.ts'
import { attempted } from '../../base/attempt.ts'
import { saveSmall } from '../../files/file-sink.ts'
import {
  lockWithRsa,
  lockWithWords,
  makeHandoff,
  type LockedSecret,
} from '../../handoff/handoff-box.ts'
import { handoffPage } from '../../handoff/handoff-page.ts'
import { readKeyFile } from '../../keys/files/key-file.ts'
import { fingerprintOf } from '../../keys/public-key.ts'
import { headVersion, presignGet } from '../../oss/objects.ts'
import { writeSealText } from '../../seals/seal-text.ts'
import { readSmallFile } from '../../store/small-file.ts'
import { openersFor } from '../jobs/key-choice.ts'
import { sealRulesOf } from '../jobs/seal-rules.ts'
import { pathInFolder } from '../local/path-grants.ts'
import { openIntact } from '../objects/open-intact.ts'
import type { HandlersOf, Parts } from '../parts.ts'

/** A page holds the object in the memory of a browser. */
const MOST_BYTES = 2 ** 31
const MOST_KEY_FILE_BYTES = 1024 * 1024

/** The lock of a page, and the fingerprint of the key that it is for. */
interface Recipient {
  readonly locked: LockedSecret
  readonly fingerprint: string | null
}

/** Pages that give one object to one person. */
export function handoffHandlers(parts: Parts): HandlersOf<'handoff'> {
  const { connections, grants, reading, needs, profiles, afterUse } = parts
  return {
    'handoff.make': (input, signal) =>
      attempted(async () => {
        const { profileId, bucket, key, seconds, fileName, existing } = input
        const path = valueOf(pathInFolder(valueOf(grants.writable(input.target)), fileName))
        const oss = connections.bucket(profileId, bucket)
        const ref = { bucket, key, versionId: input.versionId ?? null }
        // Asked before the object is read, which may take long.
        if ((await headVersion(oss, ref, signal)).size > MOST_BYTES)
          throw new Failure({ code: 'too-large', limit: MOST_BYTES })
        const how = {
          openers: openersFor(parts, input.keyIds, { profileId, bucket, key }),
          rules: sealRulesOf(needs, profileId, bucket),
        }
        const { locked, fingerprint } = await recipientOf(input.to, grants)
        try {
          const found = await openIntact({ ...reading, oss }, ref, how, signal)
          const { opened, seal, versionId } = found
          using dataKey = opened.dataKey
          const expires = Math.floor(Date.now() / 1000) + seconds
          const link = await presignGet(oss, { bucket, key, versionId, seconds })
          const facts = { bucket, key, seal: writeSealText(seal), link, expires }
          const opens = { dataKey: dataKey.bytes, counter: opened.counter }
          const page = handoffPage(makeHandoff(facts, locked, opens))
          return {
            savedAs: await saveSmall(path, page, existing),
            sha256: createHash('sha256').update(page).digest('hex'),
            expires: new Date(expires * 1000).toISOString(),
            size: seal.length,
            fingerprint,
            hasToken: valueOf(profiles.get(profileId)).hasToken,
          }
        } finally {
          locked.secret.fill(0)
        }
      }).finally(afterUse),
  }
}

async function recipientOf(
  to: In<'handoff.make'>['to'],
  grants: Parts['grants'],
): Promise<Recipient> {
  if (to.kind === 'words') return { locked: await lockWithWords(to.passphrase), fingerprint: null }
  const { path } = valueOf(grants.readable(to.file))
  const bytes = await readSmallFile(path, MOST_KEY_FILE_BYTES)
  try {
    // A public key, a certificate, or a pair: the private half is of no use here.
    const { publicKey } = valueOf(await readKeyFile(bytes, null))
    return { locked: lockWithRsa(publicKey), fingerprint: fingerprintOf(publicKey) }
  } finally {
    bytes.fill(0)
  }
}
