import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** A folder whose files lie in up to 256 folders, named by the first two characters of a file. */
export class FanOut {
  readonly #directory: string
  readonly #made = new Set<string>()

  constructor(directory: string) {
    this.#directory = directory
    mkdirSync(directory, { recursive: true })
  }

  /** Returns the path of a file, and creates its folder. */
  path(name: string): string {
    const folder = name.slice(0, 2)
    if (!this.#made.has(folder)) {
      mkdirSync(join(this.#directory, folder), { recursive: true })
      this.#made.add(folder)
    }
    return join(this.#directory, folder, name)
  }

  /** Lists the names of all files, in no order. */
  *names(): Generator<string> {
    for (const entry of readdirSync(this.#directory, { withFileTypes: true })) {
      if (entry.isDirectory()) yield* readdirSync(join(this.#directory, entry.name))
    }
  }
}
