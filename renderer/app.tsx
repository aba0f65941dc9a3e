import { QueryClientProvider, type QueryClient } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import type { Shell } from './shell/shell.ts'
import { Frame } from './features/frame/frame.tsx'
import { useText } from './text/use-text.tsx'
import { Empty } from './ui/empty.tsx'

/**
 * Shows the window. Once the core is gone, the window shows only that, because all other data would
 * be stale.
 */
export function App({ client, shell }: { readonly client: QueryClient; readonly shell: Shell }) {
  const lost = useSyncExternalStore(
    (listener) => {
      shell.onLost(() => {
        gone = true
        listener()
      })
      return () => undefined
    },
    () => gone,
  )
  return <QueryClientProvider client={client}>{lost ? <Lost /> : <Frame />}</QueryClientProvider>
}

let gone = false

function Lost() {
  const t = useText()
  return (
    <main className="lost">
      <Empty icon="nonet" kind="bad" title={t('common:lost.title')}>
        {t('common:lost.text')}
      </Empty>
    </main>
  )
}
