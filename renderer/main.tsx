import './theme.css'
import './components.css'
import './app.css'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { openShell } from './shell/bridge.ts'
import { begin } from './begin.ts'

const shell = openShell(window)
const root = document.getElementById('root')
if (root === null) throw new Error('the page has no root')
void begin(shell).then((client) => createRoot(root).render(<App client={client} shell={shell} />))
