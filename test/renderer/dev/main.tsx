import '../../../renderer/theme.css'
import '../../../renderer/components.css'
import '../../../renderer/app.css'
import { createRoot } from 'react-dom/client'
import { App } from '../../../renderer/app.tsx'
import { begin } from '../../../renderer/begin.ts'
import { fakeShell } from '../fake-bridge.ts'
import { scenes, type Scene, type SceneName } from './scenes.ts'

// ?scene=browse&theme=dark&lang=zh-CN : the whole window over the core in memory, for looking at it
// and for axe.
const query = new URLSearchParams(location.search)
const scene: Scene = scenes[(query.get('scene') ?? 'browse') as SceneName]
localStorage.clear()
const fake = fakeShell(scene.data())
fake.data.settings = {
  ...fake.data.settings,
  theme: query.get('theme') === 'dark' ? 'dark' : 'light',
  language: query.get('lang') === 'zh-CN' ? 'zh-CN' : 'en',
}
scene.before?.(fake)
const client = await begin(fake.shell)
const root = document.getElementById('root')
if (root === null) throw new Error('the page has no root')
createRoot(root).render(<App client={client} shell={fake.shell} />)
scene.after?.(fake)
Object.assign(window, { fake })
