import { QueryClientProvider, type QueryClient } from '@tanstack/react-query'
import { cleanup, configure, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { afterEach } from 'vitest'
import type { ReactNode } from 'react'
import { connect, createClient } from '../../renderer/queries/core.ts'
import { followCore } from '../../renderer/queries/events.ts'
import { setLanguage } from '../../renderer/text/use-text.tsx'
import { fakeShell, type Fake } from './fake-bridge.ts'
import { withLayout } from './layout.ts'

afterEach(cleanup)
withLayout()
// Queries by role are slow on a busy machine; a second is not enough there.
configure({ asyncUtilTimeout: 120_000 })

/** A page over a fake core, as main.tsx would mount it. */
export function mounted(
  page: ReactNode,
  prepare: (fake: Fake) => void = () => undefined,
): Fake & { readonly client: QueryClient } {
  // happy-dom's own window is narrower than ours, and panes fold.
  ;(
    window as unknown as {
      happyDOM: { setViewport(size: { width: number; height: number }): void }
    }
  ).happyDOM.setViewport({ width: 1280, height: 800 })
  const fake = fakeShell()
  prepare(fake)
  connect(fake.shell)
  setLanguage('en')
  const client = createClient()
  followCore(client, fake.shell.bridge, {
    onTransfers: () => undefined,
    onProblem: () => undefined,
  })
  render(<QueryClientProvider client={client}>{page}</QueryClientProvider>)
  return { ...fake, client }
}

export const press = (name: RegExp | string): void =>
  void fireEvent.click(screen.getByRole('button', { name }))
export const type = (field: HTMLElement, value: string): void =>
  void fireEvent.change(field, { target: { value } })
/** The newest input of a route; undefined while it was not called. */
export const lastCall = (fake: Fake, name: string): unknown =>
  fake.calls.findLast((call) => call.name === name)?.input
export const called = (fake: Fake, name: string): Promise<void> =>
  waitFor(() => {
    if (lastCall(fake, name) === undefined) throw new Error(`${name} was not called`)
  })
export const isOff = (name: RegExp): boolean =>
  (screen.getByRole('button', { name }) as HTMLButtonElement).disabled
/** Chooses in one of our selects, or in a menu, by the words of the option. */
export async function choose(
  name: RegExp | string,
  option: RegExp | string,
  role: 'menuitem' | 'menuitemradio' = 'menuitemradio',
): Promise<void> {
  fireEvent.keyDown(screen.getByRole('button', { name }), { key: 'Enter' })
  fireEvent.click(await screen.findByRole(role, { name: option }))
}
