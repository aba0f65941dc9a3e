import { z } from 'zod'
import type { DrillReport, DrillSummary } from '../../../../shared/contract/models-drills.ts'
import { loadSound } from '../../store/sound-text.ts'
import type { TextStore } from '../../store/text-store.ts'

const TEXT = 'drills'
const VERSION = 1
/** The drills that are remembered. The oldest go first. */
const MOST_DRILLS = 100

const sum = z.object({ objects: z.number(), bytes: z.number() })
const summary = z.object({
  made: z.string(),
  bucket: z.string(),
  prefix: z.string(),
  key: z.object({
    name: z.string(),
    fingerprint: z.string(),
    bits: z.number(),
    source: z.enum(['sheet', 'shares', 'file']),
  }),
  listed: sum,
  opened: sum,
  failed: sum,
  plain: sum,
  ms: z.number(),
}) satisfies z.ZodType<DrillSummary>
const shape = z.object({ version: z.literal(VERSION), drills: z.array(summary) })

/** The drills of this computer, in the text `drills`. */
export interface DrillStore {
  /** Returns the drills, the newest first. */
  list(): Promise<readonly DrillSummary[]>
  add(report: DrillReport): Promise<void>
}

/** Opens the drills. A text that cannot be read is set aside, and the list is empty. */
export function openDrillStore(texts: TextStore): DrillStore {
  const list = async (): Promise<readonly DrillSummary[]> =>
    (await loadSound(texts, TEXT, (text) => shape.safeParse(JSON.parse(text)).data ?? null))
      ?.drills ?? []
  return {
    list,
    add: ({ format: _format, objects: _objects, ...report }) =>
      texts.alone(TEXT, async () => {
        const drills = [report, ...(await list())].slice(0, MOST_DRILLS)
        await texts.save(TEXT, JSON.stringify({ version: VERSION, drills }))
      }),
  }
}
