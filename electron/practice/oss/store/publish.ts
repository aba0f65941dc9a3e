import { renameSync, writeFileSync } from 'node:fs'

/** The whole text under its name, or nothing: written beside it and renamed. */
export function publish(path: string, text: string): void {
  const draft = `${path}.new`
  writeFileSync(draft, text, { mode: 0o600 })
  renameSync(draft, path)
}
