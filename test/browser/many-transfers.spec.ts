import { fileURLToPath } from 'node:url'
import { expect, test, type Page } from '@playwright/test'
import { createServer } from 'vite'
import type { Transfer } from '../../shared/contract/models-transfers.ts'
import type { Fake } from '../renderer/fake-bridge.ts'

/**
 * The window over a core in memory: what an event costs it among very many transfers, and that all
 * of them can be reached.
 */

const serve = test.extend<{ address: string }>({
  address: async ({}, use) => {
    const root = fileURLToPath(new URL('../..', import.meta.url))
    // React as users run it: as it is built for development it takes several times as long.
    process.env['NODE_ENV'] = 'production'
    const server = await createServer({
      root,
      configFile: false,
      logLevel: 'error',
      cacheDir: 'out/test-vite',
      server: { port: 0, host: '127.0.0.1', hmr: false, watch: null },
    })
    await server.listen()
    await use(server.resolvedUrls?.local[0] ?? '')
    await server.close()
  },
})

const EVENTS = 40

/**
 * Milliseconds of the page's own computing for an event of eight changes, drawing included: not of
 * the clock, which counts whatever else this computer does.
 */
async function costOf(page: Page): Promise<number> {
  const client = await page.context().newCDPSession(page)
  await client.send('Performance.enable', { timeDomain: 'threadTicks' })
  const spent = async () =>
    (await client.send('Performance.getMetrics')).metrics.find(
      ({ name }) => name === 'TaskDuration',
    )?.value ?? 0
  const emit = (from: number, count: number): Promise<void> =>
    page.evaluate(
      async ([from, count]) => {
        const { fake } = window as unknown as { readonly fake: Fake }
        const waiting = (fake.data.transfers as readonly Transfer[])
          .filter(({ phase }) => phase === 'waiting')
          .slice(0, 400)
        for (let i = from; i < from + count; i++) {
          fake.emit(
            'transfers.changed',
            waiting.slice(i, i + 8).map((one, n): Transfer => ({
              ...one,
              phase: n === 0 ? 'done' : 'running',
              done: 1e6 + i,
              speed: 4e6,
              secondsLeft: 9,
              changed: new Date().toISOString(),
            })),
          )
          // The next frame has started, and React has done its deferred work: this event is drawn.
          await new Promise<void>((resolve) =>
            requestAnimationFrame(() => {
              const { port1, port2 } = new MessageChannel()
              port1.onmessage = () => resolve()
              port2.postMessage(null)
            }),
          )
        }
      },
      [from, count] as const,
    )
  // The first ones compile.
  await emit(0, EVENTS)
  const before = await spent()
  await emit(EVENTS, EVENTS)
  return (((await spent()) - before) * 1000) / EVENTS
}

serve(
  'with 50,000 transfers an event costs what it costs with few, and all can be reached',
  async ({ address, page }) => {
    const open = async (scene: string): Promise<void> => {
      await page.goto(`${address}test/renderer/dev/index.html?scene=${scene}`)
      await expect(page.getByRole('grid', { name: 'All transfers' })).toBeVisible()
    }
    await open('transfers-500')
    const few = await costOf(page)
    await open('transfers-50k')
    const many = await costOf(page)
    test.info().annotations.push({
      type: 'milliseconds',
      description: `${few.toFixed(1)} among 500, ${many.toFixed(1)} among 50,000`,
    })
    // Sixteen are a frame.
    expect(many, `${few} ms among 500`).toBeLessThan(Math.max(16, few * 2))
    expect(await page.locator('[role=row]').count()).toBeLessThan(60)

    const grid = page.getByRole('grid', { name: 'All transfers' })
    await grid.focus()
    await page.keyboard.press('End')
    await expect(grid).toHaveAttribute('aria-rowcount', '50000')
    await expect(grid.locator('[aria-rowindex="50000"]')).toBeVisible()
    await expect(grid).toHaveAttribute('aria-activedescendant', 'transfers-49999')
    await page.keyboard.press('Home')
    await expect(grid).toHaveAttribute('aria-activedescendant', 'transfers-0')
  },
)
