import { renameSync, writeFileSync } from 'node:fs'

/** Writes a file as a whole or not at all: the text is written beside it and renamed. */
export function publish(path: string, text: string): void {
  const draft = `${path}.new`
  writeFileSync(draft, text, { mode: 0o600 })
  renameSync(draft, path)
}
