import { defineConfig } from '@playwright/test'

// In the plain C locale Chromium drops files whose names are not ASCII.
const locale = process.env['LC_ALL'] ?? process.env['LC_CTYPE'] ?? process.env['LANG'] ?? ''
if (!/utf-?8/i.test(locale)) process.env['LC_ALL'] = 'C.UTF-8'

/**
 * Real Chromium, from the system. No video: it needs a program that only Playwright's own download
 * brings.
 */
export default defineConfig({
  testDir: '.',
  testMatch: ['browser/**/*.spec.ts', 'electron/**/*.spec.ts'],
  outputDir: '../out/test-results/browser',
  // A bound for what hangs, not for what is slow: the machine may have other work.
  timeout: 480_000,
  // Two cores, a browser, a server and worker threads: thirty seconds are too few at times.
  expect: { timeout: 120_000 },
  workers: 2,
  fullyParallel: false,
  // No second try: what fails once in a while is a fault of the product or of the test.
  retries: 0,
  forbidOnly: Boolean(process.env['CI']),
  reporter:
    process.env['PLAYWRIGHT_JSON_OUTPUT_FILE'] === undefined ? [['list']] : [['list'], ['json']],
  use: {
    launchOptions: { executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium' },
    screenshot: 'only-on-failure',
    // A trace looks at the whole page at every step, which takes a quarter of the time. TRACE=1 to
    // see why something failed.
    trace: process.env['TRACE'] === '1' ? 'retain-on-failure' : 'off',
    video: 'off',
  },
})
