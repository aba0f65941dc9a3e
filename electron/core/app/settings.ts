import * as shapes from '../../../shared/contract/shapes.ts'
import type { Settings } from '../../../shared/contract/models-settings.ts'
import type { TextStore } from '../store/text-store.ts'

const DEFAULTS: Settings = {
  theme: 'system',
  language: 'system',
  files: 4,
  parts: 3,
  multipartFrom: 32 * 1024 ** 2,
  partSize: 8 * 1024 ** 2,
  existing: 'ask',
  speedLimit: 0,
  trafficLimit: 0,
  window: null,
  onStart: 'continue',
  notifyEnd: true,
  notifyNames: false,
  showPractice: true,
  showGuide: true,
  guideSteps: [],
  closeKeysAfterUse: false,
}

export interface SettingsStore {
  /** In memory: never waits. */
  current(): Settings
  update(change: Partial<Settings>): Promise<Settings>
}

/** Settings in the text `settings`. What is missing or no longer valid falls back to its default, field by field. */
export async function openSettings(texts: TextStore): Promise<SettingsStore> {
  let current: Settings = { ...DEFAULTS, ...valid(await texts.load('settings')) }
  return {
    current: () => current,
    update: (change) => texts.alone('settings', async () => {
      // Another process may have changed another one.
      const next = { ...current, ...valid(await texts.load('settings')), ...change }
      await texts.save('settings', JSON.stringify(next, null, 2))
      current = next
      return current
    }),
  }
}

function valid(text: string | null): Partial<Settings> {
  if (text === null) return {}
  let fields: Record<string, unknown>
  try {
    fields = Object(JSON.parse(text)) as Record<string, unknown>
  } catch {
    return {}
  }
  const kept = Object.entries(shapes.settings.shape).filter(([name, shape]) => shape.safeParse(fields[name]).success)
  return Object.fromEntries(kept.map(([name]) => [name, fields[name]])) as Partial<Settings>
}
