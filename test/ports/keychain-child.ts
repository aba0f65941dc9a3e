/**
 * Runs in a process of its own, under a session bus of its own: `node keychain-child.mjs <data
 * folder> <steps as JSON>`. Prints one line of JSON with the answers, in order.
 */
import { openHttpClient } from '../../electron/core/net/http-client.ts'
import { fileTexts } from '../../electron/core/store/text-store.ts'
import { loadKeytar } from '../../electron/core/store/secrets/keychain-secrets.ts'
import { openSecrets } from '../../electron/core/store/secrets/open-secrets.ts'
import { openKeyCatalog } from '../../electron/core/keys/catalog/key-catalog.ts'

const [directory = '', steps = '[]'] = process.argv.slice(2)
const texts = fileTexts(directory)
const secrets = await openSecrets({ texts, place: 'auto' })
const catalog = await openKeyCatalog({
  texts,
  secrets,
  outside: {
    http: openHttpClient(),
    profileCredentials: () => Promise.reject(new Error('no profile here')),
  },
  now: Date.now,
})

async function run([step = '', first = '', second = '']: readonly string[]): Promise<unknown> {
  switch (step) {
    case 'keytar':
      return (await loadKeytar()) !== null
    case 'status':
      return secrets.status()
    case 'check':
      return secrets.check()
    case 'get':
      return secrets.get(first)
    case 'set':
      return secrets.set(first, second)
    case 'remove':
      return secrets.remove(first)
    case 'unlock':
      return secrets.unlock(first)
    case 'generate':
      return catalog.generate({ name: first, bits: 2048, description: '', style: 'compact' })
    case 'keys':
      return catalog.list()
    case 'forWriting': {
      const [key] = await catalog.list()
      const opened = await catalog.forWriting(key?.id ?? '', false, new AbortController().signal)
      return opened.ok ? 'may encrypt' : opened.error
    }
    default:
      throw new Error(`no step ${step}`)
  }
}

const answers: unknown[] = []
for (const step of JSON.parse(steps) as readonly (readonly string[])[])
  answers.push(await run(step))
process.stdout.write(`${JSON.stringify(answers)}\n`)
