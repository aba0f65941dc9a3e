import * as electron from './electron.ts'
import { droppedPaths } from './web-contents.ts'

/** Lets the test run a function in the main process, as Playwright's own Electron support does. */
interface Asked {
  readonly id: number
  readonly source: string
  readonly arg: unknown
}

process.on('message', (asked: Asked) => {
  const answer = async (): Promise<object> => {
    try {
      // Test code, sent by the test that started this process.
      const run = new Function(`return (${asked.source})`)() as (
        modules: unknown,
        arg: unknown,
      ) => unknown
      return { id: asked.id, value: await run({ ...electron, droppedPaths }, asked.arg) }
    } catch (cause) {
      return { id: asked.id, error: String(cause) }
    }
  }
  void answer().then((message) => process.send?.(message))
})
// The test is gone; nothing is left to serve.
process.on('disconnect', () => electron.app.exit(1))
