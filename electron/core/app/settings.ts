import * as shapes from '../../../shared/contract/routes/shapes.ts'
import type { Settings } from '../../../shared/contract/models-settings.ts'
import { loadSound, objectIn } from '../store/sound-text.ts'
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
  keepIndex: true,
}

export interface SettingsStore {
  /** Returns the settings from memory, without waiting. */
  current(): Settings
  update(change: Partial<Settings>): Promise<Settings>
}

/**
 * Opens the settings in the text `settings`; a damaged text is set aside. A missing or invalid
 * field has its default.
 */
export async function openSettings(texts: TextStore): Promise<SettingsStore> {
  let current: Settings = { ...DEFAULTS, ...valid(await loadSound(texts, 'settings', objectIn)) }
  return {
    current: () => current,
    update: (change) =>
      texts.alone('settings', async () => {
        // Another process may have changed another field.
        const next = {
          ...current,
          ...valid(await loadSound(texts, 'settings', objectIn)),
          ...change,
        }
        await texts.save('settings', JSON.stringify(next, null, 2))
        current = next
        return current
      }),
  }
}

function valid(fields: Readonly<Record<string, unknown>> | null): Partial<Settings> {
  const kept = Object.entries(shapes.settingsShape.shape).filter(
    ([name, shape]) => shape.safeParse(fields?.[name]).success,
  )
  return Object.fromEntries(kept.map(([name]) => [name, fields?.[name]])) as Partial<Settings>
}
