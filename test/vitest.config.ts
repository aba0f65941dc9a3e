import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Small files that take long: they start their own processes. */
const LONG = /\/test\/(shells\/cli|faults|fuzz|ports)/

/** Runs long files first, so that no worker is alone with one of them at the end. */
class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isLong = ({ moduleId }: TestSpecification): boolean => LONG.test(moduleId)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    exclude: ['node_modules/**', 'out/**'],
    globalSetup: ['test/global-setup.ts'],
    // A bound for what hangs, not for what is slow: the machine may have other work.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 120_000 } },
    // One more than the cores that CI has: tests often wait for other processes, and for times.
    maxWorkers: 3,
    sequence: { sequencer: LongFilesFirst },
    // No second try: what fails once in a while is a fault of the product or of the test.
    retry: 0,
  },
})
