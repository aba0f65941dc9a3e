import { z } from 'zod'
import type { HandoffReport } from '../models-handoff.ts'
import { route } from './route.ts'
import * as s from './shapes.ts'

/** Source: OSS documentation, V4 signature in a URL. */
const MOST_SECONDS = 7 * 24 * 3600

/** The calls that give an object to one person. */
export const handoffRoutes = {
  /**
   * Reads all of an object, and writes a page that opens it for one receiver. Only an object whose
   * seal is intact is handed off. Errors  also 'seal-refused', 'not-sealed', 'too-large'.
   */
  'handoff.make': route<HandoffReport>()(
    z.object({
      ...s.place,
      key: s.objectKey,
      versionId: s.versionId,
      /** The master keys to open it with; empty for those that its envelope names. */
      keyIds: z.array(s.id).max(100),
      /** 'words': a passphrase of six words. 'rsa': a file that holds an RSA key. */
      to: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('words'), passphrase: s.secret.min(1) }),
        z.object({ kind: z.literal('rsa'), file: s.id }),
      ]),
      /** The life of the link. */
      seconds: z.number().int().min(60).max(MOST_SECONDS),
      target: s.id,
      fileName: s.text.min(1),
      existing: s.existingFile.optional(),
    }),
  ),
} as const
