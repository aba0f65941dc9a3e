import { decryptOffline } from './decrypt-offline.ts'
import { memory } from './memory.ts'
import { runSink } from './sink.ts'
import { uploadFloor } from './upload-floor.ts'
import { openWorkbench, type Figure, type Workbench } from './workbench.ts'

/** `npm run bench -- NAME…`: all of them without a name; one JSON line each. */
const BENCHES: Readonly<Record<string, (bench: Workbench) => Promise<Figure>>> = {
  'upload-floor': uploadFloor,
  'decrypt-offline': decryptOffline,
  memory,
}

const names = process.argv.slice(2)
if (names[0] === 'sink') runSink()
else {
  for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
    const run = BENCHES[name]
    if (run === undefined) {
      console.error(`No bench is called ${name}. There are: ${Object.keys(BENCHES).join(', ')}.`)
      process.exitCode = 2
      break
    }
    const bench = await openWorkbench()
    try {
      process.stdout.write(`${JSON.stringify(await run(bench))}\n`)
    } finally {
      await bench.close()
    }
  }
}
